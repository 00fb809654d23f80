import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for what stays taken once its rows are removed, and lets what is over be found by its age. */
export const retention: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('used_keys')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await schema.createIndex('signals_approval').on('signals').column('approval_id').execute();
    await schema
      .createIndex('clicks_finished')
      .on('clicks')
      .columns(['finished_at_ms', 'id'])
      .where(sql.ref('finished_at_ms'), 'is not', null)
      .execute();
    await schema
      .createIndex('deliveries_notices')
      .on('deliveries')
      .columns(['wanted_at_ms', 'number'])
      .where(sql.ref('notice_body'), 'is not', null)
      .execute();
    await schema
      .createIndex('changes_over')
      .on('changes')
      .columns(['proposed_at_ms', 'id'])
      .where(sql.ref('phase'), '=', sql.lit('over'))
      .execute();
  },
};
