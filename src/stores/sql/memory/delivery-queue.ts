import { sql } from 'kysely';
import type { Delivery } from '../../../domain/delivery.js';
import type { DeliveryMemory } from '../../../ports/store.js';
import { atomically } from '../atomically.js';
import type { Db } from '../tables.js';
import { toDelivery } from './to-delivery.js';

type DeliveryQueue = Pick<
  DeliveryMemory,
  | 'claimDueDeliveries'
  | 'markPosting'
  | 'markDelivered'
  | 'postponeDelivery'
  | 'giveUpDelivery'
  | 'nextDueMs'
  | 'countPending'
>;

type Claim = Parameters<DeliveryMemory['claimDueDeliveries']>[0];

/**
 * Hands out due deliveries from a database and takes them back.
 *
 * Claiming moves the due time to the end of the lease, so after a crash there is nothing to clean up: the
 * delivery falls due again by itself. Each claim counts as an attempt until something was shown.
 */
export function createDeliveryQueue(db: Db): DeliveryQueue {
  return {
    claimDueDeliveries: (claim) => atomically(db, (tx) => claimDue(tx, claim)),
    async markPosting(id, claim) {
      const marked = await db
        .updateTable('deliveries')
        .set({ may_have_posted: 1 })
        .where('number', '=', Number(id))
        .where('status', '=', 'pending')
        .where('claim', '=', claim)
        .executeTakeFirst();
      if (marked.numUpdatedRows === 0n)
        throw new Error(`Delivery ${id} is not held under this claim any more`);
    },
    markDelivered: (id, shown) => atomically(db, (tx) => recordShown(tx, Number(id), shown)),
    async postponeDelivery(id, until) {
      await db
        .updateTable('deliveries')
        .set({
          due_at_ms: until.dueAtMs,
          last_error: until.error,
          may_have_posted: until.mayHavePosted ? 1 : 0,
          claim: null,
        })
        .where('number', '=', Number(id))
        .where('status', '=', 'pending')
        .execute();
    },
    async giveUpDelivery(id, error, nowMs) {
      await db
        .updateTable('deliveries')
        .set({ status: 'done', last_error: error, given_up_at_ms: nowMs, claim: null })
        .where('number', '=', Number(id))
        .execute();
    },
    async nextDueMs() {
      const pending = db.selectFrom('deliveries').where('status', '=', 'pending');
      const row = await pending.select((is) => is.fn.min('due_at_ms').as('dueAtMs')).executeTakeFirst();
      return row?.dueAtMs ?? undefined;
    },
    async countPending() {
      const pending = db.selectFrom('deliveries').where('status', '=', 'pending');
      const row = await pending.select((is) => is.fn.countAll<number>().as('count')).executeTakeFirst();
      return row?.count ?? 0;
    },
  };
}

async function claimDue(db: Db, { nowMs, limit, leaseMs, claim }: Claim): Promise<readonly Delivery[]> {
  const due = await db
    .selectFrom('deliveries')
    .select('number')
    .where('status', '=', 'pending')
    .where('due_at_ms', '<=', nowMs)
    .orderBy('priority')
    .orderBy('due_at_ms')
    .orderBy('number')
    .limit(limit)
    .execute();
  if (due.length === 0) return [];
  const numbers = due.map((row) => row.number);
  const claimed = await db
    .updateTable('deliveries')
    .set((is) => ({ claim, due_at_ms: nowMs + leaseMs, attempts: is('attempts', '+', 1) }))
    .where('number', 'in', numbers)
    .returningAll()
    .execute();
  // What an update returns has no order of its own.
  return claimed.sort((a, b) => numbers.indexOf(a.number) - numbers.indexOf(b.number)).map(toDelivery);
}

async function recordShown(
  db: Db,
  number: number,
  { message, version }: Parameters<DeliveryMemory['markDelivered']>[1],
): Promise<void> {
  // A post that was thought lost may have been adopted meanwhile; now its own delivery keeps it.
  await db
    .deleteFrom('deliveries')
    .where('channel', '=', message.channel)
    .where('ts', '=', message.ts)
    .where('is_adopted', '=', 1)
    .where('number', '<>', number)
    .execute();
  await db
    .updateTable('deliveries')
    .set({
      shown_version: version,
      channel: message.channel,
      ts: message.ts,
      may_have_posted: 0,
      attempts: 0,
      claim: null,
      last_error: null,
      given_up_at_ms: null,
      status: sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
      due_at_ms: sql.ref('wanted_at_ms'),
    })
    .where('number', '=', number)
    .execute();
}
