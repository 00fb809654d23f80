import { type RawBuilder, sql } from 'kysely';
import type {
  DeliveryRepository,
  GaugeRepository,
  OutboxCount,
  RateLimit,
  UnshownCopy,
} from '../../ports/store.js';
import { atomicallyOn, type Engine } from './database.js';
import { type Db, readBody } from './tables.js';

/** Keeps the pace of lanes in a database, so that every delivery shares it and a restart does not forget it. */
export function createRateLimitRepository(
  db: Db,
  engine: Engine,
): Pick<DeliveryRepository, 'takeSlot' | 'blockLimiter'> {
  const atomically = atomicallyOn(db, engine);
  return {
    takeSlot: (limiter, rateLimit, requestedAtMs) =>
      atomically(async (tx) => {
        const nowMs = await readTime(tx, engine.at(requestedAtMs));
        const row = await tx.selectFrom('lanes').selectAll().where('name', '=', limiter).executeTakeFirst();
        const storedMs = row?.rested_at_ms ?? 0;
        const restedAtMs = restedAt(storedMs, rateLimit, nowMs);
        const waitMs = Math.max(
          restedAtMs - (rateLimit.burst - 1) * rateLimit.everyMs - nowMs,
          (row?.blocked_until_ms ?? 0) - nowMs,
          0,
        );
        if (waitMs === 0) await putRested(tx, limiter, restedAtMs + rateLimit.everyMs);
        // Else the lane would seem as busy at every later look, until the clock is where it was.
        else if (storedMs > restedAtMs) await putRested(tx, limiter, restedAtMs);
        return waitMs;
      }),
    async blockLimiter(limiter, untilMs) {
      const blocked_until_ms = engine.at(untilMs);
      await db
        .insertInto('lanes')
        .values({ name: limiter, rested_at_ms: 0, blocked_until_ms })
        .onConflict((is) =>
          is
            .column('name')
            .doUpdateSet({ blocked_until_ms })
            .where('lanes.blocked_until_ms', '<', blocked_until_ms),
        )
        .execute();
    },
  };
}

/**
 * Says when a lane is fully rested, which is never before now.
 *
 * Nor is it ever further away than a whole burst; if it seems so, the clock was set back or the pace changed.
 */
function restedAt(storedMs: number, { burst, everyMs }: RateLimit, nowMs: number): number {
  return Math.min(Math.max(storedMs, nowMs), nowMs + burst * everyMs);
}

/** The arithmetic of a lane is done here and not in the database, on the time everybody shares. */
async function readTime(db: Db, time: RawBuilder<number>): Promise<number> {
  const { rows } = await sql<{ readonly now: number }>`select ${time} as now`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('The database did not tell the time');
  return row.now;
}

async function putRested(db: Db, name: string, restedAtMs: number): Promise<void> {
  await db
    .insertInto('lanes')
    .values({ name, rested_at_ms: restedAtMs, blocked_until_ms: 0 })
    .onConflict((is) => is.column('name').doUpdateSet({ rested_at_ms: restedAtMs }))
    .execute();
}

/** The chat's word for a place that is not there for us. */
const gone = 'channel-gone';

/** Counts in a database how it stands with what is to be said. */
export function createGaugeRepository(db: Db): GaugeRepository {
  return {
    async countOutbox() {
      const kind = sql<OutboxCount['kind']>`case when approval_id is not null then 'card'
        when subject like 'digest:%' then 'digest' when incident_id is null then 'notice' when notice_body is null then 'alert' else 'follow-up' end`;
      const rows = await db
        .selectFrom('deliveries')
        .select((is) => [
          kind.as('kind'),
          is.fn.countAll<number>().as('pending'),
          is.fn.min('due_at_ms').as('oldestDueAtMs'),
        ])
        .where('status', '=', 'pending')
        .groupBy(kind)
        .execute();
      return rows.map((row) => ({ ...row, pending: Number(row.pending) }));
    },
    async listMissingCards() {
      const approvals = await selectMissingCards(db);
      if (approvals.length === 0) return [];
      const copies = new Map<string, UnshownCopy[]>(approvals.map(({ id }) => [id, []]));
      for (const row of await selectCopies(db)) copies.get(row.approval_id ?? '')?.push(toCopy(row));
      return approvals.map(({ id }) => ({ approvalId: id, copies: copies.get(id) ?? [] }));
    },
    async listLostPlaces() {
      const rows = await selectLastOfPlaces(db);
      return rows.map(({ number, target_body: body, given_up_at_ms: sinceMs }) => ({
        target: readBody({ table: 'deliveries', id: String(number), body }),
        sinceMs: sinceMs ?? 0,
      }));
    },
  };
}

function selectMissingCards(db: Db) {
  return db
    .selectFrom('approvals')
    .select('id')
    .where('is_open', '=', 1)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries')
            .select('deliveries.number')
            .whereRef('deliveries.approval_id', '=', 'approvals.id')
            .where('channel', 'is not', null)
            .where('given_up_at_ms', 'is', null),
        ),
      ),
    )
    .orderBy('number')
    .execute();
}

/** All copies that are not shown, of whichever open approval: one question is cheaper than one for each. */
function selectCopies(db: Db) {
  return db
    .selectFrom('deliveries')
    .innerJoin('approvals', 'approvals.id', 'deliveries.approval_id')
    .select([
      'deliveries.approval_id',
      'deliveries.target',
      'deliveries.status',
      'deliveries.due_at_ms',
      'deliveries.attempts',
      'deliveries.may_have_posted',
      'deliveries.last_error',
      'deliveries.channel',
    ])
    .where('approvals.is_open', '=', 1)
    .where(({ or, eb }) => or([eb('channel', 'is', null), eb('given_up_at_ms', 'is not', null)]))
    .orderBy('deliveries.number')
    .execute();
}

function toCopy(row: Awaited<ReturnType<typeof selectCopies>>[number]): UnshownCopy {
  return {
    place: row.target,
    wasShown: row.channel !== null,
    isWanted: row.status === 'pending',
    dueAtMs: row.due_at_ms,
    attempts: row.attempts,
    mayHavePosted: row.may_have_posted > 0,
    ...(row.last_error === null ? {} : { error: row.last_error }),
  };
}

/** Of each place the last thing that came to an end there, where that end was that the place is gone. */
function selectLastOfPlaces(db: Db) {
  const last = db
    .selectFrom('deliveries')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('status', '=', 'done')
    .groupBy('target');
  return db
    .selectFrom('deliveries')
    .select(['number', 'target_body', 'given_up_at_ms'])
    .where('number', 'in', last)
    .where('last_error', '=', gone)
    .where('given_up_at_ms', 'is not', null)
    .orderBy('number')
    .execute();
}
