import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Makes room for what people were shown when they decided, and for that of clicks which are still to be worked on.
 *
 * What waits was read by a version that read less of a request; that it is to be read anew is noted by system.
 */
export const evidence: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .createTable('evidence')
      .addColumn('sha256', 'text', (column) => column.primaryKey())
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema.alterTable('clicks').addColumn('shown', 'text').execute();
    await sql`insert into notes (key, value)
      select distinct 'older-facts/' || system, 'open' from approvals where is_open = 1`.execute(db);
  },
};
