import type { ClickReply } from '../domain/answer.js';
import type { Ending } from '../domain/approval-state.js';
import type { ClickVerb } from '../domain/click.js';
import type { Verdict } from '../domain/decision.js';
import type { Reply } from '../domain/reply.js';
import type { Verb } from '../domain/verb.js';
import type { BackendErrorCode } from './errors.js';

/**
 * Counts what happens, where it happens, for whoever watches the bot. Never throws and never waits.
 *
 * Nothing that grows without end belongs here: no ids, no persons, no titles. Times are milliseconds.
 */
export interface Metrics {
  /** The first card of an approval stands; it had waited that long. */
  cardShown(card: { readonly system: string; readonly waitedMs: number }): void;
  /** People have decided; absent when the card had stood is not known. */
  decided(decision: { readonly system: string; readonly verdict: Verdict; readonly shownMs?: number }): void;
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
  commandReplied(command: {
    readonly verb: Verb;
    readonly answer: Reply['kind'];
    readonly tookMs: number;
  }): void;
  /** The chat was told that something from it has arrived. */
  acknowledged(what: { readonly kind: ArrivalKind; readonly tookMs: number }): void;
  /** A system was looked at. */
  observed(poll: { readonly system: string; readonly atMs: number; readonly tookMs: number }): void;
  /** A system could not do what it was asked. */
  systemFailed(failure: { readonly system: string; readonly code: BackendErrorCode | 'contract' }): void;
  /** The chat asked to slow down. */
  throttled(): void;
}

/** What a system made of a signal, as far as the request told. */
export type SignalOutcome = 'accepted' | 'refused' | 'not-sent' | 'unknown';

/** What comes in from the chat. */
export type ArrivalKind = 'press' | 'submission' | 'command';

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
};
