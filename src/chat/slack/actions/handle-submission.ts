import type { Click, Dialog } from '../../../domain/click.js';
import { assertNever } from '../../../shared/assert-never.js';
import { commentField, readRevised, viewClickId } from '../ids.js';
import { remarks, tooLongText } from '../messages/remarks.js';
import type { Acting } from './acting.js';
import { readSubmission, type SubmissionPayload } from './payloads.js';
import { ackOrLog, asError } from './take-click.js';

/** Acknowledges a submission: the modal closes, or stays with a complaint and what was typed. */
export type AckSubmission = (complaint?: string) => Promise<void>;

/** Handles a submitted modal: it decides, so it is written down before it is acknowledged. */
export async function handleSubmission(acting: Acting, body: unknown, ack: AckSubmission): Promise<void> {
  const payload = readSubmission(body);
  if (!payload) {
    acting.log.warn({}, 'A submission was not in the form Slack documents; nothing was done');
    return ack(remarks.oldWindow);
  }
  const comment = payload.typed(commentField, commentField).trim();
  const ready = await prepare(acting, payload, comment);
  if (ready.kind === 'complaint') return ack(ready.text);
  await submit(acting, clickOf(acting, payload, { dialog: ready.dialog, comment }), ack);
}

type Prepared =
  | { readonly kind: 'complaint'; readonly text: string }
  | { readonly kind: 'ready'; readonly dialog: Dialog };

async function prepare(acting: Acting, payload: SubmissionPayload, comment: string): Promise<Prepared> {
  try {
    const carried = readRevised(payload.metadata);
    const dialog = carried && (await acting.desk.findDialog(carried.id, payload.person));
    if (!dialog) return { kind: 'complaint', text: remarks.oldWindow };
    const complaint = await complaintAbout(acting, { dialog, name: payload.userName, comment });
    return complaint === undefined ? { kind: 'ready', dialog } : { kind: 'complaint', text: complaint };
  } catch (error) {
    acting.log.error(
      { err: asError(error), viewId: payload.viewId },
      'A submission could not be looked into',
    );
    return { kind: 'complaint', text: remarks.notWritten };
  }
}

async function complaintAbout(
  { desk }: Acting,
  { dialog, name, comment }: { readonly dialog: Dialog; readonly name: string; readonly comment: string },
): Promise<string | undefined> {
  if (dialog.verb === 'deny' && comment === '') return remarks.reasonMissing;
  const check = await desk.checkComment(dialog, name, comment);
  switch (check.kind) {
    case 'fits':
      return undefined;
    case 'too-long':
      return tooLongText(check.byCharacters);
    case 'reason-missing':
      return remarks.reasonMissing;
    default:
      return assertNever(check);
  }
}

async function submit(acting: Acting, click: Click, ack: AckSubmission): Promise<void> {
  let outcome: 'written' | 'repeated';
  try {
    outcome = await acting.desk.writeDown(click);
  } catch (error) {
    acting.log.error({ err: asError(error), clickId: click.id }, 'A click could not be written down');
    return ack(remarks.notWritten);
  }
  await ackOrLog(acting, click.id, () => ack());
  if (outcome === 'written') await acting.desk.work(click.id);
}

function clickOf(
  { now }: Acting,
  { viewId, person }: SubmissionPayload,
  { dialog, comment }: { readonly dialog: Dialog; readonly comment: string },
): Click {
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
    atMs: now(),
  };
}
