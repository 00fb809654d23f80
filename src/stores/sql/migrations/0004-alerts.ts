import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for alerts: failures, the incidents they are told as, mutes, and runs that are watched. */
export const alerts: Migration = {
  async up(db: Kysely<unknown>) {
    await createIncidentTables(db);
    await createFailureTable(db);
    await createWatchTable(db);
    await tieDeliveries(db);
    await tieChanges(db);
  },
};

async function createIncidentTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('incidents')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('is_open', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  // Two writers that see the first failure of a kind at once must not make two alerts of it.
  await schema
    .createIndex('incidents_open')
    .unique()
    .on('incidents')
    .column('key')
    .where(sql.ref('is_open'), '=', sql.lit(1))
    .execute();
  await schema.createIndex('incidents_system').on('incidents').columns(['system', 'is_open']).execute();
  await schema
    .createTable('mutes')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('until_ms', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
}

async function createFailureTable({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('failures')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('successor_id', 'text')
    .addColumn('incident_id', 'text', (column) => column.notNull())
    .addColumn('is_open', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addUniqueConstraint('failures_key', ['system', 'instance_id'])
    .execute();
  await schema.createIndex('failures_successor').on('failures').columns(['system', 'successor_id']).execute();
  await schema.createIndex('failures_incident').on('failures').columns(['incident_id', 'number']).execute();
  await schema.createIndex('failures_open').on('failures').columns(['system', 'is_open']).execute();
}

async function createWatchTable({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('watched_runs')
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('watched_runs_key', ['system', 'instance_id'])
    .execute();
}

async function tieDeliveries({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('deliveries').addColumn('incident_id', 'text').execute();
  await schema.createIndex('deliveries_incident').on('deliveries').column('incident_id').execute();
}

async function tieChanges({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('changes').addColumn('instance_id', 'text').execute();
  await schema.alterTable('changes').addColumn('batch_id', 'text').execute();
  await schema.alterTable('changes').addColumn('batch_place', 'integer').execute();
  await schema.createIndex('changes_run').on('changes').columns(['system', 'instance_id']).execute();
  await schema.createIndex('changes_batch').on('changes').column('batch_id').execute();
}
