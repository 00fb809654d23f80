import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for commands: codes name runs, whether or not anybody decides about them, and changes are kept. */
export const commands: Migration = {
  async up(db: Kysely<unknown>) {
    await giveCodesToRuns(db);
    await createChangeTable(db);
  },
};

/** A column cannot be made optional where it stands, so the table is built anew. */
async function giveCodesToRuns(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema.alterTable('codes').renameTo('approval_codes').execute();
  await schema
    .createTable('codes')
    .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('code', 'text', (column) => column.notNull().unique())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('approval_id', 'text')
    .execute();
  await sql`insert into codes (code, system, instance_id, approval_id)
    select approval_codes.code, approvals.system, approvals.instance_id, approvals.id
    from approval_codes inner join approvals on approvals.id = approval_codes.approval_id
    order by approvals.number`.execute(db);
  await schema.dropTable('approval_codes').execute();
  await schema.createIndex('codes_run').on('codes').columns(['system', 'instance_id']).execute();
}

async function createChangeTable({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('changes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('twin_key', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('proposed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('confirmed_at_ms', 'bigint')
    .addColumn('response_url', 'text')
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('changes_phase').on('changes').columns(['phase', 'confirmed_at_ms']).execute();
  await schema
    .createIndex('changes_twins')
    .on('changes')
    .columns(['person', 'twin_key', 'confirmed_at_ms'])
    .execute();
  await schema
    .createIndex('changes_secret')
    .on('changes')
    .column('proposed_at_ms')
    .where(sql.ref('response_url'), 'is not', sql.lit(null))
    .execute();
}
