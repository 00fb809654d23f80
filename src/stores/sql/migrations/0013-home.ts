import type { Kysely, Migration } from 'kysely';

/** Makes room for the Homes people have opened, and for what changed since these were drawn. */
export const home: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('homes')
      .addColumn('person', 'text', (column) => column.primaryKey())
      .addColumn('opened_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('wanted_version', 'integer', (column) => column.notNull())
      .addColumn('shown_version', 'integer', (column) => column.notNull())
      .addColumn('due_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('drawn_until_ms', 'bigint', (column) => column.notNull())
      .addColumn('published_at_ms', 'bigint')
      .addColumn('page', 'integer', (column) => column.notNull())
      .addColumn('view_id', 'text')
      .addColumn('view_hash', 'text')
      .addColumn('body', 'text', (column) => column.notNull())
      .execute();
    await schema.createIndex('homes_due').on('homes').columns(['due_at_ms']).execute();
    // What a person decided lately is found by who they are.
    await schema.createIndex('ledger_person').on('ledger').columns(['person', 'at_ms']).execute();
  },
};
