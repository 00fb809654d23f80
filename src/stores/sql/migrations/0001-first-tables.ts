import { type Kysely, type Migration, sql } from 'kysely';

/** Creates everything the bot remembers, with the rules that two writers must not be able to break. */
export const firstTables: Migration = {
  async up(db: Kysely<unknown>) {
    await createApprovalTables(db);
    await createClickTables(db);
    await createSignalTable(db);
    await createDeliveryTables(db);
    await createSmallTables(db);
  },
};

async function createApprovalTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('approvals')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('is_open', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addUniqueConstraint('approvals_key', ['system', 'instance_id', 'step', 'attempt'])
    .execute();
  await schema
    .createIndex('approvals_open')
    .on('approvals')
    .columns(['system', 'number'])
    .where(sql.ref('is_open'), '=', sql.lit(1))
    .execute();
  await schema
    .createTable('codes')
    .addColumn('code', 'text', (column) => column.primaryKey())
    .addColumn('approval_id', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('votes')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('approval_id', 'text', (column) => column.notNull().references('approvals.id'))
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addUniqueConstraint('votes_key', ['approval_id', 'person', 'revision'])
    .execute();
}

async function createClickTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('clicks')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('response_url', 'text')
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('answer', 'text')
    .addColumn('finished_at_ms', 'bigint')
    .execute();
  await schema
    .createIndex('clicks_unfinished')
    .on('clicks')
    .columns(['at_ms', 'id'])
    .where(sql.ref('answer'), 'is', sql.lit(null))
    .execute();
  await schema
    .createIndex('clicks_secret')
    .on('clicks')
    .column('at_ms')
    .where(sql.ref('response_url'), 'is not', sql.lit(null))
    .execute();
  await schema
    .createTable('dialogs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
}

async function createSignalTable({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('signals')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('approval_id', 'text', (column) => column.notNull().references('approvals.id'))
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('lease_until_ms', 'bigint', (column) => column.notNull())
    .addColumn('claimed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  // The one rule everything else rests on: an instance is told one thing at a time.
  await schema
    .createIndex('signals_unsettled')
    .unique()
    .on('signals')
    .columns(['system', 'instance_id'])
    .where(sql.ref('phase'), '<>', sql.lit('settled'))
    .execute();
}

async function createDeliveryTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('deliveries')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('approval_id', 'text', (column) => column.references('approvals.id'))
    .addColumn('notice_body', 'text')
    .addColumn('target_body', 'text', (column) => column.notNull())
    .addColumn('is_adopted', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('priority', 'integer', (column) => column.notNull())
    .addColumn('wanted_version', 'integer', (column) => column.notNull())
    .addColumn('shown_version', 'integer', (column) => column.notNull())
    .addColumn('wanted_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('due_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('claim', 'text')
    .addColumn('may_have_posted', 'integer', (column) => column.notNull())
    .addColumn('channel', 'text')
    .addColumn('ts', 'text')
    .addColumn('last_error', 'text')
    .addColumn('given_up_at_ms', 'bigint')
    .addUniqueConstraint('deliveries_key', ['subject', 'target'])
    .addUniqueConstraint('deliveries_message', ['channel', 'ts'])
    .execute();
  await schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .columns(['due_at_ms', 'priority', 'number'])
    .where(sql.ref('status'), '=', sql.lit('pending'))
    .execute();
  await schema.createIndex('deliveries_approval').on('deliveries').column('approval_id').execute();
  await schema
    .createTable('lanes')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('rested_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('blocked_until_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createSmallTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('people')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seen_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('notes')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('bot_lease')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('until_ms', 'bigint', (column) => column.notNull())
    .execute();
}
