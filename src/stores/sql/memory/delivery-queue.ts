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
  | 'reclaimDeliveries'
  | 'nextDueMs'
  | 'countPending'
>;

/** What is known of posts whose message we do not have: none, one being tried now, one that was lost. */
const posts = { none: 0, underWay: 1, lost: 2 } as const;

type Claim = Parameters<DeliveryMemory['claimDueDeliveries']>[0];

/**
 * Hands out due deliveries from a database and takes them back.
 *
 * Claiming moves the due time to the end of the lease, so after a crash there is nothing to clean up: the
 * delivery falls due again by itself.
 */
export function createDeliveryQueue(db: Db): DeliveryQueue {
  return {
    claimDueDeliveries: (claim) => atomically(db, (tx) => claimDue(tx, claim)),
    async markPosting(id, claim) {
      const marked = await db
        .updateTable('deliveries')
        // A post that was under way before and never ended counts as lost for good: it may have made a message.
        .set({
          may_have_posted: sql`case when may_have_posted = ${posts.none} then ${posts.underWay} else ${posts.lost} end`,
        })
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
        .set((is) => ({
          due_at_ms: until.dueAtMs,
          last_error: until.error,
          may_have_posted: until.mayHavePosted ? posts.lost : posts.none,
          attempts: is('attempts', '+', until.wasTried ? 1 : 0),
          claim: null,
        }))
        .where('number', '=', Number(id))
        .where('status', '=', 'pending')
        .execute();
    },
    async giveUpDelivery(id, { error, nowMs, version }) {
      await db
        .updateTable('deliveries')
        .set({
          status: sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
          due_at_ms: nowMs,
          last_error: error,
          given_up_at_ms: nowMs,
          claim: null,
        })
        .where('number', '=', Number(id))
        .execute();
    },
    async reclaimDeliveries(nowMs) {
      const lost = sql<number>`case when may_have_posted = ${posts.none} then ${posts.none} else ${posts.lost} end`;
      await db
        .updateTable('deliveries')
        .set({ claim: null, due_at_ms: nowMs, may_have_posted: lost })
        .where('status', '=', 'pending')
        .where('claim', 'is not', null)
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
    .set({ claim, due_at_ms: nowMs + leaseMs })
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
      may_have_posted: sql`case when may_have_posted = ${posts.lost} then ${posts.lost} else ${posts.none} end`,
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
