import type { ModalView } from '@slack/types';
import { directMessageModes, type NotificationPreferences } from '../../domain/preferences.js';
import { weekdays } from '../../domain/quiet-hours.js';
import { ChatError } from '../../ports/errors.js';
import { asError } from '../../shared/language.js';
import type { AwayResult } from '../../use-cases/delegation.js';
import { awayModal } from '../blocks/absence.js';
import { notificationsModal } from '../blocks/home.js';
import { finished, plainFormatter } from '../format.js';
import { awayFields, callbackIds, notificationFields, readPage, readRevised } from '../ids.js';
import { readHomeOpened, readSubmission, type SubmissionPayload } from '../payloads.js';
import { awayLines, awayText } from '../text/absence.js';
import { messages } from '../text/answer.js';
import { homeMessages, notificationText } from '../text/home.js';
import { decideInList, type InListKind, openCancel } from './commands.js';
import {
  type Ack,
  type AckSubmission,
  broke,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  type ReceivedAction,
  replyUnread,
  sayTo,
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
