import type { Approval } from '../../domain/approval.js';
import type { Card } from '../../domain/card.js';
import { isSamePerson, type Person, type PersonId } from '../../domain/person.js';
import { approverRuleFor, identitiesOf, type MayDecide, mayDecide } from '../../domain/policy.js';
import { roomForComment } from '../../domain/signal.js';
import {
  type ClickReply,
  type ClickVerb,
  chosenOutput,
  type Dialog,
  type MessageRef,
  type Missing,
  missingIn,
  signalsAsPerson,
  votesOn,
} from '../../domain/voting.js';
import type { Context } from '../context.js';
import { recallPerson } from '../people.js';
import { showCard } from '../show-card.js';
import { judgeClick, matchCard } from './decide.js';

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

/**
 * Says what a press may lead to, from what is already known: nothing is read over the network and nothing is
 * decided.
 */
export async function previewClick(context: Context, click: ButtonClick): Promise<ClickPreview> {
  const { store, policy } = context;
  const approval = await store.findApproval(click.approvalId);
  if (!approval || (await matchCard(store, approval.id, click.message)) === 'strange') {
    return { kind: 'answer', answer: { kind: 'unknown-card' } };
  }
  const nowhere =
    click.verb === 'details'
      ? undefined
      : judgeClick(approval, { verb: click.verb, revision: click.revision });
  if (nowhere) return { kind: 'answer', answer: nowhere };
  const decides = click.verb === 'approve' || click.verb === 'deny';
  if (decides && chosenOutput(approval, click).kind === 'none') {
    return { kind: 'answer', answer: { kind: 'unknown-card' } };
  }
  const card = await showCard(context, approval);
  const person = await recallPerson(store, click.person);
  if (!person) return { kind: 'card', card, approval };
  const isLinkMissing = decides && (await lacksLink(context, approval, click.person));
  return {
    kind: 'card',
    card,
    approval,
    person,
    mayDecide: mayDecide(person, approval.instance, policy),
    ...(isLinkMissing ? { isLinkMissing } : {}),
  };
}

/**
 * Tells whether a press decides by itself, whatever a look would say: its rule wants no window.
 *
 * Asked first, because most presses of a busy hour are of this kind and wait for nothing else.
 */
export async function decidesAtOnce({ store, policy }: Context, click: ButtonClick): Promise<boolean> {
  if (click.verb !== 'approve') return false;
  const approval = await store.findApproval(click.approvalId);
  return approval !== undefined && approverRuleFor(approval.instance, policy)?.approveWith === 'one-click';
}

/** Tells whether a decision would be asked to link an account first, as far as is known without asking anybody. */
async function lacksLink(
  { store, policy }: Context,
  { instance: { ref } }: Approval,
  person: PersonId,
): Promise<boolean> {
  return signalsAsPerson(policy, ref.system) && (await store.findLink(ref.system, person)) === undefined;
}

/** Finds the modal somebody submits; absent when it was never opened by that person. */
export async function findDialog(
  { store }: Context,
  id: string,
  person: PersonId,
): Promise<Dialog | undefined> {
  const dialog = await store.findDialog(id);
  return dialog && isSamePerson(dialog.person, person) ? dialog : undefined;
}

/** Tells whether what was typed is enough, and fits with the attribution it will carry, while typing is possible. */
export async function checkComment(
  context: Context,
  dialog: Dialog,
  { name, comment, typed }: Submitted,
): Promise<CommentCheck> {
  const approval = await context.store.findApproval(dialog.approvalId);
  if (!approval) return { kind: 'fits' };
  const rule = approverRuleFor(approval.instance, context.policy);
  const missing = missingIn({ verb: dialog.verb, comment, typed }, { rule, approval });
  if (missing) return { kind: 'incomplete', missing };
  const others =
    dialog.verb === 'deny' ? [] : votesOn(await context.store.listVotes(approval.id), dialog.revision);
  const known = await context.store.recallPerson(dialog.person);
  const person = known ?? { id: dialog.person, name, standing: 'member' as const };
  const identities = identitiesOf(person, approval.instance.ref.system, context.policy);
  const byCharacters =
    comment.length - roomForComment(dialog.verb, others, { name, identities, person: dialog.person });
  return byCharacters > 0 ? { kind: 'too-long', byCharacters } : { kind: 'fits' };
}
