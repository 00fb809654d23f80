import type { BulkItem, BulkWindow } from '../../domain/bulk.js';
import type { Click } from '../../domain/voting.js';
import { asError, defined } from '../../shared/language.js';
import { isBlank } from '../../shared/text.js';
import { bulkModal } from '../blocks/bulk.js';
import { bulkField, callbackIds, commentField, viewClickId } from '../ids.js';
import { type ActionPayload, readSubmission, type SubmissionPayload } from '../payloads.js';
import { messages, missingText, tooLongText } from '../text/answer.js';
import { bulkText } from '../text/home.js';
import {
  type Ack,
  type AckSubmission,
  type Complaints,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  replyUnread,
  sayTo,
  writtenThenAcked,
} from './context.js';

/** Registers what opens the window in which several requests are approved together, and that window. */
export function registerBulk(app: Listening, context: ListenerContext): void {
  onAction(app, context, {
    on: 'home',
    kinds: ['several'],
    handle: (received, ack) => open(context, { payload: received, from: 'home' }, ack),
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['approvals-several'],
    handle: (received, ack) => open(context, { payload: received }, ack),
  });
  onSubmission(app, context, {
    callback: callbackIds.several,
    handle: (body, ack) => submit(context, body, ack),
  });
}

/** Opens the window; what it shows is bound before it can be submitted. */
async function open(
  context: ListenerContext,
  { payload, from }: { readonly payload: ActionPayload; readonly from?: 'home' },
  ack: Ack,
): Promise<void> {
  const { useCases, newId, renderContext, log } = context;
  const { person } = payload.asker;
  const id = newId();
  let view: ReturnType<typeof bulkModal>['view'];
  try {
    const { candidates, waiting } = await useCases.bulk.list(person);
    const modal = bulkModal(candidates, { id, waiting, labelOf: renderContext.labelOf });
    const items = modal.shown.map(({ item }) => item);
    await useCases.bulk.openWindow({ id, person, items, ...defined({ from }) });
    view = modal.view;
  } catch (error) {
    log.error({ err: asError(error) }, 'A window for several approvals could not be built');
    await ack();
    return sayTo(context, payload, messages.notWritten);
  }
  await ack();
  await openView(context, payload, { view, texts: messages });
}

/** Handles the submitted window: all its decisions are written down before it is acknowledged, or none is. */
async function submit(context: ListenerContext, body: unknown, ack: AckSubmission): Promise<void> {
  const { useCases, log, us } = context;
  const payload = readSubmission(body, us);
  if (!payload) {
    log.warn({}, 'A submission was not in the format Slack documents; nothing was done');
    await ack({ [commentField]: messages.unread });
    return replyUnread(context, body, messages.unread);
  }
  let clicks: readonly Click[];
  try {
    const window = await useCases.bulk.findWindow(payload.metadata, payload.person);
    if (!window) return ack({ [commentField]: messages.oldWindow });
    // Only what the window showed can be chosen, by its place there.
    const chosen = window.items.filter((_, at) => payload.chosen(bulkField(at)).includes(String(at)));
    const complaints = complaintsAbout(chosen, payload.given(commentField).trim());
    if (complaints) return ack(complaints);
    clicks = chosen.map((item, at) => clickOf(context, payload, { window, item, at, size: chosen.length }));
  } catch (error) {
    log.error({ err: asError(error), viewId: payload.viewId }, 'A submission could not be read');
    return ack({ [commentField]: messages.notWritten });
  }
  let isDifferent = false;
  const outcome = await writtenThenAcked(context, {
    about: { viewId: payload.viewId, clicks: String(clicks.length) },
    write: async () => {
      const written = await useCases.bulk.writeDown(clicks);
      isDifferent = written === 'different';
      return written;
    },
    ack: () => (isDifferent ? ack({ [bulkField(0)]: bulkText.takenBefore }) : ack()),
  });
  if (outcome === undefined) return ack({ [commentField]: messages.notWritten });
  if (outcome === 'unconfirmed') return ack({ [commentField]: messages.notKnownWritten });
  if (outcome === 'written') await useCases.bulk.work(clicks.map(({ id }) => id));
}

/** By what was bound when the window was opened; what has changed since is found when each is worked on. */
function complaintsAbout(chosen: readonly BulkItem[], comment: string): Complaints | undefined {
  if (chosen.length === 0) return { [bulkField(0)]: bulkText.nothingChosen };
  if (isBlank(comment) && chosen.some(({ wantsReason }) => wantsReason))
    return { [commentField]: missingText('reason') };
  const byCharacters = comment.length - Math.min(...chosen.map(({ room }) => room));
  return byCharacters > 0 && comment !== '' ? { [commentField]: tooLongText(byCharacters) } : undefined;
}

function clickOf(
  { now }: ListenerContext,
  { viewId, person, shownFrom, given }: SubmissionPayload,
  {
    window,
    item,
    at,
    size,
  }: { readonly window: BulkWindow; readonly item: BulkItem; readonly at: number; readonly size: number },
): Click {
  const { approvalId, revision, message, basis } = item;
  const shown = shownFrom(bulkField(window.items.indexOf(item)));
  const id = viewClickId(viewId);
  const comment = given(commentField).trim();
  return {
    id: `${id}.${at}`,
    approvalId,
    revision,
    person,
    verb: 'approve',
    via: 'modal',
    message,
    basis,
    bulk: { id, size },
    ...defined({ from: window.from, comment: comment || undefined, shown }),
    atMs: now(),
  };
}
