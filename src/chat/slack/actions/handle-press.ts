import type { Click, ClickVerb } from '../../../domain/click.js';
import type { ButtonClick, ClickPreview } from '../../../ports/approval-desk.js';
import { assertNever } from '../../../shared/assert-never.js';
import { actionClickId, type CardActionKind, readActionId, readRevised } from '../ids.js';
import { clickReplyText } from '../messages/answers.js';
import { messages } from '../messages/remarks.js';
import type { Ack, ApprovalHandlerContext } from './acting.js';
import { openDetails, openDialog } from './open-modal.js';
import { type ActionPayload, readAction, replyTarget } from './payloads.js';
import { asError, takeClick } from './take-click.js';

/** Handles a press on any button of a message. */
export async function handleAction(
  approvalContext: ApprovalHandlerContext,
  body: unknown,
  ack: Ack,
): Promise<void> {
  const payload = readAction(body);
  const named = payload && readActionId(payload.actionId);
  if (!payload) approvalContext.log.warn({}, 'A press was not in the form Slack documents; nothing was done');
  if (!payload || !named || named.kind === 'open') return ack();
  const { kind, output } = named;
  const carried = { verb: kind, ...(output === undefined ? {} : { output }) };
  const action = buttonClickOf(approvalContext, payload, carried);
  if (!action) return refuseUnknown(approvalContext, payload, ack);
  if (kind === 'withdraw' || kind === 'take-back') {
    return takeClick(approvalContext, clickOf(approvalContext, payload, action, kind), ack);
  }
  const preview = await previewSafely(approvalContext, action);
  if (preview === 'at-once')
    return takeClick(approvalContext, clickOf(approvalContext, payload, action, 'approve'), ack);
  if (!preview) {
    await ack();
    await approvalContext.privateReplies.say(replyTarget(payload), messages.notWritten);
    return;
  }
  await followPreview(approvalContext, { payload, action: action, kind, preview }, ack);
}

interface PreviewedClick {
  readonly payload: ActionPayload;
  readonly action: ButtonClick;
  readonly kind: Exclude<CardActionKind, 'open' | 'withdraw' | 'take-back'>;
  readonly preview: ClickPreview;
}

async function followPreview(
  approvalContext: ApprovalHandlerContext,
  previewed: PreviewedClick,
  ack: Ack,
): Promise<void> {
  const { payload, action, kind, preview } = previewed;
  switch (preview.kind) {
    case 'answer':
      // A decision that comes too late is refused on the record; looking at details leaves none.
      if (kind !== 'details')
        return takeClick(approvalContext, clickOf(approvalContext, payload, action, kind), ack);
      await ack();
      await approvalContext.privateReplies.say(
        replyTarget(payload),
        clickReplyText(preview.answer, approvalContext.renderContext),
      );
      return;
    case 'card':
      if (kind === 'details') return openDetails(approvalContext, { payload, card: preview.card }, ack);
      if (leadsToNoWindow(preview, kind)) {
        return takeClick(approvalContext, clickOf(approvalContext, payload, action, kind), ack);
      }
      return openDialog(approvalContext, { payload, press: action, verb: kind, preview }, ack);
    default:
      return assertNever(preview);
  }
}

/**
 * Tells whether a press that asks for a window gets none: it is refused anyway, or leads to linking first.
 *
 * It is written down like a decision, so that the full check answers it and keeps a record.
 */
function leadsToNoWindow(
  { card, mayDecide, isLinkMissing }: Extract<ClickPreview, { kind: 'card' }>,
  verb: 'approve' | 'deny',
): boolean {
  if (isLinkMissing || (mayDecide !== undefined && mayDecide.kind !== 'yes')) return true;
  return !card.actions.includes(verb);
}

/** Makes a press of a payload, if it is on a message of ours and carries what our buttons carry. */
function buttonClickOf(
  { us }: ApprovalHandlerContext,
  { message, author, value, person }: ActionPayload,
  chosen: Pick<ButtonClick, 'verb' | 'output'>,
): ButtonClick | undefined {
  const isOurs = author.botId === us.botId || author.userId === us.botUserId;
  const carried = readRevised(value);
  if (!message || !isOurs || !carried) return undefined;
  return { approvalId: carried.id, revision: carried.revision, message, person, ...chosen };
}

/** Makes a press a click, to be written down. */
export function clickOf(
  { now }: Pick<ApprovalHandlerContext, 'now'>,
  payload: ActionPayload,
  { approvalId, revision, message, person, output }: ButtonClick,
  verb: ClickVerb,
): Click {
  return {
    id: actionClickId({ person, ...message, actionTs: payload.actionTs }),
    approvalId,
    revision,
    person,
    verb,
    ...(output === undefined ? {} : { output }),
    via: 'press',
    message,
    ...(payload.responseUrl === undefined ? {} : { responseUrl: payload.responseUrl }),
    atMs: now(),
  };
}

async function previewSafely(
  { service, log }: ApprovalHandlerContext,
  action: ButtonClick,
): Promise<ClickPreview | 'at-once' | undefined> {
  try {
    return (await service.decidesAtOnce(action)) ? 'at-once' : await service.preview(action);
  } catch (error) {
    log.error({ err: asError(error), approvalId: action.approvalId }, 'A press could not be looked into');
    return undefined;
  }
}

async function refuseUnknown(
  { privateReplies, renderContext }: ApprovalHandlerContext,
  payload: ActionPayload,
  ack: Ack,
): Promise<void> {
  await ack();
  await privateReplies.say(replyTarget(payload), clickReplyText({ kind: 'unknown-card' }, renderContext));
}
