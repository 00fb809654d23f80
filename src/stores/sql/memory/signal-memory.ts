import type { Selectable } from 'kysely';
import type { Signal } from '../../../domain/signal.js';
import type { SignalRepository } from '../../../ports/store.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db, Tables } from '../tables.js';

/** Remembers signals in a database, whose index lets only one per instance be unsettled. */
export function createSignalRepository(db: Db, engine: Engine): SignalRepository {
  return {
    async addSignal(signal) {
      const added = await db
        .insertInto('signals')
        .values({ id: signal.id, ...toColumns(signal) })
        .onConflict((is) => is.doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
    async saveSignal(signal) {
      const saved = await db
        .updateTable('signals')
        .set(toColumns(signal))
        .where('id', '=', signal.id)
        .executeTakeFirst();
      if (saved.numUpdatedRows === 0n) throw new Error(`Signal ${signal.id} was never added`);
    },
    async findSignal(id) {
      const row = await db.selectFrom('signals').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toSignal(row);
    },
    async listUnsettledSignals(system) {
      const unsettled = db
        .selectFrom('signals')
        .selectAll()
        .where('phase', '<>', 'settled')
        .$if(system !== undefined, (all) => all.where('system', '=', system ?? ''));
      return (await unsettled.orderBy('claimed_at_ms').orderBy('id').execute()).map(toSignal);
    },
    /** Tests the lease and takes it in one statement; nobody can take a signal that is settled. */
    async takeSignal(id, replicaId, nowMs, leaseMs) {
      const row = await db
        .updateTable('signals')
        .set({ holder: replicaId, lease_until_ms: engine.at(nowMs + leaseMs) })
        .where('id', '=', id)
        .where('phase', '<>', 'settled')
        .where((is) => is.or([is('holder', '=', replicaId), is('lease_until_ms', '<=', engine.at(nowMs))]))
        .returningAll()
        .executeTakeFirst();
      return row && toSignal(row);
    },
  };
}

function toColumns(signal: Signal) {
  return {
    approval_id: signal.approvalId,
    system: signal.instance.system,
    instance_id: signal.instance.id,
    phase: signal.phase,
    holder: signal.holder,
    lease_until_ms: signal.leaseUntilMs,
    claimed_at_ms: signal.claimedAtMs,
    body: JSON.stringify(signal),
  };
}

/** The columns a lease changes are truer than the body. */
function toSignal({ id, body, holder: replicaId, lease_until_ms }: Selectable<Tables['signals']>): Signal {
  return {
    ...readBody<Signal>({ table: 'signals', id, body }),
    holder: replicaId,
    leaseUntilMs: lease_until_ms,
  };
}
