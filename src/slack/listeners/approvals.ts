import type { webApi } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Card } from '../../domain/card.js';
import type { Click, ClickVerb, Dialog } from '../../domain/voting.js';
import type {
  ApprovalService,
  ButtonClick,
  ClickPreview,
  ReceiptService,
  Submitted,
} from '../../ports/chat.js';
import type { Log, Metrics } from '../../ports/runtime.js';
import { assertNever } from '../../shared/assert-never.js';
import { defined } from '../../shared/defined.js';
import { asError } from '../../shared/errors.js';
import { decisionModal, detailsModal } from '../blocks/card.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../client.js';
import type { PrivateReplies } from '../deliver.js';
import type { RenderContext } from '../format.js';
import {
  actionClickId,
  type CardActionKind,
  commentField,
  readActionId,
  readRevised,
  typedField,
  viewClickId,
} from '../ids.js';
import {
  type ActionPayload,
  readAction,
  readSubmission,
  replyTarget,
  type SubmissionPayload,
} from '../payloads.js';
import { clickReplyText, messages, missingText, tooLongText } from '../text/answer.js';
import { notRepudiatedText, repudiatedText } from '../text/notice.js';

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
  const carried = { verb: kind, ...defined({ output }) };
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
    ...defined({ output }),
    via: 'press',
    message,
    ...defined({ responseUrl: payload.responseUrl }),
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

/** Acknowledges a submission: the modal closes, or stays with a complaint under a field and what was typed. */
type AckSubmission = (complaint?: string, field?: string) => Promise<void>;

/** Handles a submitted modal: it decides, so it is written down before it is acknowledged. */
export async function handleSubmission(
  approvalContext: ApprovalHandlerContext,
  body: unknown,
  ack: AckSubmission,
): Promise<void> {
  const payload = readSubmission(body);
  if (!payload) {
    approvalContext.log.warn({}, 'A submission was not in the form Slack documents; nothing was done');
    return ack(messages.oldWindow);
  }
  const written: Submitted = {
    name: payload.userName,
    comment: payload.typed(commentField, commentField).trim(),
    typed: payload.typed(typedField, typedField).trim(),
  };
  const ready = await prepare(approvalContext, payload, written);
  if (ready.kind === 'complaint') return ack(ready.text, ready.field);
  await submit(
    approvalContext,
    clickOfHandleSubmission(approvalContext, payload, { dialog: ready.dialog, written }),
    ack,
  );
}

interface Complaint {
  readonly kind: 'complaint';
  readonly text: string;
  /** The field it stands under; that of the comment unless told. */
  readonly field?: string;
}

type Prepared = Complaint | { readonly kind: 'ready'; readonly dialog: Dialog };

async function prepare(
  approvalContext: ApprovalHandlerContext,
  payload: SubmissionPayload,
  written: Submitted,
): Promise<Prepared> {
  try {
    const carried = readRevised(payload.metadata);
    const dialog = carried && (await approvalContext.service.findDialog(carried.id, payload.person));
    if (!dialog) return { kind: 'complaint', text: messages.oldWindow };
    return (await complaintAbout(approvalContext, payload, { dialog, written })) ?? { kind: 'ready', dialog };
  } catch (error) {
    approvalContext.log.error(
      { err: asError(error), viewId: payload.viewId },
      'A submission could not be looked into',
    );
    return { kind: 'complaint', text: messages.notWritten };
  }
}

async function complaintAbout(
  { service }: ApprovalHandlerContext,
  payload: SubmissionPayload,
  { dialog, written }: { readonly dialog: Dialog; readonly written: Submitted },
): Promise<Complaint | undefined> {
  if (dialog.verb === 'deny' && written.comment === '')
    return { kind: 'complaint', text: missingText('reason') };
  const check = await service.checkComment(dialog, written);
  switch (check.kind) {
    case 'fits':
      return undefined;
    case 'too-long':
      return { kind: 'complaint', text: tooLongText(check.byCharacters) };
    case 'incomplete': {
      const field = check.missing === 'typed' ? typedField : commentField;
      // A modal opened before the rule wanted this has no such field: the full check says so then.
      return payload.hasField(field)
        ? { kind: 'complaint', text: missingText(check.missing), field }
        : undefined;
    }
    default:
      return assertNever(check);
  }
}

async function submit(
  approvalContext: ApprovalHandlerContext,
  click: Click,
  ack: AckSubmission,
): Promise<void> {
  let outcome: 'written' | 'repeated';
  try {
    outcome = await approvalContext.service.writeDown(click);
  } catch (error) {
    approvalContext.log.error(
      { err: asError(error), clickId: click.id },
      'A click could not be written down',
    );
    return ack(messages.notWritten);
  }
  await ackOrLog(approvalContext, click.id, () => ack());
  if (outcome === 'written') await approvalContext.service.work(click.id);
}

function clickOfHandleSubmission(
  { now }: ApprovalHandlerContext,
  { viewId, person }: SubmissionPayload,
  { dialog, written }: { readonly dialog: Dialog; readonly written: Submitted },
): Click {
  const { comment, typed } = written;
  const { approvalId, revision, verb, output, message } = dialog;
  return {
    id: viewClickId(viewId),
    approvalId,
    revision,
    person,
    verb,
    ...defined({ output }),
    via: 'modal',
    message,
    ...(comment === '' ? {} : { comment }),
    ...(typed === '' ? {} : { typed }),
    atMs: now(),
  };
}

/** What presses on receipts are handled with. */
export interface ReceiptHandlerContext {
  readonly service: ReceiptService;
  readonly privateReplies: PrivateReplies;
  readonly log: Log;
  readonly newId: () => string;
  readonly renderContext: RenderContext;
}

/**
 * Handles “That wasn't me”: it is carried out before it is acknowledged, so that it cannot be lost; it reads and
 * writes the store alone.
 */
export async function handleRepudiate(
  receiptContext: ReceiptHandlerContext,
  body: unknown,
  ack: Ack,
): Promise<void> {
  const { privateReplies, log } = receiptContext;
  const action = readAction(body);
  if (!action) {
    log.warn({}, 'A press was not in the form Slack documents; nothing was done');
    return ack();
  }
  const said = await repudiate(receiptContext, action);
  await ack();
  await privateReplies.say(replyTarget(action), said);
}

async function repudiate(
  { service, log, newId, renderContext }: ReceiptHandlerContext,
  { value = '', person }: ActionPayload,
): Promise<string> {
  try {
    return repudiatedText(await service.repudiate(value, person), renderContext);
  } catch (error) {
    const ref = newId();
    log.error({ ref, err: asError(error) }, 'A receipt could not be disowned');
    return notRepudiatedText(ref, renderContext);
  }
}

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
    ...defined({ output: action.output }),
    person: action.person,
    message: action.message,
    ...defined({ responseUrl: payload.responseUrl }),
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

/**
 * Takes a click: writes it down, acknowledges it, then works on it.
 *
 * In this order, so that whatever Slack was told is taken survives a crash. A repetition of the same click is
 * acknowledged and left to whoever works on the first.
 */
export async function takeClick(
  approvalContext: ApprovalHandlerContext,
  click: Click,
  ack: Ack,
): Promise<void> {
  const { service, log, privateReplies } = approvalContext;
  let outcome: 'written' | 'repeated';
  try {
    outcome = await service.writeDown(click);
  } catch (error) {
    log.error({ err: asError(error), clickId: click.id }, 'A click could not be written down');
    await ack();
    await privateReplies.say(click, messages.notWritten);
    return;
  }
  await ackOrLog(approvalContext, click.id, ack);
  if (outcome === 'written') await service.work(click.id);
}

/** A lost acknowledgement does not undo a written click: the person sees a warning, and then the answer. */
async function ackOrLog({ log }: ApprovalHandlerContext, clickId: string, ack: Ack): Promise<void> {
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), clickId }, 'A written click could not be acknowledged');
  }
}

/** What every handler of a press or a submission stands on. */
export interface ApprovalHandlerContext {
  readonly service: ApprovalService;
  readonly client: webApi.WebClient;
  readonly privateReplies: PrivateReplies;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly newId: () => string;
  readonly renderContext: RenderContext;
  readonly us: SlackIdentity;
}

/** Who the bot is in Slack. */
export interface SlackIdentity {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string;
}

/** Acknowledges a press. */
export type Ack = () => Promise<void>;
