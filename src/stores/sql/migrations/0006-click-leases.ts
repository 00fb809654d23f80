import type { Kysely, Migration } from 'kysely';

/** Lets clicks be taken over from a bot that is dead; those of before can be at once. */
export const clickLeases: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .alterTable('clicks')
      .addColumn('taken_until_ms', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
