import { hash } from 'node:crypto';
import { type Kysely, type Migration, sql } from 'kysely';
import type { Approval } from '../../../domain/approval.js';
import { readBody } from '../tables.js';

/** What every look needs of every open approval, in the order in which it is asked for. */
const tracked = ['system', 'number', 'id', 'instance_id', 'step', 'version', 'fingerprint', 'is_assigned'];

const rowsAtOnce = 500;

/** Puts what every look needs of every open approval beside its body, which need not be read for it any more. */
export const tracking: Migration = {
  async up(db: Kysely<Untracked>) {
    const { schema } = db;
    await schema
      .alterTable('approvals')
      .addColumn('state', 'text', (column) => column.notNull().defaultTo('waiting'))
      .execute();
    await schema
      .alterTable('approvals')
      .addColumn('fingerprint', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    await schema
      .alterTable('approvals')
      .addColumn('is_assigned', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await fillIn(db);
    await schema.dropIndex('approvals_open').execute();
    await schema
      .createIndex('approvals_open')
      .on('approvals')
      .columns([...tracked, 'state'])
      .where(sql.ref('is_open'), '=', sql.lit(1))
      .execute();
    await schema
      .createIndex('approvals_open_number')
      .on('approvals')
      .column('number')
      .where(sql.ref('is_open'), '=', sql.lit(1))
      .execute();
  },
};

/** The table as it was before, with what is filled in. */
interface Untracked {
  readonly approvals: {
    readonly number: number;
    readonly id: string;
    readonly body: string;
    readonly state: string;
    readonly fingerprint: string;
    readonly is_assigned: number;
  };
}

/**
 * A fingerprint of before was the list of what it sums up, which may be too long for an index; in the form of now it is
 * the same for the same, so nothing is read anew.
 */
function shortened(fingerprint: string): string {
  const [, listed, rest = ''] = /^(\[.*\])( as listed)?$/s.exec(fingerprint) ?? [];
  return listed === undefined ? fingerprint : `${hash('sha256', listed, 'base64url')}${rest}`;
}

async function fillIn(db: Kysely<Untracked>): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('approvals')
      .select(['number', 'id', 'body'])
      .where('number', '>', after)
      .orderBy('number')
      .limit(rowsAtOnce)
      .execute();
    for (const { id, body } of rows) {
      const { state, instance, isAssigned } = readBody<Approval>({ table: 'approvals', id, body });
      await db
        .updateTable('approvals')
        .set({
          state: state.kind,
          fingerprint: shortened(instance.fingerprint),
          is_assigned: isAssigned ? 1 : 0,
        })
        .where('id', '=', id)
        .execute();
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.number;
  }
}
