import type { Fence } from '../../ports/leases.js';
import type { Context } from '../context.js';

/** The right to look at one system, which one replica has at a time. */
export interface ObservationLease {
  /** Takes or renews the right; absent while another replica has it. */
  take(): Promise<Fence | undefined>;
  /** Gives the right back, so that another replica need not wait. */
  release(): Promise<void>;
}

/** After a replica has died, another one looks within this and the time between two tries. */
const leaseMs = 20_000;

/** Creates the right to look at a system; nothing is taken yet. */
export function createObservationLease({ store, replicaId, now }: Context, system: string): ObservationLease {
  const name = `observe/${system}`;
  return {
    async take() {
      const delayed = await store.acquireLease({ name, replicaId: replicaId, nowMs: now(), leaseMs });
      return delayed && { name, fence: delayed.fence };
    },
    release: () => store.releaseLease(name, replicaId),
  };
}
