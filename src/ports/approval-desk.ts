import type { ClickReply } from '../domain/answer.js';
import type { Approval } from '../domain/approval.js';
import type { Card } from '../domain/card.js';
import type { Click, ClickVerb, Dialog, MessageRef } from '../domain/click.js';
import type { MayDecide } from '../domain/may-decide.js';
import type { Missing } from '../domain/missing-in.js';
import type { Person, PersonId } from '../domain/person.js';

/** What a chat may ask of the bot on behalf of a person at a card. */
export interface ApprovalService {
  /**
   * Says what a press may lead to, from what is already known: nothing is read over the network and nothing
   * is decided.
   */
  preview(click: ButtonClick): Promise<ClickPreview>;
  /**
   * Tells whether a press decides by itself, whatever a look would say: its rule wants no window.
   *
   * Asked first, because most presses of a busy hour are of this kind and wait for nothing else.
   */
  decidesAtOnce(click: ButtonClick): Promise<boolean>;
  /** Remembers a modal that is about to be opened. */
  openDialog(dialog: Dialog): Promise<void>;
  /** Finds the modal somebody submits; absent when it was never opened by that person. */
  findDialog(id: string, person: PersonId): Promise<Dialog | undefined>;
  /** Tells whether what was typed is enough, and fits with the attribution it will carry, while typing is possible. */
  checkComment(dialog: Dialog, submitted: Submitted): Promise<CommentCheck>;
  /** Writes a click down; once this has resolved the click cannot be lost. Throws when it could not. */
  writeDown(click: Click): Promise<'written' | 'repeated'>;
  /** Works on a click that was written down, and answers its person privately where the card does not. */
  work(clickId: string): Promise<void>;
}

/** What somebody submits a modal with. */
export interface Submitted {
  /** Their name, as the chat says it. */
  readonly name: string;
  readonly comment: string;
  readonly typed: string;
}

/** A press on a card's button, before it is anything more. */
export interface ButtonClick {
  readonly verb: ClickVerb | 'details';
  /** Which of the outputs the workflow offered, counted from 0; absent where there are only the two answers. */
  readonly output?: number;
  readonly approvalId: string;
  readonly revision: number;
  readonly message: MessageRef;
  readonly person: PersonId;
}

/**
 * What can be said of a press at once.
 *
 * `reply`: the press cannot lead anywhere any more (over, being decided, other facts, unknown card). A press
 * that decides is then written down and worked on all the same, so that its refusal is recorded.
 */
export type ClickPreview =
  | { readonly kind: 'answer'; readonly answer: ClickReply }
  | {
      readonly kind: 'card';
      readonly card: Card;
      readonly approval: Approval;
      /** From the person as last known; absent when never looked up. The authoritative check comes later. */
      readonly mayDecide?: MayDecide;
      readonly person?: Person;
      /** They would have to link their account before they could decide. */
      readonly isLinkMissing?: true;
    };

/** Whether a comment fits. */
export type CommentCheck =
  | { readonly kind: 'fits' }
  | { readonly kind: 'too-long'; readonly byCharacters: number }
  | { readonly kind: 'incomplete'; readonly missing: Missing };
