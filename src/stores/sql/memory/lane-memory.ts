import { type RawBuilder, sql } from 'kysely';
import type { DeliveryRepository, RateLimit } from '../../../ports/delivery-memory.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import type { Db } from '../tables.js';

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
