import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for how people want their direct messages, and for messages that wait because of it. */
export const preferences: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('preferences')
      .addColumn('person', 'text', (column) => column.primaryKey())
      .addColumn('summary_day', 'text')
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema.alterTable('deliveries').addColumn('held_at_ms', 'bigint').execute();
    await schema
      .createIndex('deliveries_held')
      .on('deliveries')
      .column('target')
      .where(sql.ref('held_at_ms'), 'is not', null)
      .execute();
  },
};
