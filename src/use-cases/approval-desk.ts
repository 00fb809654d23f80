import { chosenOutput } from '../domain/chosen-output.js';
import type { Dialog } from '../domain/click.js';
import { identitiesOf, mayDecide } from '../domain/may-decide.js';
import { isSamePerson } from '../domain/person.js';
import { votesOn } from '../domain/quorum.js';
import { roomForComment } from '../domain/signal.js';
import type { ApprovalDesk, CommentCheck, Look, Press } from '../ports/approval-desk.js';
import { answerClick } from './answer-click.js';
import type { Context } from './context.js';
import { matchCard } from './find-card.js';
import { judgeClick } from './judge-click.js';
import { showCard } from './show-card.js';

/** Opens the desk at which a chat lays what people do with cards. */
export function createApprovalDesk(context: Context): ApprovalDesk {
  const { store } = context;
  return {
    look: (press) => look(context, press),
    openDialog: (dialog) => store.addDialog(dialog),
    findDialog: async (id, person) => {
      const dialog = await store.findDialog(id);
      return dialog && isSamePerson(dialog.person, person) ? dialog : undefined;
    },
    checkComment: (dialog, name, comment) => checkComment(context, dialog, name, comment),
    writeDown: (click) => store.addClick(click),
    work: (clickId) => answerClick(context, clickId),
  };
}

async function look(context: Context, press: Press): Promise<Look> {
  const { store, policy } = context;
  const approval = await store.findApproval(press.approvalId);
  if (!approval || (await matchCard(store, approval.id, press.message)) === 'strange') {
    return { kind: 'answer', answer: { kind: 'unknown-card' } };
  }
  const nowhere =
    press.verb === 'details'
      ? undefined
      : judgeClick(approval, { verb: press.verb, revision: press.revision });
  if (nowhere) return { kind: 'answer', answer: nowhere };
  const decides = press.verb === 'approve' || press.verb === 'deny';
  if (decides && chosenOutput(approval, press).kind === 'none') {
    return { kind: 'answer', answer: { kind: 'unknown-card' } };
  }
  const card = await showCard(context, approval);
  const person = await store.recallPerson(press.person);
  if (!person) return { kind: 'card', card, approval };
  return { kind: 'card', card, approval, person, mayDecide: mayDecide(person, approval.instance, policy) };
}

async function checkComment(
  context: Context,
  dialog: Dialog,
  name: string,
  comment: string,
): Promise<CommentCheck> {
  if (dialog.verb === 'deny' && comment.trim() === '') return { kind: 'reason-missing' };
  const approval = await context.store.findApproval(dialog.approvalId);
  if (!approval) return { kind: 'fits' };
  const others =
    dialog.verb === 'deny' ? [] : votesOn(await context.store.listVotes(approval.id), dialog.revision);
  const known = await context.store.recallPerson(dialog.person);
  const person = known ?? { id: dialog.person, name, standing: 'member' as const };
  const identities = identitiesOf(person, approval.instance.ref.system, context.policy);
  const byCharacters =
    comment.length - roomForComment(dialog.verb, others, { name, identities, person: dialog.person });
  return byCharacters > 0 ? { kind: 'too-long', byCharacters } : { kind: 'fits' };
}
