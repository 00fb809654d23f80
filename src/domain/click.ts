import type { PersonId } from './person.js';

/** What a person asked for with a press or a submitted modal; each is written down before it is acknowledged. */
export type ClickVerb = 'approve' | 'deny' | 'withdraw' | 'take-back';

/** Where a message is found again in the chat. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** So long a click is left to the run of the bot that wrote it down, before another one may work on it. */
export const clickLeaseMs = 20_000;

/** A written-down wish of one person, to be worked on once. */
export interface Click {
  /** Unique by the chat's own interaction, so that a repeated delivery is the same click. */
  readonly id: string;
  readonly approvalId: string;
  readonly revision: number;
  readonly person: PersonId;
  readonly verb: ClickVerb;
  /** Which of the outputs the workflow offered, counted from 0; absent where there are only the two answers. */
  readonly output?: number;
  readonly comment?: string;
  /** What they typed to confirm what they approve, where the rule wants that. */
  readonly typed?: string;
  /** What the person did; where the rule wants a modal, a press alone decides nothing. */
  readonly via: 'press' | 'modal';
  /** The message the person acted on. */
  readonly message: MessageRef;
  /** A secret of the chat for answering privately; forgotten after 30 minutes. */
  readonly responseUrl?: string;
  readonly atMs: number;
}

/** A modal that was opened from a card; only its opener may submit it. Decides nothing by itself. */
export interface Dialog {
  readonly id: string;
  readonly approvalId: string;
  readonly revision: number;
  readonly verb: 'approve' | 'deny';
  /** Which of the outputs the workflow offered, counted from 0. */
  readonly output?: number;
  readonly person: PersonId;
  readonly message: MessageRef;
  readonly responseUrl?: string;
  readonly atMs: number;
}
