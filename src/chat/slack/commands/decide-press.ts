import type { ClickReply } from '../../../domain/answer.js';
import type { ButtonClick, ClickPreview } from '../../../ports/approval-desk.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack, ApprovalHandlerContext } from '../actions/acting.js';
import { clickOf } from '../actions/handle-press.js';
import { openDetails, openDialog } from '../actions/open-modal.js';
import { type ActionPayload, readAction, replyTarget } from '../actions/payloads.js';
import { asError, takeClick } from '../actions/take-click.js';
import type { ListAction } from '../command-ids.js';
import { type Revised, readRevised } from '../ids.js';
import { clickReplyText } from '../messages/answers.js';
import { messages } from '../messages/remarks.js';
import { commandMessages } from '../messages/replies/command-remarks.js';
import type { CommandHandlerContext } from './commanding.js';

/** What a press beside an approval stands on: besides a command's things those of a press on a card. */
export interface Deciding extends CommandHandlerContext {
  readonly approvalContext: ApprovalHandlerContext;
}

/**
 * Handles a press beside an approval in a list.
 *
 * It is taken as one on the approval's own card: the same modals, the same checks, the same record. A list never
 * decides at one press, since what is at stake does not stand on it.
 */
export async function decideAction(
  deciding: Deciding,
  body: unknown,
  { clicked, ack }: { readonly clicked: ListAction; readonly ack: Ack },
): Promise<void> {
  const { approvalContext, log } = deciding;
  const payload = readAction(body);
  const approval = readRevised(payload?.value);
  if (!payload || !approval) return ack();
  let found: Found | undefined;
  try {
    found = await findCard(deciding, { payload, approval, clicked });
  } catch (error) {
    log.error({ err: asError(error), approvalId: approval.id }, 'A press in a list could not be looked into');
    await ack();
    await approvalContext.privateReplies.say(replyTarget(payload), messages.notWritten);
    return;
  }
  if (found) return follow(approvalContext, found, ack);
  await ack();
  await approvalContext.privateReplies.say(replyTarget(payload), commandMessages.noCardYet);
}

interface Found {
  readonly payload: ActionPayload;
  readonly what: ListAction['what'];
  /** The press as if it had been on the card. */
  readonly action: ButtonClick;
  readonly preview: ClickPreview;
}

/** Absent while the card was not posted. */
async function findCard(
  { approvalContext, service }: Deciding,
  requested: { readonly payload: ActionPayload; readonly approval: Revised; readonly clicked: ListAction },
): Promise<Found | undefined> {
  const { payload, approval, clicked } = requested;
  const { what, output } = clicked;
  const { person } = payload;
  const { id: approvalId, revision } = approval;
  const message = await service.cardOf(approvalId, { person });
  if (!message) return undefined;
  const chosen = { verb: what, ...(output === undefined ? {} : { output }) };
  const action = { approvalId, revision, message, person, ...chosen };
  return { payload, what, action: action, preview: await approvalContext.service.preview(action) };
}

async function follow(
  approvalContext: ApprovalHandlerContext,
  { payload, what, action, preview }: Found,
  ack: Ack,
): Promise<void> {
  switch (preview.kind) {
    case 'answer':
      return refuse(approvalContext, { payload, answer: preview.answer }, ack);
    case 'card': {
      if (what === 'details') return openDetails(approvalContext, { payload, card: preview.card }, ack);
      const { card, mayDecide } = preview;
      if (mayDecide && mayDecide.kind !== 'yes') {
        return refuse(approvalContext, { payload, answer: { kind: 'refused', why: mayDecide } }, ack);
      }
      if (!card.actions.includes(what)) {
        return refuse(approvalContext, { payload, answer: { kind: 'unknown-card' } }, ack);
      }
      if (preview.isLinkMissing)
        return takeClick(approvalContext, clickOf(approvalContext, payload, action, what), ack);
      return openDialog(approvalContext, { payload, press: action, verb: what, preview }, ack);
    }
    default:
      return assertNever(preview);
  }
}

/** Nothing was decided, so nothing is written down but a line in the log. */
async function refuse(
  { privateReplies, log, renderContext }: ApprovalHandlerContext,
  { payload, answer: reply }: { readonly payload: ActionPayload; readonly answer: ClickReply },
  ack: Ack,
): Promise<void> {
  await ack();
  const reason = reply.kind === 'refused' ? { reason: reply.why.kind } : {};
  log.info({ person: payload.person.userId, answer: reply.kind, ...reason }, 'A press in a list led nowhere');
  await privateReplies.say(replyTarget(payload), clickReplyText(reply, renderContext));
}
