import type { Kysely, Migration } from 'kysely';

/** Makes room for what people were shown when they decided, and for that of clicks which are still to be worked on. */
export const evidence: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('evidence')
      .addColumn('sha256', 'text', (column) => column.primaryKey())
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema.alterTable('clicks').addColumn('shown', 'text').execute();
  },
};
