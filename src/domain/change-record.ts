import type { Whereabouts } from './approval-state.js';
import type { Change, MayRun } from './change.js';
import type { InstanceRef } from './instance.js';
import type { OpenApproval } from './open-approval.js';
import type { PersonId } from './person.js';

/**
 * A change somebody asked for, from its proposal to its end.
 *
 * `proposed`: shown and not confirmed, nothing will happen. `confirmed`: written down before the press was
 * acknowledged. `sending`: written before the request leaves, so after a crash its outcome is unknown.
 * `following`: taken, and its effect is being watched. `over`: it has an outcome.
 */
export interface ChangeRecord {
  readonly id: string;
  readonly person: PersonId;
  readonly change: Change;
  /** What the person was shown: the run's title, or the workflow to start. */
  readonly title: string;
  /** Name of the recipe, which rules speak of. */
  readonly definition: string;
  /** Short code of the run, if it is about one. */
  readonly code?: string;
  /** Unique name of the step the run stood at when it was shown, where the system tells steps. */
  readonly shownStep?: string;
  /** Whether the person was told that the system will likely refuse, and wants it all the same. */
  readonly isOverride: boolean;
  readonly phase: 'proposed' | 'confirmed' | 'sending' | 'following' | 'over';
  readonly holder: string;
  readonly proposedAtMs: number;
  readonly confirmedAtMs?: number;
  /** When the request can no longer arrive. */
  readonly deadlineMs?: number;
  readonly outcome?: ChangeOutcome;
  /** The same change confirmed a moment before, which this one counts as. */
  readonly sameAs?: string;
  /** Where the run goes on after a restart, or what an execution started. */
  readonly started?: InstanceRef;
  /** Set for changes that were asked for together on an alert; they are told in its thread. */
  readonly batch?: { readonly id: string; readonly incidentId: string; readonly place: number };
  /** Where private answers go: a secret of the chat, forgotten after thirty minutes. */
  readonly responseUrl?: string;
  readonly channel?: string;
}

/** How a change ended. */
export type ChangeOutcome =
  /** The system took it; where the run was found afterwards, and where it goes on. */
  | {
      readonly kind: 'done';
      readonly now?: Whereabouts;
      readonly started?: InstanceRef;
      /** Runs that could be the successor of a restarted one, when it is not exactly one. */
      readonly candidates?: number;
    }
  | { readonly kind: 'not-allowed'; readonly why: Exclude<MayRun, { kind: 'yes' }> }
  | { readonly kind: 'person-not-checked' }
  | { readonly kind: 'not-found' }
  /** The run is not as it was when the change was proposed. */
  | { readonly kind: 'moved-meanwhile'; readonly now: Whereabouts }
  /** It would answer what an open approval asks people; nothing was sent. */
  | { readonly kind: 'approval-open'; readonly approval: OpenApproval }
  | { readonly kind: 'refused'; readonly reason: string; readonly said?: string }
  | { readonly kind: 'unreachable' }
  /**
   * The request went out and nobody knows what it did: it was not answered, or it was refused beside a run that
   * stands otherwise than before (`now`) or cannot be read.
   */
  | {
      readonly kind: 'unknown';
      readonly refused?: { readonly reason: string; readonly said?: string };
      readonly now?: Whereabouts;
    }
  /** Confirmed, and found unsent after a restart. */
  | { readonly kind: 'not-sent' };
