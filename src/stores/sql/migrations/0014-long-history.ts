import { type Kysely, type Migration, sql } from 'kysely';
import type { Tables } from '../tables.js';

/** Lets what is asked again and again find its rows among those of years. */
export const longHistory: Migration = {
  async up(db: Kysely<Pick<Tables, 'deliveries'>>) {
    const { schema } = db;
    await schema
      .alterTable('deliveries')
      .addColumn('is_digest', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.updateTable('deliveries').set({ is_digest: 1 }).where('subject', 'like', 'digest:%').execute();
    await schema
      .createIndex('deliveries_digest')
      .on('deliveries')
      .column('number')
      .where(sql.ref('is_digest'), '=', sql.lit(1))
      .execute();
    await schema.createIndex('deliveries_target').on('deliveries').columns(['target', 'number']).execute();
    await schema.createIndex('receipts_time').on('receipts').column('at_ms').execute();
    await schema
      .createIndex('deliveries_given_up')
      .on('deliveries')
      .column('number')
      .where(sql.ref('given_up_at_ms'), 'is not', null)
      .execute();
  },
};
