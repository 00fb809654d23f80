import type { Report, ReportCount, ReportRow, ReportTimes } from '../../domain/report.js';
import { listSome } from '../../shared/text.js';
import { type RenderContext, typedLine } from '../format.js';
import { timeSpan } from './alert.js';

/** What stands over and beside the charts and the table of a report. */
export const reportTexts = {
  heading: 'Report',
  perDay: 'Decisions per day',
  perWeek: 'Decisions per week',
  perSpan: (days: number) => `Decisions per ${days} days`,
  time: 'Time to decision',
  minutes: 'Minutes',
  hours: 'Hours',
  count: 'Decisions',
  rule: 'Rule',
  noRule: 'No rule',
  series: { approved: 'Approved', denied: 'Denied', median: 'Median', p90: '90% within' },
  caption: 'Decisions by rule',
  columns: ['Rule', 'Approved', 'Denied', 'Not decided here', 'Late', 'Median', '90% within'],
  none: '–',
} as const;

/** Says what a name of a count stands for, where its words do not. */
const names = new Map(
  Object.entries({
    over: 'already over',
    broke: 'an error in Countersign',
    kept: 'kept for later',
    'no-rule': 'no approver rule',
    'not-mapped': 'username not known',
    'maybe-own-request': 'may be their own request',
    'own-request-of-approver': 'request of the approver they decide for',
    shadow: 'shadow mode',
    undecided: 'nobody decides',
  }),
);

/** Says what is counted under a name, in words. */
export function countName(name: string): string {
  return names.get(name) ?? name.replaceAll('-', ' ');
}

/**
 * Tells a report in lines: what the charts and the table show, and all the rest; of many rules the first, since the command
 * line lists all.
 */
export function reportLines(
  report: Report,
  renderContext: RenderContext,
  { mostRules = 20 }: { readonly mostRules?: number } = {},
): readonly string[] {
  return [
    ...reportHead(report, renderContext),
    ...ruleLines(report, renderContext, mostRules),
    ...weekdayLines(report, renderContext),
    ...dayLines(report, renderContext),
    ...reportFoot(report, renderContext),
  ];
}

/** Tells what was decided, how, and how long it took. */
export function reportHead(report: Report, { formatter }: RenderContext): readonly string[] {
  const { days, timeZone, knownSinceMs, total } = report;
  const [first, last] = [days[0]?.name ?? '', days.at(-1)?.name ?? ''];
  const { approved, denied, elsewhere, overtaken, unknown, late, times } = total;
  const ended = approved + denied + elsewhere + overtaken + unknown;
  return [
    `${formatter.label('Report')} ${first === last ? first : `${first} to ${last}`} (${formatter.text(timeZone, 60)})`,
    ...(knownSinceMs === undefined
      ? []
      : [`Counting started ${formatter.moment(knownSinceMs)}; earlier activity is not included.`]),
    `${formatter.label('Decided')} ${approved + denied}: ${approved} approved, ${denied} denied`,
    `${formatter.label('Ended otherwise')} ${elsewhere} ended without a decision here, ${overtaken} moved on for an unclear reason, ${unknown} with an unknown result`,
    `${formatter.label('Time to decision')} ${times ? timesText(times) : 'nothing was decided'}`,
    `${formatter.label('Decided or ended late')} ${late} of ${ended}`,
  ];
}

function timesText({ count, medianMs, p90Ms }: ReportTimes): string {
  const p90 = p90Ms < 60_000 ? 'a minute' : timeSpan(p90Ms);
  return `median ${timeSpan(medianMs)}, 90% within ${p90} (of ${count})`;
}

/** Tells what stood in the way: failures, reminders, refusals and findings; and who decided, where people are named. */
export function reportFoot(
  { failures, reminders, refusals, findings, people }: Report,
  { formatter }: RenderContext,
): readonly string[] {
  const { begun, recovered, quiet, times } = failures;
  const counted = (label: string, counts: readonly ReportCount[], text = countName) => {
    const total = counts.reduce((all, { count }) => all + count, 0);
    const listed = counts.map(({ name, count }) => `${formatter.text(text(name), 60)} ${count}`);
    return `${formatter.label(label)} ${total}${total === 0 ? '' : `: ${listSome(listed, 12)}`}`;
  };
  return [
    `${formatter.label('Failures')} ${begun} ${begun === 1 ? 'alert' : 'alerts'}, ${recovered} recovered, ${quiet} without further failures${times ? `; time to recovery: ${timesText(times)}` : ''}`,
    counted('Reminders sent', reminders),
    counted('Refused clicks', refusals),
    counted('Findings', findings),
    ...(people ? [counted('Votes and decisions', people, (name) => name)] : []),
  ];
}

function ruleLines({ rules }: Report, renderContext: RenderContext, mostRules: number): readonly string[] {
  if (rules.length === 0) return [];
  const { formatter } = renderContext;
  return [
    formatter.label('By rule'),
    ...rules
      .slice(0, mostRules)
      .map((row) => `• ${formatter.text(row.name || reportTexts.noRule, 80)}: ${rowText(row)}`),
    ...moreRules(rules.length, mostRules, renderContext),
  ];
}

/** Says how many rules are left out, and where they are; nothing if none. */
export function moreRules(count: number, shown: number, renderContext: RenderContext): readonly string[] {
  if (count <= shown) return [];
  return [`+${count - shown} more; ${renderContext.formatter.exact('countersign report')} lists all`];
}

function rowText({ approved, denied, elsewhere, late, times }: ReportRow): string {
  return [
    `${approved} approved`,
    `${denied} denied`,
    ...(elsewhere > 0 ? [`${elsewhere} ended without a decision here`] : []),
    ...(late > 0 ? [`${late} late`] : []),
    ...(times ? [timesText(times)] : []),
  ].join(', ');
}

/** Tells for each day of the week how many were decided, and how fast. */
export function weekdayLines({ weekdays, total }: Report, { formatter }: RenderContext): readonly string[] {
  if (!total.times) return [];
  const rows = weekdays.flatMap(({ name, approved, denied, times }) =>
    times
      ? [
          `${dayNames[name] ?? name} ${approved + denied} (${timeSpan(times.medianMs)}, ${timeSpan(times.p90Ms)})`,
        ]
      : [],
  );
  return [`${formatter.label('By weekday, median and 90%')} ${rows.join(' · ')}`];
}

const dayNames: Readonly<Record<string, string>> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};

function dayLines(report: Report, { formatter }: RenderContext): readonly string[] {
  if (!report.total.times) return [];
  const { title, spans } = spansOf(report);
  const listed = spans.map(({ label, approved, denied }) => `${label}: ${approved + denied}`);
  return [`${formatter.label(title)} ${listed.join(' · ')}`];
}

/** Slack draws so many points. */
const mostPoints = 20;

/** Days that are counted together so that all fit into a chart: single ones, weeks, or more; the first may be short. */
export function spansOf({ days }: Pick<Report, 'days'>): {
  readonly title: string;
  readonly spans: readonly { readonly label: string; readonly approved: number; readonly denied: number }[];
} {
  const week = days.length > 7 * mostPoints ? Math.ceil(days.length / mostPoints) : 7;
  const size = days.length <= mostPoints ? 1 : week;
  const { perDay, perWeek, perSpan } = reportTexts;
  const spans = [];
  for (let end = days.length; end > 0; end -= size) {
    const some = days.slice(Math.max(0, end - size), end);
    const [first, last] = [some[0]?.name.slice(5) ?? '', some.at(-1)?.name.slice(5) ?? ''];
    const sum = (of: 'approved' | 'denied') => some.reduce((all, day) => all + day[of], 0);
    // A span of more than a year has a day of the same name twice, and no two spans may be called the same.
    const from = days.length > 365 ? some[0]?.name.slice(2) : first;
    const label = size === 1 ? first : days.length > 365 ? `from ${from}` : `${first} to ${last}`;
    spans.unshift({ label, approved: sum('approved'), denied: sum('denied') });
  }
  return { title: size === 1 ? perDay : size === 7 ? perWeek : perSpan(size), spans };
}

/** Says how the report is asked for again. */
export function reportHint(renderContext: RenderContext): string {
  return `${typedLine(renderContext, 'report 30d')} shows another period.`;
}
