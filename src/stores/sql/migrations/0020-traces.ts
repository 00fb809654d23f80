import type { Kysely, Migration } from 'kysely';

/** Makes room for the id of the work that wanted a message. */
export const traces: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema.alterTable('deliveries').addColumn('trace', 'text').execute();
  },
};
