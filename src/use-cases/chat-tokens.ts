import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenPair, TokenPairRepository } from '../ports/chat.js';
import type { SecretBox } from '../ports/runtime.js';
import type { Store } from '../ports/store.js';

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
}): TokenPairRepository {
  const { store, secretBox, origin, replicaId, now } = options;
  const bound = `${noteKey}/${origin}`;
  const read = async (): Promise<TokenPair | undefined> => {
    const note = await store.getNote(noteKey);
    if (note === undefined) return undefined;
    const stored: StoredPair = JSON.parse(note);
    const kept = stored.origin === origin ? secretBox.unlock(stored, bound) : undefined;
    return kept === undefined ? undefined : JSON.parse(kept);
  };
  const write = async (pair: TokenPair): Promise<TokenPair> => {
    const { keyId, text } = secretBox.lock(JSON.stringify(pair), bound);
    const stored: StoredPair = { origin, keyId, text };
    // Slack has ended the pair before: this one is kept, however often the store has to be asked.
    for (let left = writeAttempts; ; left -= 1) {
      try {
        await store.putNote(noteKey, JSON.stringify(stored));
        return pair;
      } catch (error) {
        if (left <= 1) throw error;
        await sleep(1_000);
      }
    }
  };
  return {
    read,
    async alone(work) {
      const lease = { name: leaseName, replicaId, nowMs: now(), leaseMs };
      if (!(await store.acquireLease(lease))) return undefined;
      try {
        return await work(write);
      } finally {
        await store.releaseLease(leaseName, replicaId);
      }
    },
  };
}

const writeAttempts = 20;

/** Names an installation by the refresh token it began with, which it does not give away. */
export function originOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken, 'utf8').digest('hex');
}
