import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenPair, TokenPairRepository } from '../ports/chat.js';
import type { SecretBox } from '../ports/runtime.js';
import type { Store } from '../ports/store.js';
import { fenced, LeaseLost } from './leases.js';

const noteKey = 'slack:token-pair';

const leaseName = 'slack-token';

/** Longer than the chat may take to answer: two at the same time with one refresh token can end the installation. */
const leaseMs = 60_000;

/** A pair as it is stored: under lock, and of which installation it comes. */
interface StoredPair {
  readonly origin: string;
  readonly keyId: string;
  readonly text: string;
}

/**
 * Creates the place where the tokens of the chat are kept, under lock, for every bot on the store.
 *
 * `origin` names the installation the settings speak of: a pair that comes from another one is passed over, so that
 * installing the app again begins anew.
 */
export function createTokenPairs(options: {
  readonly store: Store;
  readonly secretBox: SecretBox;
  readonly origin: string;
  readonly replicaId: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Passes the time between two attempts to write. */
  readonly pause?: (ms: number) => Promise<unknown>;
}): TokenPairRepository {
  const { store, secretBox, origin, replicaId, now, pause = sleep } = options;
  const bound = `${noteKey}/${origin}`;
  const read = async (): Promise<TokenPair | undefined> => {
    const note = await store.getNote(noteKey);
    if (note === undefined) return undefined;
    const stored: StoredPair = JSON.parse(note);
    const kept = stored.origin === origin ? secretBox.unlock(stored, bound) : undefined;
    return kept === undefined ? undefined : JSON.parse(kept);
  };
  const take = () => store.acquireLease({ name: leaseName, replicaId, nowMs: now(), leaseMs });
  const write = async (pair: TokenPair, fence: number): Promise<void> => {
    const { keyId, text } = secretBox.lock(JSON.stringify(pair), bound);
    const stored: StoredPair = { origin, keyId, text };
    for (let left = writeAttempts; ; left -= 1) {
      try {
        // A slow store would let the right run out between two attempts.
        await take();
        return await fenced(store, { name: leaseName, fence }).putNote(noteKey, JSON.stringify(stored));
      } catch (error) {
        if (left <= 1 || error instanceof LeaseLost) throw error;
        await pause(1_000);
      }
    }
  };
  let isUnsaved = false;
  return {
    read,
    async alone(work) {
      const taken = await take();
      if (!taken) return undefined;
      try {
        const done = await work(async (pair) => {
          isUnsaved = true;
          await write(pair, taken.fence);
          isUnsaved = false;
        });
        isUnsaved = false;
        return done;
      } finally {
        // Whoever got the right now would use again the refresh token that the pair not stored came from.
        if (!isUnsaved) await store.releaseLease(leaseName, replicaId);
      }
    },
  };
}

/** Few, since whoever has the pair keeps it and tries again. */
const writeAttempts = 5;

/** Names an installation by the refresh token it began with, which it does not give away. */
export function originOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken, 'utf8').digest('hex');
}
