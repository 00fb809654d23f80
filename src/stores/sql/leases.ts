import { sql } from 'kysely';
import type { FenceRepository, Leases, Store } from '../../ports/store.js';
import { didChange, type Engine, firstOf, listOf } from './database.js';
import type { Db } from './tables.js';

const name = 'bot';

/** Keeps the right to be the one running bot in a row of the database, for no longer than its lease. */
export function createBotLease(
  db: Db,
  engine: Engine,
): Pick<Store, 'acquireBotLease' | 'getBotReplicaId' | 'releaseBotLease'> {
  return {
    async acquireBotLease(replicaId, nowMs, leaseMs) {
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
              ]),
            ),
        );
      return didChange(take);
    },
    getBotReplicaId: () =>
      firstOf(db.selectFrom('bot_lease').select('holder').where('name', '=', name), (row) => row.holder),
    async releaseBotLease(replicaId) {
      await db.deleteFrom('bot_lease').where('name', '=', name).where('holder', '=', replicaId).execute();
    },
  };
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
              old.or([old('leases.holder', '=', replicaId), old('leases.until_ms', '<=', engine.at(nowMs))]),
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
