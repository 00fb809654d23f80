import { type Selectable, sql } from 'kysely';
import type { Delivery } from '../../../domain/delivery.js';
import type { DeliveryRepository } from '../../../ports/delivery-memory.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import type { Db, Tables } from '../tables.js';
import { posts } from './posts.js';
import { recordShown, showAgain } from './record-shown.js';
import { toDelivery } from './to-delivery.js';

type DeliveryQueue = Pick<
  DeliveryRepository,
  | 'claimDueDeliveries'
  | 'markTrying'
  | 'markDelivered'
  | 'postponeDelivery'
  | 'giveUpDelivery'
  | 'reclaimDeliveries'
  | 'nextDueMs'
  | 'countPending'
>;

/** What is known of posts, as it stands in a statement. */
const [none, underWay, lost] = [sql.lit(posts.none), sql.lit(posts.underWay), sql.lit(posts.lost)];

type Claim = Parameters<DeliveryRepository['claimDueDeliveries']>[0];

/**
 * Hands out due deliveries from a database and takes them back.
 *
 * Claiming moves the due time to the end of the lease, so after a crash there is nothing to clean up: the
 * delivery falls due again by itself.
 */
export function createDeliveryQueue(db: Db, engine: Engine): DeliveryQueue {
  const atomically = atomicallyOn(db, engine);
  return {
    claimDueDeliveries: (claim) => claimDue(db, engine, claim),
    async markTrying(id, { claim, isPost, nowMs, leaseMs }) {
      // A post that was under way before and never ended counts as lost for good: it may have made a message.
      const posted = sql<number>`case when may_have_posted = ${none} then ${underWay} else ${lost} end`;
      const marked = await db
        .updateTable('deliveries')
        .set({ due_at_ms: engine.at(nowMs + leaseMs), ...(isPost ? { may_have_posted: posted } : {}) })
        .where('number', '=', Number(id))
        .where('status', '=', 'pending')
        .where('claim', '=', claim)
        .executeTakeFirst();
      return marked.numUpdatedRows !== 0n;
    },
    markDelivered: (id, shown) => atomically((tx) => recordShown(tx, Number(id), shown)),
    postponeDelivery: (id, { claim, dueAtMs, ...how }) =>
      atomically(async (tx) => {
        const postponed = await tx
          .updateTable('deliveries')
          .set((is) => ({
            due_at_ms: engine.at(dueAtMs),
            last_error: how.error,
            may_have_posted: how.mayHavePosted ? posts.lost : posts.none,
            attempts: is('attempts', '+', how.wasTried ? 1 : 0),
            claim: null,
          }))
          .where('number', '=', Number(id))
          .where('status', '=', 'pending')
          .$if(claim !== undefined, (mine) => mine.where('claim', '=', claim ?? ''))
          .executeTakeFirst();
        if (postponed.numUpdatedRows === 0n && how.wasTried) await showAgain(tx, Number(id));
      }),
    async giveUpDelivery(id, { error, nowMs, version, claim }) {
      await db
        .updateTable('deliveries')
        .set({
          status: sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
          due_at_ms: engine.at(nowMs),
          last_error: error,
          given_up_at_ms: nowMs,
          claim: null,
        })
        .where('number', '=', Number(id))
        .$if(claim !== undefined, (mine) => mine.where('claim', '=', claim ?? ''))
        .execute();
    },
    async reclaimDeliveries(nowMs) {
      const posted = sql<number>`case when may_have_posted = ${none} then ${none} else ${lost} end`;
      await db
        .updateTable('deliveries')
        .set({ claim: null, due_at_ms: engine.at(nowMs), may_have_posted: posted })
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

/** Chooses and claims in one statement, so that of several who ask at once nobody waits and nobody gets the same. */
async function claimDue(
  db: Db,
  engine: Engine,
  { nowMs, limit, leaseMs, claim }: Claim,
): Promise<readonly Delivery[]> {
  const claimed = await db
    .with(
      // Worked out once, whatever the planner thinks: worked out again it would choose others.
      (name) => name('due').materialized(),
      (cte) =>
        cte
          .selectFrom('deliveries')
          .select('number')
          .where('status', '=', 'pending')
          .where('due_at_ms', '<=', engine.at(nowMs))
          .orderBy('priority')
          .orderBy('due_at_ms')
          .orderBy('number')
          .limit(limit)
          .$if(engine.locksRows, (due) => due.forUpdate().skipLocked()),
    )
    .updateTable('deliveries')
    .set({ claim, due_at_ms: engine.at(nowMs + leaseMs) })
    .where('number', 'in', (is) => is.selectFrom('due').select('due.number'))
    .returningAll()
    .execute();
  return claimed.sort(byUrgency).map(toDelivery);
}

/** What an update returns has no order of its own, and the time it fell due is overwritten by then. */
function byUrgency(a: Selectable<Tables['deliveries']>, b: Selectable<Tables['deliveries']>): number {
  return a.priority - b.priority || a.wanted_at_ms - b.wanted_at_ms || a.number - b.number;
}
