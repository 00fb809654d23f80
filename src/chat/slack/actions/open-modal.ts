import type { ModalView } from '@slack/types';
import type { Card } from '../../../domain/card.js';
import type { Dialog } from '../../../domain/click.js';
import type { ButtonClick, ClickPreview } from '../../../ports/approval-desk.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../calls/client-errors.js';
import { clickReplyText } from '../messages/answers.js';
import { messages } from '../messages/remarks.js';
import { decisionModal } from '../views/decision-modal.js';
import { detailsModal } from '../views/details-modal.js';
import type { Ack, ApprovalHandlerContext } from './acting.js';
import { type ActionPayload, replyTarget } from './payloads.js';
import { asError } from './take-click.js';

/** Opens the modal in which somebody approves or denies; it is remembered before it can be submitted. */
export async function openDialog(
  approvalContext: ApprovalHandlerContext,
  requested: {
    readonly payload: ActionPayload;
    readonly press: ButtonClick;
    readonly verb: Dialog['verb'];
    readonly preview: Extract<ClickPreview, { kind: 'card' }>;
  },
  ack: Ack,
): Promise<void> {
  const { payload, press: action, verb, preview } = requested;
  const dialog: Dialog = {
    id: approvalContext.newId(),
    approvalId: action.approvalId,
    revision: action.revision,
    verb,
    ...(action.output === undefined ? {} : { output: action.output }),
    person: action.person,
    message: action.message,
    ...(payload.responseUrl === undefined ? {} : { responseUrl: payload.responseUrl }),
    atMs: approvalContext.now(),
  };
  try {
    await approvalContext.service.openDialog(dialog);
  } catch (error) {
    approvalContext.log.error(
      { err: asError(error), approvalId: action.approvalId },
      'A modal could not be stored',
    );
    await ack();
    await approvalContext.privateReplies.say(replyTarget(payload), messages.notWritten);
    return;
  }
  const decider = {
    name: preview.person?.name ?? payload.userName,
    identities: preview.mayDecide?.kind === 'yes' ? preview.mayDecide.identities : [],
  };
  await ack();
  await openView(
    approvalContext,
    payload,
    decisionModal(preview.card, dialog, { labelOf: approvalContext.renderContext.labelOf, decider }),
  );
}

/** Opens everything that is known of a request, to be read. */
export async function openDetails(
  approvalContext: ApprovalHandlerContext,
  { payload, card }: { readonly payload: ActionPayload; readonly card: Card },
  ack: Ack,
): Promise<void> {
  await ack();
  await openView(approvalContext, payload, detailsModal(card, approvalContext.renderContext.labelOf));
}

/** A trigger is good for one view and three seconds, so nothing may come before this call. */
async function openView(
  approvalContext: ApprovalHandlerContext,
  payload: ActionPayload,
  view: ModalView,
): Promise<void> {
  try {
    await approvalContext.client.views.open({ trigger_id: payload.triggerId ?? '', view });
  } catch (error) {
    await approvalContext.privateReplies.say(replyTarget(payload), explainFailure(approvalContext, error));
  }
}

function explainFailure({ log, newId, renderContext }: ApprovalHandlerContext, error: unknown): string {
  if (isTriggerGone(error)) return messages.tooSlow;
  const { code } = chatError(error, 'read');
  if (code !== 'refused') {
    log.warn({ code }, 'Slack did not open a modal');
    return messages.windowRefused;
  }
  const ref = newId();
  log.error({ ref, word: slackWord(error), problems: blockProblems(error) }, 'Slack does not take a modal');
  return clickReplyText({ kind: 'broke', ref }, renderContext);
}
