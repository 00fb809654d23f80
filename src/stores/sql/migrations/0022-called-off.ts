import { type Kysely, type Migration, sql } from 'kysely';

/** Lets it be found quickly who has taken a vote or a decision back with a click that nobody has worked on yet. */
export const calledOff: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema.alterTable('clicks').addColumn('calls_off', 'text').execute();
    await schema
      .createIndex('clicks_calling_off')
      .on('clicks')
      .column('calls_off')
      .where(sql.ref('answer'), 'is', sql.lit(null))
      .where(sql.ref('calls_off'), 'is not', sql.lit(null))
      .execute();
  },
};
