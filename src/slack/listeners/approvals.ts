import type { ModalView } from '@slack/types';
import type { Click, ClickVerb, Dialog, MessageRef } from '../../domain/voting.js';
import { ChatError } from '../../ports/errors.js';
import { asError, assertNever, defined } from '../../shared/language.js';
import { isBlank } from '../../shared/text.js';
import type { AskResult } from '../../use-cases/approvals/ask.js';
import type { ButtonClick, ClickPreview, Submitted } from '../../use-cases/approvals/decide.js';
import { askModal, decisionModal, detailsModal, replyModal } from '../blocks/card.js';
import {
  actionClickId,
  callbackIds,
  commentField,
  type Revised,
  readCardRow,
  readDetailsPlace,
  readPage,
  readRevised,
  typedField,
  viewClickId,
} from '../ids.js';
import { type ActionPayload, readSubmission, type SubmissionPayload } from '../payloads.js';
import {
  askReplyText,
  clickReplyText,
  messages,
  missingText,
  questionText,
  tooLongText,
} from '../text/answer.js';
import { notRepudiatedText, repudiatedText } from '../text/notice.js';
import {
  type Ack,
  type AckSubmission,
  broke,
  fillView,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  pushView,
  type ReceivedAction,
  replyUnread,
  sayTo,
  workInSlot,
  writtenThenAcked,
} from './context.js';

/** Registers what is pressed on cards and receipts, and the modals in which people decide. */
export function registerApprovals(app: Listening, context: ListenerContext): void {
  onAction(app, context, {
    on: 'approval',
    kinds: ['withdraw', 'take-back'],
    handle: (received, ack) => decideAtOnce(context, received, ack),
  });
  onAction(app, context, {
    on: 'approval',
    kinds: ['approve', 'deny', 'details'],
    handle: (received, ack) => decideOrAsk(context, received, ack),
  });
  onAction(app, context, {
    on: 'approval',
    kinds: ['page-before', 'page-after'],
    handle: (received, ack) => turnPage(context, received, ack),
  });
  onAction(app, context, {
    on: 'receipt',
    kinds: ['disown'],
    unread: notRepudiatedText(messages.unread),
    handle: (received, ack) => repudiate(context, received, ack),
  });
  for (const callback of [callbackIds.approve, callbackIds.deny]) {
    onSubmission(app, context, { callback, handle: (body, ack) => submit(context, body, ack) });
  }
}

/** Taking something back asks nothing more. */
async function decideAtOnce(
  context: ListenerContext,
  received: ReceivedAction<'withdraw' | 'take-back'>,
  ack: Ack,
): Promise<void> {
  const click = buttonClickOf(context, received);
  if (!click) return refuseUnknown(context, received, ack);
  return takeClick(context, clickOf(context, received, click, received.kind), ack);
}

async function decideOrAsk(
  context: ListenerContext,
  received: ReceivedAction<'approve' | 'deny' | 'details'>,
  ack: Ack,
): Promise<void> {
  const { kind, asker } = received;
  if (received.view) return openDetailsAbove(context, received, ack);
  const click = buttonClickOf(context, received);
  if (!click) return refuseUnknown(context, received, ack);
  const preview = await previewSafely(context, click);
  if (preview === 'at-once') return takeClick(context, clickOf(context, received, click, 'approve'), ack);
  if (!preview) {
    await ack();
    await context.replies.say(asker, messages.notWritten);
    return;
  }
  if (kind === 'details') {
    if (preview.kind === 'card')
      return openDetails(context, { payload: received, preview, message: click.message }, ack);
    await ack();
    await context.replies.say(asker, clickReplyText(preview.answer, context.renderContext));
    return;
  }
  // What comes too late, is refused anyway or leads to linking first is written down like a decision, so that the
  // full check answers it and keeps a record.
  if (preview.kind === 'answer' || leadsToNoWindow(preview, kind)) {
    return takeClick(context, clickOf(context, received, click, kind), ack);
  }
  return openDialog(context, { payload: received, click, verb: kind, preview }, ack);
}

/** What a press is about that leads to a window. */
type CardPreview = Extract<ClickPreview, { kind: 'card' }>;

function leadsToNoWindow({ card, mayDecide, isLinkMissing }: CardPreview, verb: 'approve' | 'deny'): boolean {
  if (isLinkMissing || (mayDecide !== undefined && mayDecide.kind !== 'yes')) return true;
  return !card.actions.includes(verb);
}

/** Makes a press of a payload, if it is on a message of ours and carries what our buttons carry. */
function buttonClickOf(
  { us }: ListenerContext,
  { message, author, value, asker, kind, output, blockId }: ReceivedAction<ButtonClick['verb']>,
): ButtonClick | undefined {
  const isOurs = author.botId === us.botId || author.userId === us.botUserId;
  const carried = readRevised(value);
  if (!message || !isOurs || !carried) return undefined;
  const { id: approvalId, revision } = carried;
  return {
    approvalId,
    revision,
    message,
    person: asker.person,
    verb: kind,
    ...defined({ output, basis: readCardRow(blockId) }),
  };
}

/** Makes a press a click, to be written down. */
export function clickOf(
  { now }: ListenerContext,
  { asker, actionTs, shown }: ActionPayload,
  { approvalId, revision, message, person, output, from, basis }: ButtonClick,
  verb: ClickVerb,
): Click {
  return {
    id: actionClickId({ person, ...message, actionTs }),
    approvalId,
    revision,
    person,
    verb,
    ...defined({ output, from, basis }),
    via: 'press',
    message,
    ...defined({ shown, responseUrl: asker.responseUrl }),
    atMs: now(),
  };
}

async function previewSafely(
  { useCases: { approvals }, log }: ListenerContext,
  click: ButtonClick,
): Promise<ClickPreview | 'at-once' | undefined> {
  try {
    return (await approvals.decidesAtOnce(click)) ? 'at-once' : await approvals.preview(click);
  } catch (error) {
    log.error({ err: asError(error), approvalId: click.approvalId }, 'A click could not be read');
    return undefined;
  }
}

async function refuseUnknown(
  { replies, renderContext }: ListenerContext,
  { asker }: ActionPayload,
  ack: Ack,
): Promise<void> {
  await ack();
  await replies.say(asker, clickReplyText({ kind: 'unknown-card' }, renderContext));
}

/**
 * Takes a click: writes it down, acknowledges it, then works on it.
 *
 * A repetition of the same click is acknowledged and left to whoever works on the first.
 */
export async function takeClick(context: ListenerContext, click: Click, ack: Ack): Promise<void> {
  const { approvals } = context.useCases;
  const about = { clickId: click.id };
  const outcome = await writtenThenAcked(context, { about, write: () => approvals.writeDown(click), ack });
  if (outcome === 'written') return workInSlot(context, click.person, () => approvals.work(click.id));
  if (outcome === 'repeated' || outcome === 'different') return;
  // Where nobody reads a private message the chat itself says that the click failed.
  if (click.from === 'home' && !outcome) return;
  await ack();
  await context.replies.say(askerOf(click), outcome ? messages.notKnownWritten : messages.notWritten);
}

/** Says where whoever clicked is answered; whoever did in their Home does not look where the card is. */
export function askerOf({
  person,
  message,
  responseUrl,
  from,
}: Pick<Click, 'person' | 'responseUrl' | 'from'> & { readonly message?: Click['message'] }) {
  return { person, ...(from ? {} : defined({ channel: message?.channel, responseUrl })) };
}

/** Opens the modal in which somebody approves or denies; it is remembered before it can be submitted. */
export async function openDialog(
  context: ListenerContext,
  {
    payload,
    click,
    verb,
    preview,
  }: {
    readonly payload: ActionPayload;
    readonly click: ButtonClick;
    readonly verb: Dialog['verb'];
    readonly preview: CardPreview;
  },
  ack: Ack,
): Promise<void> {
  const { log, now, newId, renderContext, useCases } = context;
  const { approvalId, revision, output, person, message, from } = click;
  const { responseUrl } = payload.asker;
  const dialog: Dialog = {
    id: newId(),
    approvalId,
    revision,
    verb,
    person,
    message,
    basis: preview.card.basis,
    ...defined({ output, responseUrl, from }),
    atMs: now(),
  };
  try {
    await useCases.approvals.openDialog(dialog);
  } catch (error) {
    log.error({ err: asError(error), approvalId }, 'A modal could not be stored');
    await ack();
    return sayTo(context, payload, messages.notWritten);
  }
  const decider = {
    name: preview.person?.name ?? payload.userName,
    identities: preview.mayDecide?.kind === 'yes' ? preview.mayDecide.identities : [],
  };
  const view = decisionModal(preview.card, dialog, { labelOf: renderContext.labelOf, decider });
  await ack();
  await openView(context, payload, { view, texts: messages });
}

/** Opens everything that is known of a request, to be read. */
export async function openDetails(
  context: ListenerContext,
  {
    payload,
    preview,
    message,
  }: { readonly payload: ActionPayload; readonly preview: CardPreview; readonly message: MessageRef },
  ack: Ack,
): Promise<void> {
  await ack();
  const view = detailsModal(preview.card, context.renderContext.labelOf, {
    message,
    page: 1,
    hasEvidence: preview.hasEvidence,
  });
  await openView(context, payload, { view, texts: messages });
}

/** Opens the details above the modal in which somebody is about to decide; what they typed there stays. */
async function openDetailsAbove(
  context: ListenerContext,
  received: ReceivedAction<'approve' | 'deny' | 'details'>,
  ack: Ack,
): Promise<void> {
  const { asker, view } = received;
  const carried = readRevised(view?.metadata);
  const dialog = carried && (await findDialogSafely(context, carried.id, asker.person));
  const preview = dialog && (await previewSafely(context, detailsClick(dialog, asker.person)));
  await ack();
  if (!dialog || typeof preview !== 'object' || preview.kind !== 'card') return;
  const place = { message: dialog.message, page: 1, hasEvidence: preview.hasEvidence };
  const above = detailsModal(preview.card, context.renderContext.labelOf, place);
  await pushView(context, received, above);
}

/** Turns a page of the details; where the request has changed meanwhile, they begin anew. */
async function turnPage(
  context: ListenerContext,
  { asker, view, value }: ReceivedAction<'page-before' | 'page-after'>,
  ack: Ack,
): Promise<void> {
  const details = readDetailsPlace(view?.metadata);
  const page = readPage(value);
  const message = details && { channel: details.channel, ts: details.ts };
  const preview =
    message &&
    (await previewSafely(
      context,
      detailsClick({ ...details, approvalId: details.id, message }, asker.person),
    ));
  await ack();
  if (!view || !message || typeof preview !== 'object' || preview.kind !== 'card') return;
  const isSame = preview.approval.revision === details.revision;
  const at = { message, page: isSame ? (page ?? 1) : 1, hasEvidence: preview.hasEvidence };
  await fillView(context, view.id, detailsModal(preview.card, context.renderContext.labelOf, at));
}

function detailsClick(
  { approvalId, revision, message }: Pick<ButtonClick, 'approvalId' | 'revision' | 'message'>,
  person: ButtonClick['person'],
): ButtonClick {
  return { approvalId, revision, message, person, verb: 'details' };
}

async function findDialogSafely(
  { useCases, log }: ListenerContext,
  id: string,
  person: ButtonClick['person'],
): Promise<Dialog | undefined> {
  try {
    return await useCases.approvals.findDialog(id, person);
  } catch (error) {
    log.error({ err: asError(error) }, 'A modal could not be found');
    return undefined;
  }
}

/** Handles a submitted modal: it decides, so it is written down before it is acknowledged. */
async function submit(context: ListenerContext, body: unknown, ack: AckSubmission): Promise<void> {
  const payload = readSubmission(body, context.us);
  if (!payload) {
    context.log.warn({}, 'A submission was not in the format Slack documents; nothing was done');
    await ack({ [commentField]: messages.unread });
    return replyUnread(context, body, messages.unread);
  }
  const written: Submitted = {
    name: payload.userName,
    comment: payload.given(commentField).trim(),
    typed: payload.given(typedField).trim(),
  };
  const ready = await prepare(context, payload, written);
  if (ready.kind === 'complaint') return ack({ [ready.field ?? commentField]: ready.text });
  const { approvals } = context.useCases;
  const click = submittedClick(context, payload, { dialog: ready.dialog, written });
  let isDifferent = false;
  const outcome = await writtenThenAcked(context, {
    about: { clickId: click.id },
    write: async () => {
      const written = await approvals.writeDown(click);
      isDifferent = written === 'different';
      return written;
    },
    // Slack leaves a window open whose acknowledgement it did not get in time, and more may be written in it.
    ack: () => (isDifferent ? ack({ [commentField]: messages.takenBefore }) : ack()),
  });
  if (outcome === undefined) return ack({ [commentField]: messages.notWritten });
  if (outcome === 'unconfirmed') return ack({ [commentField]: messages.notKnownWritten });
  if (outcome === 'written') await workInSlot(context, click.person, () => approvals.work(click.id));
}

interface Complaint {
  readonly kind: 'complaint';
  readonly text: string;
  /** The field it stands under; that of the comment unless told. */
  readonly field?: string;
}

type Prepared = Complaint | { readonly kind: 'ready'; readonly dialog: Dialog };

async function prepare(
  context: ListenerContext,
  payload: SubmissionPayload,
  written: Submitted,
): Promise<Prepared> {
  try {
    const carried = readRevised(payload.metadata);
    const dialog = carried && (await context.useCases.approvals.findDialog(carried.id, payload.person));
    if (!dialog) return { kind: 'complaint', text: messages.oldWindow };
    return (await complaintAbout(context, payload, { dialog, written })) ?? { kind: 'ready', dialog };
  } catch (error) {
    const { viewId } = payload;
    context.log.error({ err: asError(error), viewId }, 'A submission could not be read');
    return { kind: 'complaint', text: messages.notWritten };
  }
}

async function complaintAbout(
  { useCases }: ListenerContext,
  payload: SubmissionPayload,
  { dialog, written }: { readonly dialog: Dialog; readonly written: Submitted },
): Promise<Complaint | undefined> {
  if (dialog.verb === 'deny' && written.comment === '')
    return { kind: 'complaint', text: missingText('reason') };
  const check = await useCases.approvals.checkComment(dialog, written);
  switch (check.kind) {
    case 'fits':
      return undefined;
    case 'too-long':
      return { kind: 'complaint', text: tooLongText(check.byCharacters) };
    case 'incomplete': {
      const field = check.missing === 'typed' ? typedField : commentField;
      // A modal opened before the rule wanted this has no such field: the full check says so then.
      return payload.has(field) ? { kind: 'complaint', text: missingText(check.missing), field } : undefined;
    }
    default:
      return assertNever(check);
  }
}

function submittedClick(
  { now }: ListenerContext,
  { viewId, person, shown }: SubmissionPayload,
  { dialog, written }: { readonly dialog: Dialog; readonly written: Submitted },
): Click {
  const { approvalId, revision, verb, output, message, from, basis } = dialog;
  const { comment, typed } = written;
  return {
    id: viewClickId(viewId),
    approvalId,
    revision,
    person,
    verb,
    via: 'modal',
    message,
    ...defined({ output, comment: comment || undefined, typed: typed || undefined, shown, from, basis }),
    atMs: now(),
  };
}

/**
 * Handles “That wasn't me”: it is carried out before it is acknowledged, so that it cannot be lost; it reads and
 * writes the store alone.
 */
async function repudiate(
  context: ListenerContext,
  { asker, value = '' }: ActionPayload,
  ack: Ack,
): Promise<void> {
  const { useCases, renderContext, replies } = context;
  let said: string;
  try {
    said = repudiatedText(await useCases.receipts.repudiate(value, asker.person), renderContext);
  } catch (error) {
    said = notRepudiatedText(broke(context, { error, sentence: 'A receipt could not be disowned' }));
  }
  await ack();
  await replies.say(asker, said);
}

/** Registers what asks a requester something, and what they answer. */
export function registerQuestions(app: Listening, context: ListenerContext): void {
  const { questions } = context.useCases;
  onAction(app, context, {
    on: 'approval',
    kinds: ['ask'],
    handle: (received, ack) =>
      open(context, received, ack, async ({ id }, person) => {
        const check = await questions.check(id, person);
        return check.kind === 'ready' ? askModal(check.approval) : check;
      }),
  });
  onAction(app, context, {
    on: 'question',
    kinds: ['answer'],
    handle: (received, ack) =>
      open(context, received, ack, async ({ id: approvalId, revision: number }, person) => {
        const check = await questions.checkReply({ approvalId, number, person });
        return check.kind === 'ready' ? replyModal(check.approval, check.question) : check;
      }),
  });
  onSubmission(app, context, {
    callback: callbackIds.ask,
    handle: (body, ack) =>
      submitText(context, body, ack, ({ id: approvalId }, { person, viewId }, text) =>
        questions.ask({ approvalId, person, text, key: viewId }),
      ),
  });
  onSubmission(app, context, {
    callback: callbackIds.answer,
    handle: (body, ack) =>
      submitText(context, body, ack, ({ id: approvalId, revision: number }, { person }, text) =>
        questions.answer({ approvalId, number, person, text }),
      ),
  });
}

type Person = SubmissionPayload['person'];

/** Opens the window, or says why there is none. */
async function open(
  context: ListenerContext,
  received: ReceivedAction<'ask' | 'answer'>,
  ack: Ack,
  viewFor: (carried: Revised, person: Person) => Promise<ModalView | AskResult>,
): Promise<void> {
  const { replies, renderContext, us } = context;
  const { asker, author, value } = received;
  const isOurs = author.botId === us.botId || author.userId === us.botUserId;
  const carried = isOurs ? readRevised(value) : undefined;
  let found: ModalView | AskResult | string;
  try {
    found = carried ? await viewFor(carried, asker.person) : { kind: 'unknown-question' };
  } catch (error) {
    found = broke(context, { error, sentence: 'A question could not be looked up' });
  }
  await ack();
  if (typeof found === 'string') await replies.say(asker, found);
  else if ('kind' in found) await replies.say(asker, askReplyText(found, renderContext));
  else await openView(context, received, { view: found, texts: messages });
}

/** Takes what was written before it is acknowledged, so that it cannot be lost; what stands in its way is said in the window. */
async function submitText(
  context: ListenerContext,
  body: unknown,
  ack: AckSubmission,
  take: (carried: Revised, payload: SubmissionPayload, text: string) => Promise<AskResult>,
): Promise<void> {
  const payload = readSubmission(body, context.us);
  const carried = readRevised(payload?.metadata);
  if (!payload || !carried) {
    context.log.warn({}, 'A submission was not in the format Slack documents; nothing was done');
    await ack({ [commentField]: messages.unread });
    return replyUnread(context, body, messages.unread);
  }
  const text = payload.given(commentField).trim();
  if (isBlank(text)) return ack({ [commentField]: questionText.blank });
  let result: AskResult;
  try {
    result = await take(carried, payload, text);
  } catch (error) {
    const isChat = error instanceof ChatError;
    const said = isChat
      ? messages.notNow
      : broke(context, { error, sentence: 'A question or an answer could not be stored' });
    return ack({ [commentField]: said });
  }
  const said = askReplyText(result, context.renderContext);
  if (result.kind !== 'asked' && result.kind !== 'answered') return ack({ [commentField]: said });
  await ack();
  // A window offers no way back of its own.
  await replyUnread(context, body, said);
}
