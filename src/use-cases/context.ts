import type { Policy } from '../domain/rules.js';
import type { WorkflowBackend } from '../ports/backend.js';
import type { Chat } from '../ports/chat.js';
import type { Log } from '../ports/log.js';
import type { Metrics } from '../ports/metrics.js';
import type { HmacSigner } from '../ports/seal.js';
import type { Store } from '../ports/store.js';
import type { Linking } from './links/linking.js';

/** What every use case works with; time, ids and randomness are given, so that a test can turn them by hand. */
export interface Context {
  readonly store: Store;
  readonly chat: Chat;
  /** System name → backend. */
  readonly backends: ReadonlyMap<string, WorkflowBackend>;
  readonly policy: Policy;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Makes the records of the ledger provable. */
  readonly signer: HmacSigner;
  /** How people are spoken for; absent where no system is told decisions in their name. */
  readonly linking?: Linking;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Makes an opaque, unguessable id. */
  readonly newId: () => string;
  /** Makes a random short code of that many characters. */
  readonly newCode: (length: number) => string;
  /** Names this run of the bot, for leases. */
  readonly replicaId: string;
  /** After how many observations in a row without an answer the operators hear that a system is away. */
  readonly unreachableAfter: number;
  /** Hints that deliveries are due; never waits for them. */
  readonly scheduleDelivery: () => void;
}

/** Finds the backend of a system; one that was taken out of the settings cannot be acted on. */
export function backendOf(context: Context, system: string): WorkflowBackend | undefined {
  return context.backends.get(system);
}
