import { replicaPrefix } from '../../ports/leases.js';
import type { Log } from '../../ports/log.js';
import type { Store } from '../../ports/store.js';

/** The place of one run of the bot among those that work on a shared store. */
export interface Membership {
  /** Joins the others; false while somebody holds the whole store, as who copies it does. */
  join(): Promise<boolean>;
  /** Stays for another while, and logs when somebody has come or gone. */
  stay(): Promise<void>;
  leave(): Promise<void>;
}

const leaseMs = 30_000;
/** Long enough to join, and soon over if this run dies meanwhile. */
const holdMs = 10_000;
/** A run that is gone is of no interest after this. */
const keptMs = 3_600_000;

/** Creates the place of a run of the bot; nobody has joined yet. */
export function createMembership(runtime: {
  readonly store: Store;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Names this run of the bot. */
  readonly replicaId: string;
}): Membership {
  const { store, log, now, replicaId } = runtime;
  const name = `${replicaPrefix}${replicaId}`;
  let known = 0;
  const stay = async () => {
    await store.acquireLease({ name, replicaId: replicaId, nowMs: now(), leaseMs });
    await store.forgetLeases(replicaPrefix, now() - keptMs);
    const { length: replicas } = await store.listLeaseReplicaIds(replicaPrefix, now());
    if (replicas !== known) log.info({ replicas }, 'So many replicas work on this store now');
    known = replicas;
  };
  return {
    stay,
    async join() {
      if (!(await store.acquireBotLease(replicaId, now(), holdMs))) return false;
      await stay();
      await store.releaseBotLease(replicaId);
      return true;
    },
    leave: () => store.releaseLease(name, replicaId),
  };
}
