import type { Kysely, Migration } from 'kysely';

/** Makes room for receipts of decisions, and for whose rights are suspended. */
export const suspensionsReceipts: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('receipts')
      .addColumn('code', 'text', (column) => column.primaryKey())
      .addColumn('at_ms', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema
      .createTable('suspensions')
      .addColumn('person', 'text', (column) => column.primaryKey())
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
  },
};
