import type { DecidedRow, HomeHealth, HomePage, WaitingRow } from '../../domain/home.js';
import { type Formatter, type RenderContext, requestName } from '../format.js';
import { stateSentence } from './approval-state.js';
import { findingLines } from './card.js';
import { refusalSentence } from './phrases.js';
import { approvalRowLines } from './reply-queries.js';

/** What is said where a click in a Home leads to nothing. */
export const homeMessages = {
  title: 'Nothing was decided',
  outdated:
    'Nothing was decided: this page was not the latest that Countersign published for you. It has been updated; please check it and click again.',
} as const;

/** The headings of a Home. */
export const homeHeadings = {
  requested: 'You asked for',
  decided: 'You decided lately',
  health: 'Health',
} as const;

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
      ? [`You have approved ${voted} more, ${voted === 1 ? 'which waits' : 'which wait'} for others.`]
      : []),
  ];
}

/** Tells a request that waits: what it is, by when, what to check, since when and from whom. */
export function waitingLines({ card, urgency }: WaitingRow, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  return [
    ...approvalRowLines({ card }, renderContext),
    ...urgencyLine(urgency, formatter),
    ...findingLines(card, renderContext, 2),
  ];
}

/** Says what makes a request press; nothing where nothing does. */
function urgencyLine(
  { level, deadlineMs, isOverdue }: WaitingRow['urgency'],
  formatter: Formatter,
): readonly string[] {
  if (deadlineMs !== undefined) {
    const day = formatter.day(deadlineMs);
    if (isOverdue) return [`🔴 ${formatter.label('Overdue')} the certificate it replaces expired ${day}`];
    if (level === 'low') return [`Replaces a certificate that expires ${day}`];
    return [
      `${level === 'high' ? '🔴' : '🟠'} ${formatter.label('Decide soon')} the certificate it replaces expires ${day}`,
    ];
  }
  return level === 'high' ? [`🔴 ${formatter.label('Urgent')}`] : [];
}

/** Tells how what somebody started stands. */
export function requestedLines(
  { rows, total }: HomePage['requested'],
  renderContext: RenderContext,
): readonly string[] {
  if (total === 0) return ['Nothing you asked for is open.'];
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
  const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  return [
    silent.length === 0
      ? `✅ ${systems.map(({ label }) => formatter.text(label, 60)).join(', ')} ${systems.length === 1 ? 'answers' : 'answer'}`
      : `🔴 No answer from ${names.join(', ')}`,
    `${withoutCard === 0 ? '✅' : '🟠'} ${counted(withoutCard, 'open approval has', 'open approvals have')} no card`,
    `${pending < 20 ? '✅' : '🟠'} ${counted(pending, 'message is', 'messages are')} still to be posted`,
    `${incidents === 0 ? '✅' : '🟠'} ${counted(incidents, 'alert', 'alerts')} about failed workflows`,
    `${lostPlaces === 0 ? '✅' : '🔴'} ${counted(lostPlaces, 'place', 'places')} that can't be posted to · \`${command} doctor\` shows more`,
  ];
}
