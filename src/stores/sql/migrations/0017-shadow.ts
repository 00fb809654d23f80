import type { Kysely, Migration } from 'kysely';

/** Makes room for what shadow mode notes of each run. */
export const shadow: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('shadow_records')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('at_ms', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema.createIndex('shadow_records_time').on('shadow_records').columns(['at_ms', 'id']).execute();
  },
};
