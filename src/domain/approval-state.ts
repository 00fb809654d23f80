import type { Decision } from './decision.js';
import type { FactChange } from './decision-facts.js';
import type { InstanceRef, InstanceStatus, Step } from './instance.js';

/** Where an instance was found after it left the step. */
export interface Whereabouts {
  readonly status: InstanceStatus;
  readonly statusMessage?: string;
  readonly step?: Step;
}

/** How an approval ended, saying no more than was seen. */
export type Ending =
  /** The system took our approval and the instance moved on; `elsewhere` if other identities completed it. */
  | { readonly kind: 'approved'; readonly now: Whereabouts; readonly elsewhere: boolean }
  /** The system took our denial and the instance was rejected. */
  | { readonly kind: 'denied'; readonly now: Whereabouts }
  /** It left the step without a signal of ours. */
  | { readonly kind: 'decided-elsewhere'; readonly now: Whereabouts }
  /** Our signal went out, and the instance moved in a way that need not be ours. */
  | {
      readonly kind: 'overtaken';
      readonly now: Whereabouts;
      /** The system had answered no. */
      readonly isRefused?: true;
    }
  /** It waits for our account no longer and may not be read. */
  | { readonly kind: 'not-visible' }
  /** A decision was sent and never answered, and nothing that can be read tells whether it arrived. */
  | { readonly kind: 'outcome-unknown'; readonly now: Whereabouts }
  /** Its system was taken out of the settings, so nobody looks any more. */
  | { readonly kind: 'unwatched' }
  /** It was restarted; the successor is named only when exactly one candidate matched. */
  | { readonly kind: 'restarted'; readonly successor?: InstanceRef; readonly candidates: number };

/** Why an approval that waits has something to explain. */
export type WaitingNote =
  | { readonly kind: 'facts-changed'; readonly changes: readonly FactChange[] }
  /** A decision could not be delivered in time and was given up; nothing was changed. */
  | { readonly kind: 'released'; readonly decision: Decision }
  /** A decision found after a restart was too old to send. */
  | { readonly kind: 'too-old'; readonly decision: Decision }
  /** The system refused the signal. */
  | {
      readonly kind: 'refused';
      readonly decision: Decision;
      readonly reason: SignalRefusal;
      /** The person's own account that was refused, where decisions are told by people. */
      readonly account?: string;
    }
  /** Somebody who had decided has no linked account any more, so it could not be told in their name. */
  | { readonly kind: 'link-ended'; readonly name: string }
  /** Somebody who had voted may not decide any more. */
  | { readonly kind: 'vote-void'; readonly names: readonly string[] }
  /** Somebody who had decided said that it was not them. */
  | { readonly kind: 'disowned'; readonly name: string }
  /** By now the system wants more identities than the one that signals. */
  | { readonly kind: 'beyond-one-account' }
  /** The rule wants more people now than when the decision was made. */
  | { readonly kind: 'quorum-raised'; readonly have: number; readonly of: number };

/** Why a system would not take a signal. */
export type SignalRefusal =
  | 'no-role'
  | 'not-waiting'
  | 'bad-request'
  | 'sign-in'
  /** The system knows nobody on whose behalf to take it. */
  | 'nobody-mapped'
  | 'engine-down';

/** Where an approval stands, and so what its card says. */
export type ApprovalState =
  | { readonly kind: 'waiting'; readonly note?: WaitingNote }
  /** Decided; the signal is on its way. */
  | { readonly kind: 'deciding'; readonly decision: Decision }
  /** Decided, but not sent yet; tried until then. */
  | {
      readonly kind: 'held';
      readonly decision: Decision;
      readonly untilMs: number;
      /**
       * What could not be asked: the system, unless told, or the chat about the voters. `hold`: nothing stands
       * in the way, and it is sent then; the rule gives people time to take it back.
       */
      readonly waitsFor?: 'system' | 'chat' | 'hold';
    }
  /** The signal went out; whether it was taken (or, if `isAccepted`, what it led to) is not known. */
  | {
      readonly kind: 'checking';
      readonly decision: Decision;
      readonly sentAtMs: number;
      readonly isAccepted: boolean;
    }
  /** The system took the signal and waits for more identities; `isInferred` if only reading suggests so. */
  | { readonly kind: 'recorded'; readonly decision: Decision; readonly isInferred?: boolean }
  /** The system took the signal, but the instance did not move. */
  | { readonly kind: 'not-moved'; readonly decision: Decision; readonly isInferred?: boolean }
  | {
      readonly kind: 'ended';
      readonly ending: Ending;
      readonly decision?: Decision;
      readonly atMs: number;
    };

/** Gives the decision an approval carries, if there is one. */
export function decisionOf(state: ApprovalState): Decision | undefined {
  return 'decision' in state ? state.decision : undefined;
}
