import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for who is away, and who decides in their place. */
export const absences: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('absences')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('person', 'text', (column) => column.notNull())
      .addColumn('delegate', 'text')
      .addColumn('rule', 'text')
      .addColumn('since_ms', 'bigint', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addColumn('ended_at_ms', 'bigint')
      .addColumn('ended_why', 'text')
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema
      .createIndex('absences_standing')
      .on('absences')
      .columns(['since_ms', 'id'])
      .where(sql.ref('ended_at_ms'), 'is', null)
      .execute();
  },
};
