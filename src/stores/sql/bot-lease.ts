import type { Store } from '../../ports/store.js';
import type { Engine } from './engine.js';
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
      const held = await db
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
        )
        .executeTakeFirst();
      return held.numInsertedOrUpdatedRows !== 0n;
    },
    async getBotReplicaId() {
      const row = await db
        .selectFrom('bot_lease')
        .select('holder')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.holder;
    },
    async releaseBotLease(replicaId) {
      await db.deleteFrom('bot_lease').where('name', '=', name).where('holder', '=', replicaId).execute();
    },
  };
}
