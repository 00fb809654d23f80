import { type Day, dayAt, startOfDay } from './absence.js';
import { type Approval, decisionOf } from './approval.js';
import type { Finding } from './findings.js';
import { approverRuleFor, findingsIn, type Policy, type ReportPlace } from './policy.js';
import { type Weekday, weekdays } from './quiet-hours.js';
import { isOverTime } from './reminders.js';

/** How an approval ended, as a report counts it. */
const reportedEndings = ['approved', 'denied', 'elsewhere', 'overtaken', 'unknown'] as const;

/** One of them. */
type ReportedEnding = (typeof reportedEndings)[number];

/** One thing a report counts; it names nobody. */
export interface ReportEntry {
  /** What happened again under the same id takes its place. */
  readonly id: string;
  readonly atMs: number;
  /** `ended`: an approval. `refusal`: a click that decided nothing. `failure`: an alert began; `recovery`: it ended. */
  readonly kind: 'ended' | 'refusal' | 'reminder' | 'failure' | 'recovery';
  /** The rule, the reason, the kind of reminder, or the system. */
  readonly name: string;
  /** How the approval, or the alert, ended; empty for the others. */
  readonly how: string;
  /** Kinds of findings on the request, each once, separated by spaces. */
  readonly findings: string;
  /** Whether it had waited over its time. */
  readonly isLate: boolean;
  /** From the first wait to the decision, or from the first failure to the recovery. */
  readonly tookMs?: number;
}

/** Entries that are alike, with how long each of them took, in whole seconds. */
export interface ReportGroup extends Omit<ReportEntry, 'id' | 'atMs' | 'tookMs'> {
  readonly count: number;
  readonly tookS: readonly number[];
}

/** A span of whole days by one clock; the last may not be over. */
export interface ReportSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly timeZone: string;
}

/** How often something was counted. */
export interface ReportCount {
  readonly name: string;
  readonly count: number;
}

/**
 * How long things took: of `count` values in order, the one in the middle, and the one that nine tenths do not exceed.
 *
 * Both are values that occurred (nearest rank), in whole seconds.
 */
export interface ReportTimes {
  readonly count: number;
  readonly medianMs: number;
  readonly p90Ms: number;
}

/** Approvals of one kind, by how they ended. */
export interface ReportRow extends Readonly<Record<ReportedEnding, number>> {
  readonly name: string;
  /** How many had waited over their time when they ended. */
  readonly late: number;
  /** From the first wait to the decision, of those approved and denied from the chat; absent where there are none. */
  readonly times?: ReportTimes;
}

/** What was decided in a span of days, and what got in the way. */
export interface Report extends ReportSpan {
  /** Set where nothing is known of what happened before. */
  readonly knownSinceMs?: number;
  readonly total: ReportRow;
  /** By approver rule, the most decided first; a rule without a name is none. */
  readonly rules: readonly ReportRow[];
  /** By the day of the week on which they ended, Monday first. */
  readonly weekdays: readonly (ReportRow & { readonly name: Weekday })[];
  /** By day, such as `2026-11-30`. */
  readonly days: readonly ReportRow[];
  readonly refusals: readonly ReportCount[];
  readonly findings: readonly ReportCount[];
  readonly reminders: readonly ReportCount[];
  readonly failures: {
    readonly begun: number;
    /** Every run went on or was dealt with. */
    readonly recovered: number;
    /** Nothing has failed so for long; whether it was dealt with is not known. */
    readonly quiet: number;
    readonly times?: ReportTimes;
  };
  /** Votes and decisions by person; absent unless the settings want people named. */
  readonly people?: readonly ReportCount[];
}

/** Says what a report counts of an approval that has ended; undefined where nobody watched it to its end. */
export function endedEntry(approval: Approval, policy: Policy): ReportEntry | undefined {
  const { id, instance, state, waitingSinceMs } = approval;
  if (state.kind !== 'ended' || state.ending.kind === 'unwatched') return undefined;
  const decision = decisionOf(state);
  const how = endingOf(state.ending.kind);
  const rule = approverRuleFor(instance, policy);
  const isDecided = how === 'approved' || how === 'denied';
  const atMs = isDecided ? (decision?.atMs ?? state.atMs) : state.atMs;
  const findings = new Set(findingsIn(instance, policy).map(nameOfFinding));
  return {
    id: endedEntryId({ id }),
    atMs,
    kind: 'ended',
    name: rule?.name ?? '',
    how,
    findings: [...findings].sort().join(' '),
    isLate: isOverTime(approval, rule?.reminders, atMs),
    ...(isDecided ? { tookMs: Math.max(0, atMs - waitingSinceMs) } : {}),
  };
}

/** Names what is counted of an approval that has ended; it is not counted while the approval waits again. */
export function endedEntryId({ id }: Pick<Approval, 'id'>): string {
  return `ended:${id}`;
}

function nameOfFinding(finding: Finding): string {
  return finding.kind === 'changes' ? `changes-${finding.what}` : finding.kind;
}

type EndingKind = Extract<Approval['state'], { kind: 'ended' }>['ending']['kind'];

function endingOf(kind: EndingKind): ReportedEnding {
  if (kind === 'approved' || kind === 'denied' || kind === 'overtaken') return kind;
  return kind === 'decided-elsewhere' ? 'elsewhere' : 'unknown';
}

/** Makes the entry of something of which only the moment and the name are counted. */
export function plainEntry(
  kind: Exclude<ReportEntry['kind'], 'ended'>,
  entry: Pick<ReportEntry, 'id' | 'atMs' | 'name'> & Partial<Pick<ReportEntry, 'how' | 'tookMs'>>,
): ReportEntry {
  return { how: '', findings: '', isLate: false, ...entry, kind, id: `${kind}:${entry.id}` };
}

/** One day of a report. */
export interface ReportDay {
  /** Such as `2026-11-30`. */
  readonly name: string;
  readonly weekday: Weekday;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Gives the last days by a clock, today included. */
export function lastDays(nowMs: number, days: number, timeZone: string): ReportSpan {
  const { day, ...month } = dayAt(nowMs, timeZone);
  return { sinceMs: startOfDay({ ...month, day: day - days + 1 }, timeZone), ...untilNow(nowMs), timeZone };
}

/** What happens at this very moment belongs to the report. */
function untilNow(nowMs: number): Pick<ReportSpan, 'untilMs'> {
  return { untilMs: nowMs + 1 };
}

/** Gives the days since one of them, or so many of the last; undefined for what is neither. */
export function sinceDay(typed: string, nowMs: number, timeZone: string): ReportSpan | undefined {
  const [, count] = /^(\d{1,4})d$/.exec(typed) ?? [];
  if (count !== undefined) return Number(count) > 0 ? lastDays(nowMs, Number(count), timeZone) : undefined;
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(typed) ?? [];
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  if (year === undefined || nameOf(date) !== typed) return undefined;
  const sinceMs = startOfDay(date, timeZone);
  return sinceMs < nowMs ? { sinceMs, ...untilNow(nowMs), timeZone } : undefined;
}

/** Lists the days of a span, whole but for the last. */
export function daysIn({ sinceMs, untilMs, timeZone }: ReportSpan): readonly ReportDay[] {
  const days: ReportDay[] = [];
  const first = dayAt(sinceMs, timeZone);
  for (let index = 0, fromMs = sinceMs; fromMs < untilMs; index += 1) {
    const day = { ...first, day: first.day + index };
    const endMs = startOfDay({ ...day, day: day.day + 1 }, timeZone);
    // Clocks of a few zones have jumped over a whole day.
    if (endMs <= fromMs) continue;
    days.push({ name: nameOf(day), weekday: weekdayOf(day), fromMs, toMs: Math.min(endMs, untilMs) });
    fromMs = endMs;
  }
  return days;
}

function dateOf({ year, month, day }: Day): Date {
  return new Date(Date.UTC(year, month - 1, day));
}

function nameOf(day: Day): string {
  return dateOf(day).toISOString().slice(0, 10);
}

function weekdayOf(day: Day): Weekday {
  return weekdays[(dateOf(day).getUTCDay() + 6) % 7] ?? 'mon';
}

/** Gives the week whose report is due, by the day it is posted on: the seven days before that one. */
export function weekDue(
  { weekday, atMinute, timeZone }: ReportPlace,
  nowMs: number,
): ReportSpan & { readonly name: string } {
  const today = dayAt(nowMs, timeZone);
  const since = (weekdays.indexOf(weekdayOf(today)) - weekdays.indexOf(weekday) + 7) % 7;
  const minute = Math.floor((nowMs - startOfDay(today, timeZone)) / 60_000);
  const day = today.day - (since === 0 && minute < atMinute ? 7 : since);
  return {
    name: nameOf({ ...today, day }),
    sinceMs: startOfDay({ ...today, day: day - 7 }, timeZone),
    untilMs: startOfDay({ ...today, day }, timeZone),
    timeZone,
  };
}

/**
 * Adds entries up, day by day, so that a year of them needs no memory but four bytes for each time in each of the groups it
 * belongs to: all, its rule and its weekday.
 */
export function createReport(span: ReportSpan) {
  const total = createRow('');
  const rules = new Map<string, ReturnType<typeof createRow>>();
  const byWeekday = new Map(weekdays.map((name) => [name, createRow(name)]));
  const days: ReportRow[] = [];
  const [refusals, findings, reminders] = [createCounts(), createCounts(), createCounts()];
  const failures = { begun: 0, recovered: 0, quiet: 0 };
  const recovery = createTimes();
  const addEnded = (group: ReportGroup, day: ReturnType<typeof createRow>, weekday: Weekday): void => {
    const rule = rules.get(group.name) ?? createRow(group.name);
    rules.set(group.name, rule);
    for (const row of [total, rule, day, byWeekday.get(weekday)]) row?.add(group);
    for (const kind of group.findings.split(' ')) if (kind !== '') findings.add(kind, group.count);
  };
  return {
    add({ name, weekday }: Pick<ReportDay, 'name' | 'weekday'>, groups: readonly ReportGroup[]): void {
      const day = createRow(name);
      for (const group of groups) {
        if (group.kind === 'ended') addEnded(group, day, weekday);
        if (group.kind === 'refusal') refusals.add(group.name, group.count);
        if (group.kind === 'reminder') reminders.add(group.name, group.count);
        if (group.kind === 'failure') failures.begun += group.count;
        if (group.kind === 'recovery') failures[group.how === 'quiet' ? 'quiet' : 'recovered'] += group.count;
        if (group.kind === 'recovery') recovery.add(group.tookS);
      }
      days.push(day.row());
    },
    result(): Report {
      const times = recovery.times();
      const decided = ({ approved, denied }: ReportRow) => approved + denied;
      return {
        ...span,
        total: total.row(),
        rules: [...rules.values()].map(({ row }) => row()).sort((a, b) => decided(b) - decided(a)),
        weekdays: [...byWeekday].map(([name, { row }]) => ({ ...row(), name })),
        days,
        refusals: refusals.list(),
        findings: findings.list(),
        reminders: reminders.list(),
        failures: { ...failures, ...(times ? { times } : {}) },
      };
    },
  };
}

function createRow(name: string) {
  const counts = { approved: 0, denied: 0, elsewhere: 0, overtaken: 0, unknown: 0, late: 0 };
  const times = createTimes();
  return {
    add({ how, isLate, count, tookS }: ReportGroup): void {
      const ending = reportedEndings.find((one) => one === how) ?? 'unknown';
      counts[ending] += count;
      if (isLate) counts.late += count;
      times.add(tookS);
    },
    row(): ReportRow {
      const taken = times.times();
      return { name, ...counts, ...(taken ? { times: taken } : {}) };
    },
  };
}

function createCounts() {
  const counts = new Map<string, number>();
  return {
    add: (name: string, count: number) => void counts.set(name, (counts.get(name) ?? 0) + count),
    list: (): readonly ReportCount[] =>
      [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
  };
}

function createTimes() {
  let seconds = new Uint32Array(16);
  let count = 0;
  return {
    add(more: readonly number[]): void {
      if (count + more.length > seconds.length) {
        const larger = new Uint32Array(Math.max(2 * seconds.length, count + more.length));
        larger.set(seconds);
        seconds = larger;
      }
      seconds.set(more, count);
      count += more.length;
    },
    times(): ReportTimes | undefined {
      if (count === 0) return undefined;
      const sorted = seconds.subarray(0, count).sort();
      const at = (share: number) => (sorted[Math.ceil(share * count) - 1] ?? 0) * 1_000;
      return { count, medianMs: at(0.5), p90Ms: at(0.9) };
    },
  };
}
