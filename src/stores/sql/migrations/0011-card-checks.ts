import type { Kysely, Migration } from 'kysely';

/** Makes room for what is found out about cards that were shown long ago. */
export const cardChecks: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema.alterTable('deliveries').addColumn('check_due_at_ms', 'bigint').execute();
    await schema.alterTable('deliveries').addColumn('not_found_at_ms', 'bigint').execute();
    await schema
      .alterTable('deliveries')
      .addColumn('renewals', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
