import { sql } from 'kysely';
import type { FenceRepository, Leases } from '../../ports/store.js';
import { type BotLease, didChange, type Engine, firstOf, listOf } from './database.js';
import type { Db } from './tables.js';

const name = 'bot';

/** So long a copy holds a store: longer than any takes, since it is given back at its end. */
export const copyLeaseMs = 3_600_000;

/**
 * Keeps the right to be the one running bot in a row of the database, for no longer than its lease.
 *
 * `lock` is what decides where the database is a file: whoever holds it has the right, whatever the row says.
 */
export function createBotLease(db: Db, engine: Engine, lock?: ProcessLock): BotLease {
  return {
    async acquireBotLease(replicaId, nowMs, leaseMs) {
      if (lock && !(await lock.take(replicaId))) return false;
      const lease = { holder: replicaId, until_ms: engine.at(nowMs + leaseMs) };
      const take = db
        .insertInto('bot_lease')
        .values({ name, ...lease })
        .onConflict((is) =>
          is
            .column('name')
            .doUpdateSet(lease)
            .where((old) =>
              old.or([
                old('bot_lease.holder', '=', replicaId),
                old('bot_lease.until_ms', '<=', engine.at(nowMs)),
                old('bot_lease.until_ms', '>', engine.at(nowMs + 2 * copyLeaseMs)),
                ...(lock ? [sql<boolean>`true`] : []),
              ]),
            ),
        );
      return didChange(take);
    },
    getBotReplicaId: () =>
      firstOf(db.selectFrom('bot_lease').select('holder').where('name', '=', name), (row) => row.holder),
    async releaseBotLease(replicaId) {
      await db.deleteFrom('bot_lease').where('name', '=', name).where('holder', '=', replicaId).execute();
      lock?.release(replicaId);
    },
  };
}

/** What only one process has at a time, and loses when it dies. */
export interface ProcessLock {
  /** Takes it, or finds that it is still held under this name; false while another has it, or took it meanwhile. */
  take(replicaId: string): Promise<boolean>;
  /** Gives it back, if it is held under this name. */
  release(replicaId: string): void;
}

/** Keeps rights that one run of the bot has at a time in a database, each with a number that only grows. */
export function createLeases(db: Db, engine: Engine): Leases {
  return {
    /** Tests the lease and takes it in one statement. */
    async acquireLease({ name, replicaId, nowMs, leaseMs }) {
      const until_ms = engine.at(nowMs + leaseMs);
      return db
        .insertInto('leases')
        .values({ name, holder: replicaId, fence: 1, until_ms })
        .onConflict((is) =>
          is
            .column('name')
            .doUpdateSet((old) => ({
              holder: replicaId,
              until_ms,
              fence: sql<number>`case when ${old.ref('leases.holder')} = ${replicaId}
                then ${old.ref('leases.fence')} else ${old.ref('leases.fence')} + 1 end`,
            }))
            .where((old) =>
              old.or([
                old('leases.holder', '=', replicaId),
                old('leases.until_ms', '<=', engine.at(nowMs)),
                // Nobody takes a right for so long: it was taken by a clock that was wrong.
                old('leases.until_ms', '>', engine.at(nowMs + 2 * leaseMs)),
              ]),
            ),
        )
        .returning('fence')
        .executeTakeFirst();
    },
    /** The row stays, since the next fence must be higher than every one before. */
    async releaseLease(name, replicaId) {
      await db
        .updateTable('leases')
        .set({ holder: '', until_ms: 0 })
        .where('name', '=', name)
        .where('holder', '=', replicaId)
        .execute();
    },
    listLeaseReplicaIds: (prefix, nowMs) =>
      listOf(
        db
          .selectFrom('leases')
          .select('holder')
          .where('name', 'like', `${prefix}%`)
          .where('until_ms', '>', engine.at(nowMs))
          .orderBy('name'),
        (row) => row.holder,
      ),
    async forgetLeases(prefix, endedBeforeMs) {
      await db
        .deleteFrom('leases')
        .where('name', 'like', `${prefix}%`)
        .where('until_ms', '<', engine.at(endedBeforeMs))
        .execute();
    },
  };
}

/** Looks in a database whether a right has come to another holder. */
export function createFenceRepository(db: Db, engine: Engine): FenceRepository {
  return {
    async stands({ name, fence }) {
      const row = await db
        .selectFrom('leases')
        .select('fence')
        .where('name', '=', name)
        // Whoever wants to take the right waits for the end of a transaction that relies on it.
        .$if(engine.locksRows && db.isTransaction, (lease) => lease.forShare())
        .executeTakeFirst();
      return row?.fence === fence;
    },
  };
}
