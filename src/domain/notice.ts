import type { Answer } from './answer.js';
import type { Approval, SignalRefusal } from './approval.js';
import type { ChangeRecord } from './change-record.js';
import type { Anchor } from './ledger/anchor.js';

/** Something said once, unprompted, besides the cards. */
export type Notice =
  /** To the requester: how it ended. */
  | { readonly kind: 'outcome'; readonly approval: Approval }
  /** To those who decided: the decision was given up in time, and nothing was changed. */
  | { readonly kind: 'released'; readonly approval: Approval; readonly why: ReleaseReason }
  /** To those who decided: it was sent, never answered, and nothing tells whether it arrived. */
  | { readonly kind: 'outcome-unknown'; readonly approval: Approval }
  /** To somebody whose click could not be answered on the spot. */
  | { readonly kind: 'late-answer'; readonly approval: Approval | undefined; readonly answer: Answer }
  /** To those whose votes do not count any more. */
  | { readonly kind: 'vote-void'; readonly approval: Approval; readonly why: VoidReason }
  /** To whoever made a change: how it ended, when that could not be told on the spot. */
  | { readonly kind: 'change'; readonly record: ChangeRecord }
  /** To whoever confirmed changes on an alert whose thread is gone: what became of them. */
  | { readonly kind: 'batch'; readonly records: readonly ChangeRecord[] }
  /** To the operators. */
  | { readonly kind: 'operators'; readonly event: OperatorEvent };

/** Why a decision was given up unsent: out of reach for too long, too late, or its system is not watched any more. */
export type ReleaseReason = 'unreachable' | 'overtaken' | 'unwatched';

/** Why a vote does not count any more: other facts, lost rights, or the system would not take the signal. */
export type VoidReason = 'facts-changed' | 'rights' | 'refused';

/** What operators need to know to keep the bot working. */
export type OperatorEvent =
  | { readonly kind: 'channel-lost'; readonly channel: string; readonly reason: string }
  | { readonly kind: 'signal-refused'; readonly approval: Approval; readonly reason: SignalRefusal }
  | { readonly kind: 'not-moved'; readonly approval: Approval }
  /** A system could not be looked at several times in a row. */
  | { readonly kind: 'system-unreachable'; readonly system: string; readonly sinceMs: number }
  | { readonly kind: 'system-back'; readonly system: string; readonly sinceMs: number }
  /** A step waits, and by the rules and the map of people nobody can decide about it. */
  | { readonly kind: 'undecidable'; readonly approval: Approval }
  /** To keep where nobody can rewrite it: how far the record of everything goes. */
  | { readonly kind: 'ledger-anchored'; readonly anchors: readonly Anchor[] }
  /** Failures of a system cannot be seen: the account lacks a permission. */
  | { readonly kind: 'alerts-off'; readonly system: string; readonly permission: string }
  | { readonly kind: 'result-not-visible'; readonly approval: Approval; readonly permission: string };
