import type { Click, Dialog } from '../../../domain/click.js';
import type { Submitted } from '../../../ports/approval-desk.js';
import { assertNever } from '../../../shared/assert-never.js';
import { commentField, readRevised, typedField, viewClickId } from '../ids.js';
import { messages, missingText, tooLongText } from '../messages/remarks.js';
import type { ApprovalHandlerContext } from './acting.js';
import { readSubmission, type SubmissionPayload } from './payloads.js';
import { ackOrLog, asError } from './take-click.js';

/** Acknowledges a submission: the modal closes, or stays with a complaint under a field and what was typed. */
export type AckSubmission = (complaint?: string, field?: string) => Promise<void>;

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
  await submit(approvalContext, clickOf(approvalContext, payload, { dialog: ready.dialog, written }), ack);
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

function clickOf(
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
    ...(output === undefined ? {} : { output }),
    via: 'modal',
    message,
    ...(comment === '' ? {} : { comment }),
    ...(typed === '' ? {} : { typed }),
    atMs: now(),
  };
}
