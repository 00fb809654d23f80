import type { Log } from '../ports/runtime.js';
import {
  type Fence,
  type KeyValueStore,
  replicaPrefix,
  type Store,
  type Transaction,
} from '../ports/store.js';
import type { Context } from './context.js';

/** The right to work on a store: as the one bot, or as one of several on a store that can be shared. */
export interface StoreLock {
  /** Takes the right; false while another bot has it for itself. */
  take(): Promise<boolean>;
  /** Keeps the right for another while, or tells that it is lost. */
  renew(): Promise<void>;
  /** Gives the right back, so that the next start need not wait. */
  release(): Promise<void>;
  /** Resolves once the right was found lost, as it may be after a long freeze. */
  readonly lost: Promise<void>;
}

/** What the right of one run of the bot stands on. */
interface LockRuntime {
  readonly store: Store;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Names this run of the bot. */
  readonly replicaId: string;
}

/** Creates the hold of one run of the bot on a store; nothing is taken yet. */
export function createStoreLock(runtime: LockRuntime): StoreLock {
  return runtime.store.isShared ? sharedStoreLock(runtime) : soleStoreLock(runtime);
}

const leaseMs = 30_000;

function soleStoreLock({ store, log, now, replicaId }: LockRuntime): StoreLock {
  const acquire = () => store.acquireBotLease(replicaId, now(), leaseMs);
  let resolveLost = (): void => {};
  const lost = new Promise<void>((resolve) => {
    resolveLost = resolve;
  });
  return {
    lost,
    take: acquire,
    release: () => store.releaseBotLease(replicaId),
    async renew() {
      if (await acquire()) return;
      log.error({}, 'Another bot has taken this store over; this one stops');
      resolveLost();
    },
  };
}

/** Long enough to join the others, and soon over if this run dies meanwhile. */
const joinMs = 10_000;

/** A run that is gone is of no interest after this. */
const keptMs = 3_600_000;

/** Among others nothing can be lost: what one of them does at a time has a right of its own. */
function sharedStoreLock({ store, log, now, replicaId }: LockRuntime): StoreLock {
  const name = `${replicaPrefix}${replicaId}`;
  let known = 0;
  const renew = async () => {
    await store.acquireLease({ name, replicaId, nowMs: now(), leaseMs });
    await store.forgetLeases(replicaPrefix, now() - keptMs);
    const { length: replicas } = await store.listLeaseReplicaIds(replicaPrefix, now());
    if (replicas !== known) log.info({ replicas }, 'Replicas on this store');
    known = replicas;
  };
  return {
    lost: new Promise(() => {}),
    renew,
    async take() {
      // Who copies the store holds the whole of it.
      if (!(await store.acquireBotLease(replicaId, now(), joinMs))) return false;
      await renew();
      await store.releaseBotLease(replicaId);
      return true;
    },
    release: () => store.releaseLease(name, replicaId),
  };
}

/** A right came to somebody else while work was done under it; nothing more may be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** What cannot write, whatever else it does; everything that is not named so is checked. */
const reading = /^(find|list|get|recall|count|next|latest|last|stands|keptText)/;

/** What is about rights themselves, or no write at all. */
const passing: ReadonlySet<string> = new Set([
  'isShared',
  'acquireBotLease',
  'releaseBotLease',
  'acquireLease',
  'releaseLease',
  'forgetLeases',
  'reclaimSpace',
  'isTransient',
  'close',
]);

/**
 * Gives a store that writes only as long as a right has not come to another holder.
 *
 * The right is checked in the transaction of each write, so that whoever was frozen and wakes up changes
 * nothing; then `LeaseLost` is thrown.
 */
export function fenced(store: Store, fence: Fence): Store {
  const inTransaction: Store['inTransaction'] = (work) =>
    store.inTransaction(async (transaction) => {
      if (!(await transaction.stands(fence)))
        throw new LeaseLost(`${fence.name} has gone to another replica`);
      return work(transaction);
    });
  return new Proxy(store, {
    get(target, key, receiver) {
      if (key === 'inTransaction') return inTransaction;
      const value: unknown = Reflect.get(target, key, receiver);
      const name = String(key);
      if (typeof value !== 'function' || reading.test(name) || passing.has(name)) return value;
      return (...given: unknown[]) => inTransaction((transaction) => callOn(transaction, key, given));
    },
  });
}

async function callOn(transaction: Transaction, key: string | symbol, given: unknown[]): Promise<unknown> {
  const call: unknown = Reflect.get(transaction, key);
  if (typeof call !== 'function') throw new TypeError(`A store cannot do ${String(key)}`);
  return Reflect.apply(call, transaction, given);
}

/** Keeps in a store what every bot on it must find again. */
export function keyValueStoreIn(
  store: Pick<Store, 'keepText' | 'keptText'>,
  now: () => number,
): KeyValueStore {
  return { keep: (key, text) => store.keepText(key, text, now()), kept: (key) => store.keptText(key) };
}

/**
 * A request leaves right after it was written down. If more time has passed, this process was frozen: others may
 * have settled by now what they believe was sent.
 */
const longestPauseMs = 1_000;

/** Tells whether too much time has passed since a request was written down for it to leave now. */
export function wasFrozen({ now }: Context, writtenDownAtMs: number): boolean {
  return Math.abs(now() - writtenDownAtMs) > longestPauseMs;
}

/** The right to look at one system, which one replica has at a time. */
export interface ObservationLease {
  /** Takes or renews the right; absent while another replica has it. */
  take(): Promise<Fence | undefined>;
  /** Gives the right back, so that another replica need not wait. */
  release(): Promise<void>;
}

/** After a replica has died, another one looks within this and the time between two tries. */
const observationLeaseMs = 20_000;

/** Creates the right to look at a system; nothing is taken yet. */
export function createObservationLease({ store, replicaId, now }: Context, system: string): ObservationLease {
  const name = `observe/${system}`;
  return {
    async take() {
      const taken = await store.acquireLease({ name, replicaId, nowMs: now(), leaseMs: observationLeaseMs });
      return taken && { name, fence: taken.fence };
    },
    release: () => store.releaseLease(name, replicaId),
  };
}

/**
 * Makes what keeps the right to look at a system for another while, also during a long look; it looks at once
 * when the right has come from another replica.
 */
export function createLeaseRenewal(renewed: {
  readonly store: Pick<Store, 'isShared'>;
  readonly lease: ObservationLease;
  readonly poll: () => void;
}): () => Promise<void> {
  const { store, lease, poll } = renewed;
  let known: number | undefined;
  return async () => {
    if (!store.isShared) return;
    const taken = await lease.take();
    if (taken && taken.fence !== known) poll();
    known = taken?.fence;
  };
}
