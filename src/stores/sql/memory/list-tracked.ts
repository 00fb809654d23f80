import { sql } from 'kysely';
import type { ApprovalRepository, Tracked } from '../../../ports/store.js';
import type { Db } from '../tables.js';

/**
 * Creates the list of what a look needs of every open approval, which is read again only when it has changed.
 *
 * How many there are, the last of them and the sums of their numbers and versions tell that: approvals are only ever
 * added at the end, versions only ever grow, and what has ended is never opened again. Where several bots add some, one
 * may come to be there after others with higher numbers; it changes the sum of the numbers.
 */
export function createListTracked(db: Db): ApprovalRepository['listTracked'] {
  const lists = new Map<string, { readonly stamp: string; readonly tracked: readonly Tracked[] }>();
  return async (system) => {
    // Asked before the list is read: a list newer than its stamp is only read once too often.
    const stamp = await readStamp(db, system);
    const known = lists.get(system);
    if (known?.stamp === stamp) return known.tracked;
    const tracked = await readTracked(db, system);
    lists.set(system, { stamp, tracked });
    return tracked;
  };
}

async function readStamp(db: Db, system: string): Promise<string> {
  const [row] = await db
    .selectFrom('approvals')
    .where('is_open', '=', 1)
    .where('system', '=', system)
    .select(({ fn }) => [fn.countAll().as('count'), fn.max('number').as('last')])
    .select([sql`sum(number)`.as('numbers'), sql`sum(version)`.as('versions')])
    .execute();
  return [row?.count, row?.last, row?.numbers, row?.versions].join(' ');
}

async function readTracked(db: Db, system: string): Promise<readonly Tracked[]> {
  const rows = await db
    .selectFrom('approvals')
    .where('is_open', '=', 1)
    .where('system', '=', system)
    .select(['id', 'instance_id', 'step', 'version', 'fingerprint', 'is_assigned'])
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ref: { system, id: row.instance_id },
    step: row.step,
    version: row.version,
    fingerprint: row.fingerprint,
    isAssigned: row.is_assigned > 0,
  }));
}
