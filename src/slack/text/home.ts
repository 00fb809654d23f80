import type { DecidedRow, HomeHealth, HomePage, WaitingRow } from '../../domain/home.js';
import { isKeyCompromised } from '../../domain/reminders.js';
import type { Content } from '../../ports/chat.js';
import { defined } from '../../shared/language.js';
import { joinList } from '../../shared/text.js';
import { type Formatter, type RenderContext, requestName, titled } from '../format.js';
import { stateSentence } from './approval-state.js';
import { findingLines } from './card.js';
import { deadlineText } from './notice.js';
import { refusalSentence } from './phrases.js';
import { approvalRowLines } from './reply-queries.js';

/** What is said where a click in a Home leads to nothing. */
export const homeMessages = {
  title: 'Nothing was decided',
  outdated:
    'Nothing was decided: this page was not the latest that Countersign published for you. It has been updated; please check it and click again.',
} as const;

/** The words of the window in which several requests are approved together. */
export const bulkText = {
  open: 'Approve several…',
  title: 'Approve several',
  submit: 'Approve',
  cancel: 'Cancel',
  option: 'Approve this one',
  comment: 'Comment',
  reason: 'Reason',
  hint: 'Stored with each approval, together with your name.',
  nothingChosen: 'Choose at least one, or close the window.',
  takenBefore:
    'Your first submission was accepted. Anything you selected after that was not. Close this window and open a new one for the rest.',
  none: 'Nothing that waits for you can be approved together with others: each needs its own decision.',
  intro: (count: number) =>
    count === 1
      ? 'One request can be approved here. It is checked again before its approval is sent. Select it to approve it.'
      : `You can approve these ${count} requests together. Each approval is separate and is checked again before it is sent. Select the ones you approve.`,
  left: (count: number) =>
    `${count} more ${count === 1 ? 'waits' : 'wait'} for you and ${count === 1 ? 'is' : 'are'} not in this window: ${count === 1 ? 'it does' : 'they do'} not fit, or ${count === 1 ? 'needs its' : 'need their'} own decision.`,
} as const;

/** The headings of a Home. */
export const homeHeadings = {
  requested: 'Your requests',
  decided: 'Your recent decisions',
  notifications: 'Notifications',
  health: 'Health',
} as const;

/** Titles, labels and choices of the window in which somebody says how they want direct messages. */
export const notificationText = {
  open: 'Edit…',
  title: 'Notifications',
  submit: 'Save',
  cancel: 'Cancel',
  directMessages: 'Direct messages',
  directMessagesHint: 'Messages in channels and what you may decide stay the same.',
  modes: {
    each: 'Each as it comes',
    daily: 'One summary a day',
    off: 'None; I check Home',
  },
  dailyAt: 'Summary at',
  quietFrom: 'Quiet from',
  noQuietHours: 'No quiet hours',
  quietTo: 'Quiet until',
  quietHint:
    'Messages from these hours are sent when they end, combined into one. Anything over by then is not sent.',
  workingDays: 'Days on which you want messages',
  days: {
    mon: 'Monday',
    tue: 'Tuesday',
    wed: 'Wednesday',
    thu: 'Thursday',
    fri: 'Friday',
    sat: 'Saturday',
    sun: 'Sunday',
  },
  noDay: 'Choose at least one day; to get none at all, choose None above.',
  sameTime: 'Choose a time other than the start of quiet hours.',
} as const;

/** Writes a minute of the day as `09:30`. */
export function clockTime(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Tells how somebody gets direct messages, and when not. */
export function notificationLines(
  { preferences, timeZone }: NonNullable<HomePage['notifications']>,
  { formatter }: RenderContext,
): readonly string[] {
  const { directMessages, dailyAtMinute, quiet, workingDays } = preferences;
  const { modes, days } = notificationText;
  const at = directMessages === 'daily' ? ` at ${clockTime(dailyAtMinute)}` : '';
  const isEveryDay = workingDays.length === Object.keys(days).length;
  return [
    `${formatter.label('Direct messages:')} ${modes[directMessages]}${at}.`,
    ...(quiet ? [`Quiet from ${clockTime(quiet.fromMinute)} to ${clockTime(quiet.toMinute)}.`] : []),
    ...(isEveryDay ? [] : [`Only on ${joinList(workingDays.map((day) => days[day]))}.`]),
    `Times are in your Slack time zone${timeZone === undefined ? '' : ` (${formatter.text(timeZone, 60)})`}. Receipts for your own decisions and messages about your account's security always come at once.`,
  ];
}

/** Heads what waits for somebody: how much it is, and which page this is. */
export function waitingHeading({ total, page, pages }: HomePage['waiting']): string {
  if (total === 0) return 'Waiting for you';
  return `Waiting for you: ${total}${pages > 1 ? ` (page ${page} of ${pages})` : ''}`;
}

/** Says what stands under that heading besides the requests. */
export function waitingNotes({ barred, waiting }: HomePage, { formatter }: RenderContext): readonly string[] {
  const { total, voted } = waiting;
  if (barred) return [`⚠️ ${refusalSentence(barred, formatter)}`];
  return [
    ...(total === 0 ? ['Nothing waits for your decision.'] : []),
    ...(voted > 0
      ? [`You have voted on ${voted} more, which ${voted === 1 ? 'is' : 'are'} waiting for others.`]
      : []),
  ];
}

/** Tells a request that waits: what it is, by when, what to check, since when and from whom. */
export function waitingLines(
  { card, urgency, channel }: WaitingRow & { readonly channel?: string },
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  return [
    ...approvalRowLines({ card, ...defined({ channel }) }, renderContext),
    ...urgencyLine(urgency, card, formatter),
    // By when it expires is said already.
    ...findingLines(
      { ...card, findings: card.findings.filter(({ kind }) => kind !== 'replaces') },
      renderContext,
      2,
    ),
  ];
}

type Expiring = Extract<Content, { kind: 'expiring' }>;

/** Heads the daily digest of expiration workflows that wait. */
export function expiringHeading({ total }: Pick<Expiring, 'total'>): string {
  return total === 1
    ? '1 expiration workflow waits for approval'
    : `${total} expiration workflows wait for approval`;
}

/** Tells one of them: what expires and when, since when it waits, for whom, and where its card is. */
export function expiringLines(
  row: Expiring['rows'][number],
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { link, approval } = row.card;
  return [
    ...waitingLines(row, renderContext),
    ...(row.urgency.deadlineMs === undefined ? ['The run does not say when the certificate expires.'] : []),
    ...(link === undefined
      ? []
      : [formatter.link(link, `Open in ${renderContext.labelOf(approval.instance.ref.system)}`)]),
  ];
}

/** Says how many of them are not listed. */
export function expiringFoot({ total, rows }: Expiring): readonly string[] {
  const more = total - rows.length;
  return more > 0 ? [`${more} more ${more === 1 ? 'waits' : 'wait'}, and are less urgent.`] : [];
}

const marks = { high: '🔴 ', medium: '🟠 ', low: '' } as const;

/** Says what makes a request press; nothing where nothing does. */
function urgencyLine(
  urgency: WaitingRow['urgency'],
  { approval }: WaitingRow['card'],
  formatter: Formatter,
): readonly string[] {
  const { level, isOverdue } = urgency;
  const [date] = deadlineText(urgency, approval, formatter);
  // What is overdue is marked already.
  if (date !== undefined) return [isOverdue ? date : `${marks[level]}${titled(date)}`];
  if (level !== 'high') return [];
  const { reason = '' } = approval.instance.facts.revocation ?? {};
  const why = isKeyCompromised(approval)
    ? `the reason is ${formatter.text(reason, 60)}`
    : 'it has waited a long time';
  return [`🔴 ${formatter.label('Urgent')} ${why}`];
}

/** Tells how what somebody started stands. */
export function requestedLines(
  { rows, total }: Omit<HomePage['requested'], 'cancelable'>,
  renderContext: RenderContext,
): readonly string[] {
  if (total === 0) return ['You have no open requests.'];
  const more = total - rows.length;
  return [
    ...rows.map(
      (approval) =>
        `• ${requestName(approval, renderContext.formatter)}: ${stateSentence(approval, renderContext)}`,
    ),
    ...(more > 0 ? [`+${more} more`] : []),
  ];
}

/** Tells what somebody decided, and what became of it. */
export function decidedHomeLines(
  rows: readonly DecidedRow[],
  renderContext: RenderContext,
): readonly string[] {
  if (rows.length === 0) return ['You decided nothing in the last 7 days.'];
  return rows.map((row) => decidedLine(row, renderContext));
}

function decidedLine({ approval, entry }: DecidedRow, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const { verb, choice } = entry.note ?? {};
  const output = typeof choice === 'number' ? approval.inbound?.outputs[choice]?.name : undefined;
  const did =
    output === undefined
      ? verb === 'deny'
        ? 'denied'
        : 'approved'
      : `chose ${formatter.text(output, 75)} for`;
  return `• ${formatter.moment(entry.atMs)}: you ${did} ${requestName(approval, formatter)}. ${stateSentence(approval, renderContext)}`;
}

/** Tells operators in five lines how the bot stands. */
export function healthHomeLines(
  { systems, withoutCard, pending, incidents, lostPlaces }: HomeHealth,
  { formatter, command = '/workflow' }: RenderContext,
): readonly string[] {
  const silent = systems.filter(({ silentSinceMs }) => silentSinceMs !== undefined);
  const names = silent.map(
    ({ label, silentSinceMs = 0 }) => `${formatter.text(label, 60)} since ${formatter.moment(silentSinceMs)}`,
  );
  const line = (count: number, none: string, some: string) =>
    count === 0 ? `✅ ${none}` : `🟠 ${count} ${some}`;
  const labels = joinList(systems.map(({ label }) => formatter.text(label, 60)));
  return [
    silent.length === 0
      ? `✅ ${labels} ${systems.length === 1 ? 'answers' : 'answer'}`
      : `🔴 Nothing read from ${joinList(names)}`,
    line(withoutCard, 'Every open approval has a card', `open approval${plural(withoutCard)} without a card`),
    line(pending, 'Every message is posted', `message${plural(pending)} waiting to be posted`),
    line(incidents, 'No open alerts', `open alert${plural(incidents)} about failed workflows`),
    `${line(lostPlaces, 'Every channel can be posted to', `destination${plural(lostPlaces)} that can't be posted to`)} · \`${command} doctor\` shows more`,
  ];
}

function plural(count: number): string {
  return count === 1 ? '' : 's';
}
