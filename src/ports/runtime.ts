import type { Ending, Verdict } from '../domain/approval.js';
import type { Verb } from '../domain/commands.js';
import type { RecordSigner } from '../domain/ledger.js';
import type { Locked } from '../domain/link.js';
import type { ClickReply, ClickVerb } from '../domain/voting.js';
import type { BackendErrorCode } from './errors.js';

/** Where the bot writes what happened: named fields, then a sentence. Never whole objects, never a secret. */
export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
}

/** Named values of one log line. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | undefined | readonly string[] | Error>
>;

/**
 * Counts what happens, where it happens, for whoever watches the bot. Never throws and never waits.
 *
 * Nothing that grows without end belongs here: no ids, no persons, no titles. Times are milliseconds.
 */
export interface Metrics {
  /** The first card of an approval stands; it had waited that long, and had been wanted that long. */
  cardShown(card: { readonly system: string; readonly waitedMs: number; readonly wantedMs: number }): void;
  /** People have decided, that long after the workflow began to wait; absent when the card had stood is not known. */
  decided(decision: {
    readonly system: string;
    readonly verdict: Verdict;
    readonly waitedMs: number;
    readonly shownMs?: number;
  }): void;
  /** A decision was put to its system. */
  signalled(signal: { readonly system: string; readonly outcome: SignalOutcome }): void;
  /** An approval is over, that long after it was decided here, if it was. */
  ended(end: {
    readonly system: string;
    readonly ending: Ending['kind'];
    readonly sinceDecidedMs?: number;
  }): void;
  /** Somebody who pressed has an answer. */
  clickReplied(click: {
    readonly verb: ClickVerb;
    readonly answer: ClickReply['kind'];
    readonly tookMs: number;
  }): void;
  /** Somebody who typed has an answer. */
  commandReplied(command: { readonly verb: Verb; readonly answer: string; readonly tookMs: number }): void;
  /** The chat was told that something from it has arrived. */
  acknowledged(what: { readonly kind: ArrivalKind; readonly tookMs: number }): void;
  /** A system was looked at. */
  observed(poll: { readonly system: string; readonly atMs: number; readonly tookMs: number }): void;
  /** A system could not do what it was asked. */
  systemFailed(failure: { readonly system: string; readonly code: BackendErrorCode | 'contract' }): void;
  /** The chat asked to slow down. */
  throttled(): void;
  /** Heads of the ledger could not be written down in a place. */
  anchorFailed(anchoring: { readonly place: AnchorPlaceName }): void;
}

/** Every place where heads of the ledger may be written down. */
export const anchorPlaces = ['beside', 'log', 'file', 'operators'] as const;

/** Where heads of the ledger are written down. */
export type AnchorPlaceName = (typeof anchorPlaces)[number];

/** Everything a system can make of a signal, as far as the request tells. */
export const signalOutcomes = ['accepted', 'refused', 'not-sent', 'unknown'] as const;
type SignalOutcome = (typeof signalOutcomes)[number];

/** Every kind of thing that comes in from the chat. */
export const arrivalKinds = ['press', 'submission', 'command'] as const;

/** What comes in from the chat. */
export type ArrivalKind = (typeof arrivalKinds)[number];

const ignore = (): void => {};

/** Counts nothing. */
export const noMetrics: Metrics = {
  cardShown: ignore,
  decided: ignore,
  signalled: ignore,
  ended: ignore,
  clickReplied: ignore,
  commandReplied: ignore,
  acknowledged: ignore,
  observed: ignore,
  systemFailed: ignore,
  throttled: ignore,
  anchorFailed: ignore,
};

/** Whether one thing the bot needs is there. */
export interface ReadinessCheck {
  /** `store`, `chat`, or `system:` and the name of a system. */
  readonly name: string;
  readonly isOk: boolean;
  /** How it stands, in a few words for an operator; no secret, nothing of a request. */
  readonly detail: string;
}

/** Looks at everything the bot needs; never rejects. */
export type CheckReadiness = () => Promise<readonly ReadinessCheck[]>;

/** What makes records provable: seals nobody else can make, and hashes anybody can make again. */
export interface HmacSigner extends RecordSigner {
  /** Gives the SHA-256 of a text, in hexadecimal. */
  hash(text: string): string;
}

/** Locks secrets away for the store, and signs what must not be guessed. */
export interface SecretBox {
  /** Locks a secret; `bound` names what it belongs to, and it opens for nothing else. */
  lock(secret: string, bound: string): Locked;
  /** Opens a secret; undefined if it belongs to something else, was changed, or its key is not at hand. */
  unlock(locked: Locked, bound: string): string | undefined;
  /** Gives a signature nobody can make without the key; safe in an address. */
  sign(text: string): string;
  /** Tells whether a text was signed with a key at hand. */
  isSigned(text: string, signature: string): boolean;
}
