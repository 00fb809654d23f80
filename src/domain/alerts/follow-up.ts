import type { ChangeRecord } from '../change-record.js';
import type { Mention } from './alert-rules.js';
import type { Incident } from './incident.js';

/**
 * What is said in the thread of an alert.
 *
 * `more`: how it has grown; one message that is kept true. `changes`: what became of a restart of one or many,
 * one line each; kept true as well. `resolved`: that it is over. `taken`: who is on it. `call`: whom the rule
 * calls, said late because of quiet hours.
 */
export type FollowUp =
  | { readonly kind: 'more' }
  | { readonly kind: 'changes'; readonly batchId: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'resolved' }
  | { readonly kind: 'call' };

/** A follow-up with what it speaks of as it is now. */
export type FollowUpContent =
  | { readonly kind: 'more'; readonly incident: Incident }
  | { readonly kind: 'changes'; readonly incident: Incident; readonly records: readonly ChangeRecord[] }
  | { readonly kind: 'taken'; readonly incident: Incident }
  | { readonly kind: 'resolved'; readonly incident: Incident }
  | { readonly kind: 'call'; readonly incident: Incident; readonly mentions: readonly Mention[] };
