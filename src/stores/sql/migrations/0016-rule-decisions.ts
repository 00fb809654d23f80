import { type Kysely, type Migration, sql } from 'kysely';

/** Makes room for what rules approve by themselves: which approvals are to be, and how many a rule has approved of a day. */
export const ruleDecisions: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .alterTable('approvals')
      .addColumn('is_planned', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await schema
      .createIndex('approvals_planned')
      .on('approvals')
      .column('system')
      .where(sql.ref('is_planned'), '=', sql.lit(1))
      .execute();
    await schema
      .createTable('rule_decisions')
      .addColumn('rule', 'text', (column) => column.notNull())
      .addColumn('day', 'text', (column) => column.notNull())
      .addColumn('count', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('rule_decisions_key', ['rule', 'day'])
      .execute();
  },
};
