import type { ModalView } from '@slack/types';
import { directMessageModes, type NotificationPreferences } from '../../domain/preferences.js';
import { weekdays } from '../../domain/quiet-hours.js';
import type { BulkItem, BulkWindow, Click } from '../../domain/voting.js';
import { ChatError } from '../../ports/errors.js';
import { asError, defined } from '../../shared/language.js';
import { isBlank } from '../../shared/text.js';
import type { AwayResult } from '../../use-cases/delegation.js';
import { awayModal, bulkModal, notificationsModal } from '../blocks/home.js';
import { finished, plainFormatter } from '../format.js';
import {
  awayFields,
  bulkField,
  callbackIds,
  commentField,
  notificationFields,
  readPage,
  readRevised,
  viewClickId,
} from '../ids.js';
import { type ActionPayload, readHomeOpened, readSubmission, type SubmissionPayload } from '../payloads.js';
import { awayLines, awayText } from '../text/absence.js';
import { messages, missingText, tooLongText } from '../text/answer.js';
import { bulkText, homeMessages, notificationText } from '../text/home.js';
import { decideInList, type InListKind, openCancel } from './commands.js';
import {
  type Ack,
  type AckSubmission,
  broke,
  type Complaints,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  type ReceivedAction,
  replyUnread,
  sayTo,
  writtenThenAcked,
} from './context.js';

/** Registers the opening of Homes, and what is clicked there. */
export function registerHome(app: Listening, context: ListenerContext): void {
  app.event('app_home_opened', async ({ body }) => {
    const opened = readHomeOpened(body, context.us.teamId);
    if (opened) await context.useCases.home.open(opened.person, opened.view);
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['decide.approve', 'decide.deny', 'decide.details'],
    handle: (received, ack) => decide(context, received, ack),
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['cancel'],
    handle: async (received, ack) => {
      await ack();
      // Nothing is canceled before its window is confirmed, so whatever page this stood on does not matter.
      if (received.value !== undefined) await openCancel(context, received, received.value);
    },
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['page-before', 'page-after'],
    handle: async ({ asker, value }, ack) => {
      await ack();
      const page = readPage(value);
      if (page !== undefined) await context.useCases.home.turnTo(asker.person, page);
    },
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['away'],
    handle: (received, ack) => openAway(context, received, ack),
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['back'],
    handle: async ({ asker }, ack) => {
      await context.useCases.absences.end(asker.person);
      await ack();
    },
  });
  onAction(app, context, {
    on: 'home',
    kinds: ['notifications'],
    handle: (received, ack) => openNotifications(context, received, ack),
  });
  onSubmission(app, context, {
    callback: callbackIds.notifications,
    handle: (body, ack) => submitNotifications(context, body, ack),
  });
  onSubmission(app, context, {
    callback: callbackIds.away,
    handle: (body, ack) => submitAway(context, body, ack),
  });
}

/** Opens the window in which somebody says how they want direct messages. */
async function openNotifications(
  context: ListenerContext,
  received: ReceivedAction<'notifications'>,
  ack: Ack,
): Promise<void> {
  let view: ModalView | string;
  try {
    view = notificationsModal(await context.useCases.notifications.preferences(received.asker.person));
  } catch (error) {
    view = broke(context, { error, sentence: 'The window of notifications could not be built' });
  }
  await ack();
  if (typeof view === 'string') await sayTo(context, received, view);
  else await openView(context, received, { view, texts: messages });
}

/** Takes what somebody chose for themselves before it is acknowledged; nobody chooses for anybody else. */
async function submitNotifications(
  context: ListenerContext,
  body: unknown,
  ack: AckSubmission,
): Promise<void> {
  const { directMessages: modeField, quietTo, workingDays: daysField } = notificationFields;
  const payload = readSubmission(body, context.us);
  const chosen = payload && readPreferences(payload);
  if (!payload || !chosen) {
    context.log.warn({}, 'A submission was not in the format Slack documents; nothing was done');
    await ack({ [modeField]: messages.unread });
    return replyUnread(context, body, messages.unread);
  }
  const { quiet, workingDays } = chosen;
  if (workingDays.length === 0) return ack({ [daysField]: notificationText.noDay });
  if (quiet?.fromMinute === quiet?.toMinute && quiet) return ack({ [quietTo]: notificationText.sameTime });
  try {
    await context.useCases.notifications.choose(payload.person, chosen);
  } catch (error) {
    const said = broke(context, { error, sentence: 'Notifications could not be changed' });
    return ack({ [modeField]: said });
  }
  return ack();
}

/** Absent when it is not what the window offers. */
function readPreferences({
  given,
  chosen,
}: Pick<SubmissionPayload, 'given' | 'chosen'>): Omit<NotificationPreferences, 'person'> | undefined {
  const { dailyAt, quietFrom, quietTo, workingDays } = notificationFields;
  const directMessages = directMessageModes.find((one) => one === given(notificationFields.directMessages));
  const [dailyAtMinute, toMinute] = [dailyAt, quietTo].map((field) => readMinute(given(field)));
  const fromMinute = readMinute(given(quietFrom));
  if (!directMessages || dailyAtMinute === undefined || toMinute === undefined) return undefined;
  return {
    directMessages,
    dailyAtMinute,
    ...(fromMinute === undefined ? {} : { quiet: { fromMinute, toMinute } }),
    workingDays: weekdays.filter((day) => chosen(workingDays).includes(day)),
  };
}

function readMinute(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) && Number(text) < 24 * 60 ? Number(text) : undefined;
}

/** Opens the window in which somebody says that they will be away. */
async function openAway(context: ListenerContext, received: ReceivedAction<'away'>, ack: Ack): Promise<void> {
  const { useCases } = context;
  let view: ModalView | string;
  try {
    const choices = await useCases.absences.choices(received.asker.person);
    view = choices.rules.length > 0 ? awayModal(choices) : awayText.notApprover;
  } catch (error) {
    view = broke(context, { error, sentence: 'The window of an absence could not be built' });
  }
  await ack();
  if (typeof view === 'string') await sayTo(context, received, view);
  else await openView(context, received, { view, texts: messages });
}

/** Takes an absence before it is acknowledged, so that it cannot be lost; what stands in its way is said in the window. */
async function submitAway(context: ListenerContext, body: unknown, ack: AckSubmission): Promise<void> {
  const payload = readSubmission(body, context.us);
  if (!payload) {
    context.log.warn({}, 'A submission was not in the format Slack documents; nothing was done');
    await ack({ [awayFields.until]: messages.unread });
    return replyUnread(context, body, messages.unread);
  }
  const { person, viewId, given } = payload;
  const [teamId, userId] = given(awayFields.delegate).split('/');
  const rule = given(awayFields.rule);
  let result: AwayResult;
  try {
    result = await context.useCases.absences.begin(person, {
      until: given(awayFields.until),
      key: viewId,
      ...(teamId && userId ? { delegate: { teamId, userId } } : {}),
      ...(rule === '' ? {} : { rule }),
    });
  } catch (error) {
    const said =
      error instanceof ChatError
        ? messages.notNow
        : broke(context, { error, sentence: 'An absence could not be stored' });
    return ack({ [awayFields.until]: said });
  }
  if (result.kind === 'away') return ack();
  const field = result.kind === 'no-delegate' ? awayFields.delegate : awayFields.until;
  const said = awayLines(result, { ...context.renderContext, formatter: plainFormatter }).join(' ');
  return ack({ [field]: finished(said) });
}

/**
 * Handles a click beside an approval in somebody's Home.
 *
 * There is no message it could be held against, so it counts only on the page that was last published for that
 * person, on what stands there; else nothing is decided and the page is drawn anew. Apart from that it is taken as
 * one in a list.
 */
async function decide(
  context: ListenerContext,
  received: ReceivedAction<InListKind>,
  ack: Ack,
): Promise<void> {
  const { home } = context.useCases;
  const { asker, view } = received;
  const carried = readRevised(received.value);
  let counts = false;
  try {
    counts =
      carried !== undefined &&
      view !== undefined &&
      (await home.isClickOn(
        asker.person,
        { viewId: view.id, hash: view.hash },
        { approvalId: carried.id, revision: carried.revision },
      ));
  } catch (error) {
    context.log.error({ err: asError(error) }, 'A click in a Home could not be read');
    await ack();
    return sayTo(context, received, messages.notWritten);
  }
  if (carried && counts) return decideInList(context, { received, approval: carried, from: 'home' }, ack);
  await ack();
  context.log.warn({ person: asker.person.userId }, 'A click in a Home was not on the latest published page');
  await sayTo(context, received, homeMessages.outdated);
  await home.redraw(asker.person);
}

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
