import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for what reports count, and lets votes and decisions be found by their time. */
export const report: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .createTable('report_entries')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('at_ms', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('how', 'text', (column) => column.notNull())
      .addColumn('findings', 'text', (column) => column.notNull())
      .addColumn('is_late', 'integer', (column) => column.notNull())
      .addColumn('took_s', 'bigint')
      .execute();
    // It holds all a report reads, so that the table itself is not.
    await schema
      .createIndex('report_entries_time')
      .on('report_entries')
      .columns(['at_ms', 'kind', 'name', 'how', 'findings', 'is_late', 'took_s'])
      .execute();
    await sql`create index ledger_decided on ledger (at_ms, person) where kind in ('vote', 'decision')`.execute(
      db,
    );
  },
};
