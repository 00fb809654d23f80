import type { Kysely, Migration } from 'kysely';

/** Makes room for rights that one of several bots has at a time. */
export const leases: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('leases')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('holder', 'text', (column) => column.notNull())
      .addColumn('fence', 'integer', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .execute();
  },
};
