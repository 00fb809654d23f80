import type { FollowUp } from './alerts/follow-up.js';
import type { MessageRef } from './click.js';
import type { Notice } from './notice.js';
import type { Target } from './rules.js';

/** What goes first when a channel is busy: the smaller, the sooner. */
export const priorities = {
  staleButtons: 0,
  digest: 5,
  newCard: 10,
  progress: 20,
  notice: 30,
  alert: 40,
} as const;

/**
 * One thing to be shown in one place.
 *
 * A card's delivery lives as long as the card: each change of the approval makes it due again, and only the
 * latest state is rendered, so changes in between cost no edit.
 */
export interface Delivery {
  readonly id: string;
  readonly subject: DeliverySubject;
  readonly target: Target;
  /** The message this delivery made, once it has. */
  readonly message?: MessageRef;
  /** Version of the approval that is wanted there, and the one that was last shown. */
  readonly wantedVersion: number;
  readonly shownVersion: number;
  readonly priority: number;
  readonly dueAtMs: number;
  readonly attempts: number;
  /** Set while a post is under way, and for good once the outcome of one was never told: a message may exist that we do not know. */
  readonly mayHavePosted: boolean;
  /** Proves who claimed it; a claim that expired cannot finish it. */
  readonly claim?: string;
}

/** What a delivery shows. */
export type DeliverySubject =
  | { readonly kind: 'card'; readonly approvalId: string }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** Stands for so many cards that could not be posted yet. */
  | { readonly kind: 'digest'; readonly count: number }
  | { readonly kind: 'alert'; readonly incidentId: string }
  | { readonly kind: 'follow-up'; readonly incidentId: string; readonly followUp: FollowUp };
