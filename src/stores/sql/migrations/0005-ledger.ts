import type { Kysely, Migration } from 'kysely';

/** Makes room for the record of everything that was decided and done, one chain for each system. */
export const ledger: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('ledger')
      .addColumn('system', 'text', (column) => column.notNull())
      .addColumn('number', 'bigint', (column) => column.notNull())
      .addColumn('at_ms', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('instance_id', 'text')
      .addColumn('person', 'text')
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('previous', 'text', (column) => column.notNull())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('ledger_key', ['system', 'number'])
      .execute();
    await schema
      .createIndex('ledger_run')
      .on('ledger')
      .columns(['system', 'instance_id', 'number'])
      .execute();
    await schema
      .createTable('ledger_heads')
      .addColumn('system', 'text', (column) => column.primaryKey())
      .addColumn('number', 'bigint', (column) => column.notNull())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .execute();
  },
};
