import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for what is said while nobody decides: when to look at an approval again, and what was said. */
export const reminders: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .alterTable('approvals')
      .addColumn('remind_at_ms', 'bigint', (column) => column.defaultTo(0))
      .execute();
    await schema
      .alterTable('approvals')
      .addColumn('reminded', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
    await schema
      .createIndex('approvals_remind')
      .on('approvals')
      .columns(['system', 'remind_at_ms'])
      .where(sql.ref('is_open'), '=', sql.lit(1))
      .execute();
  },
};
