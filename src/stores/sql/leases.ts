import { sql } from 'kysely';
import type { Leases } from '../../ports/leases.js';
import type { Engine } from './engine.js';
import type { Db } from './tables.js';

/** Keeps rights that one run of the bot has at a time in a database, each with a number that only grows. */
export function createLeases(db: Db, engine: Engine): Leases {
  return {
    /** Tests the lease and takes it in one statement. */
    async acquireLease({ name, replicaId, nowMs, leaseMs }) {
      const until_ms = engine.at(nowMs + leaseMs);
      return await db
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
    async listLeaseReplicaIds(prefix, nowMs) {
      const held = db
        .selectFrom('leases')
        .select('holder')
        .where('name', 'like', `${prefix}%`)
        .where('until_ms', '>', engine.at(nowMs));
      return (await held.orderBy('name').execute()).map(({ holder: replicaId }) => replicaId);
    },
    async forgetLeases(prefix, endedBeforeMs) {
      await db
        .deleteFrom('leases')
        .where('name', 'like', `${prefix}%`)
        .where('until_ms', '<', engine.at(endedBeforeMs))
        .execute();
    },
  };
}
