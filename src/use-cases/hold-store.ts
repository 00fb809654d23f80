import type { Log } from '../ports/log.js';
import type { Store } from '../ports/store.js';
import { createMembership, type Membership } from './replicas/join-replicas.js';

/** The right to work on a store: as the one bot, or as one of several on a store that can be shared. */
export interface StoreLock {
  /** Takes the right, also from a run that is certainly over; false while another bot has it for itself. */
  take(): Promise<boolean>;
  /** Keeps the right for another while, or tells that it is lost. */
  renew(): Promise<void>;
  /** Gives the right back, so that the next start need not wait. */
  release(): Promise<void>;
  /** Resolves once the right was found lost, as it may be after a long freeze. */
  readonly lost: Promise<void>;
}

const leaseMs = 30_000;

/** Creates the hold of one run of the bot on a store; nothing is taken yet. */
export function createStoreLock(runtime: {
  readonly store: Store;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Names this run of the bot. */
  readonly replicaId: string;
  /** Tells whether the run of that name is certainly over. */
  readonly isOver: (replicaId: string) => boolean;
}): StoreLock {
  const { store, log, now, replicaId, isOver } = runtime;
  if (store.isShared) return sharedStoreLock(createMembership(runtime));
  const acquire = () => store.acquireBotLease(replicaId, now(), leaseMs);
  let resolveLost = (): void => {};
  const lost = new Promise<void>((resolve) => {
    resolveLost = resolve;
  });
  return {
    lost,
    async take() {
      if (await acquire()) return true;
      const other = await store.getBotReplicaId();
      if (other === undefined || !isOver(other)) return false;
      await store.releaseBotLease(other);
      return acquire();
    },
    release: () => store.releaseBotLease(replicaId),
    async renew() {
      if (await acquire()) return;
      log.error({}, 'Another bot has taken this store over; this one stops');
      resolveLost();
    },
  };
}

/** Among others nothing can be lost: what one of them does at a time has a right of its own. */
function sharedStoreLock({ join, stay, leave }: Membership): StoreLock {
  return { take: join, renew: stay, release: leave, lost: new Promise(() => {}) };
}
