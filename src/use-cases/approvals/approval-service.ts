import type { Approval } from '../../domain/approval.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import { approverRuleFor, identitiesOf, mayDecide } from '../../domain/policy.js';
import { roomForComment } from '../../domain/signal.js';
import { chosenOutput, type Dialog, missingIn, signalsAsPerson, votesOn } from '../../domain/voting.js';
import type {
  ApprovalService,
  ButtonClick,
  ClickPreview,
  CommentCheck,
  Submitted,
} from '../../ports/chat.js';
import type { Context } from '../context.js';
import { recallPerson } from '../people.js';
import { showCard } from '../show-card.js';
import { judgeClick, matchCard, workOnClick } from './decide.js';

/** Opens the desk at which a chat lays what people do with cards. */
export function createApprovalService(context: Context): ApprovalService {
  const { store } = context;
  return {
    preview: (click) => preview(context, click),
    decidesAtOnce: (click) => decidesAtOnce(context, click),
    openDialog: (dialog) => store.addDialog(dialog),
    findDialog: async (id, person) => {
      const dialog = await store.findDialog(id);
      return dialog && isSamePerson(dialog.person, person) ? dialog : undefined;
    },
    checkComment: (dialog, submitted) => checkComment(context, dialog, submitted),
    writeDown: (click) => store.addClick(click),
    work: (clickId) => workOnClick(context, clickId),
  };
}

async function preview(context: Context, click: ButtonClick): Promise<ClickPreview> {
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

async function decidesAtOnce({ store, policy }: Context, click: ButtonClick): Promise<boolean> {
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

async function checkComment(
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
