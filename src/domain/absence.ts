import { matchesPattern } from '../shared/text.js';
import { isSamePerson, namedBy, type Person, type PersonId } from './person.js';
import { type ApproverRule, actingIdentitiesOf, isDelegateIn, type Policy } from './policy.js';

/** Somebody who is away, and who decides in their place meanwhile. */
export interface Absence {
  /** Unguessable, and short enough to be read out. */
  readonly id: string;
  readonly person: PersonId;
  readonly name: string;
  /** Nobody decides in their place if absent. */
  readonly delegate?: PersonId;
  readonly delegateName?: string;
  /** Name of the approver rule it is about; absent for all. */
  readonly rule?: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Why an absence has ended. */
export type AbsenceEnd =
  /** Its time is over. */
  | 'date'
  /** They are back, or have said something else instead. */
  | 'back'
  | 'replaced'
  /** They said that it was not them. */
  | 'repudiated'
  /** The rights of one of the two are suspended. */
  | 'suspended'
  /** One of the two is no full member of the workspace any more. */
  | 'not-a-member'
  /** No rule names the approver any more. */
  | 'not-an-approver'
  /** No rule lets the delegate be one any more. */
  | 'not-a-delegate'
  /** No system of those rules knows the delegate. */
  | 'not-mapped';

const dayMs = 24 * 60 * 60_000;

/** Nobody is away for longer at once. */
const longestAbsenceMs = 30 * dayMs;

/** Tells whether an absence is about a rule. */
export function isAbout({ rule }: Pick<Absence, 'rule'>, { name }: Pick<ApproverRule, 'name'>): boolean {
  return rule === undefined || rule === name;
}

/** Lists the rules an approver is away from, by what the settings say now. */
export function rulesLeft(
  absence: Pick<Absence, 'rule'>,
  approver: Person,
  { approvers }: Policy,
): readonly ApproverRule[] {
  return approvers.filter((rule) => isAbout(absence, rule) && namedBy(rule, approver) !== 'no');
}

/** What is known of the two now; nobody is ruled out by what is not known. */
export interface AbsencePair {
  readonly approver: Person | undefined;
  readonly delegate: Person | undefined;
}

/** Says why an absence does not stand any more; undefined while it does. */
export function whyAbsenceEnds(
  absence: Absence,
  { approver, delegate }: AbsencePair,
  about: { readonly policy: Policy; readonly systems: readonly string[]; readonly nowMs: number },
): AbsenceEnd | undefined {
  const { policy, systems, nowMs } = about;
  if (nowMs >= absence.untilMs) return 'date';
  const pair = [approver, absence.delegate ? delegate : undefined];
  if (pair.some((one) => one?.isSuspended)) return 'suspended';
  if (pair.some((one) => one && one.membership !== 'member')) return 'not-a-member';
  if (!absence.delegate || !approver || !delegate) return undefined;
  return whyNoDelegate(absence, { approver, delegate }, { policy, systems });
}

/** Says why somebody cannot be an approver's delegate by the rules in force; undefined if they can. */
export function whyNoDelegate(
  absence: Pick<Absence, 'rule'>,
  { approver, delegate }: { readonly approver: Person; readonly delegate: Person },
  { policy, systems }: { readonly policy: Policy; readonly systems: readonly string[] },
): Extract<AbsenceEnd, 'not-an-approver' | 'not-a-delegate' | 'not-mapped'> | undefined {
  const left = rulesLeft(absence, approver, policy);
  if (left.length === 0) return 'not-an-approver';
  const open = left.filter((rule) => isDelegateIn(rule, delegate.id));
  if (open.length === 0) return 'not-a-delegate';
  const isKnown = systems
    .filter((system) => open.some((rule) => isOf(rule, system)))
    .some((system) => actingIdentitiesOf(delegate, system, policy).length > 0);
  return isKnown ? undefined : 'not-mapped';
}

function isOf({ match }: ApproverRule, system: string): boolean {
  return match.system?.some((pattern) => matchesPattern(system, pattern)) ?? true;
}

/** Tells whether one absence takes the place of another of the same person. */
export function replaces(later: Pick<Absence, 'rule'>, earlier: Pick<Absence, 'rule'>): boolean {
  return later.rule === undefined || later.rule === earlier.rule;
}

/** Tells whether somebody is away as far as a rule is concerned. */
export function isAwayFor(absences: readonly Absence[], person: PersonId, rule: ApproverRule): boolean {
  return absences.some((one) => isSamePerson(one.person, person) && isAbout(one, rule));
}

/**
 * Tells whether everybody a rule names is away or may do nothing, and nobody who is here decides in their place.
 *
 * `people`: everybody the rule names, as last known. A rule of which nobody is away is not left by anybody.
 */
export function isUnattended(
  rule: ApproverRule,
  { people, absences }: { readonly people: readonly Person[]; readonly absences: readonly AwayPair[] },
): boolean {
  const about = absences.filter(({ absence }) => isAbout(absence, rule));
  const away = about.map(({ absence }) => absence);
  const isAway = (id: PersonId) => isAwayFor(away, id, rule);
  if (!people.some(({ id }) => isAway(id))) return false;
  const isHere = (person: Person) =>
    person.membership === 'member' && !person.isSuspended && !isAway(person.id);
  return !people.some(isHere) && !about.some((one) => hasDelegateHere(one, rule, { people, isHere }));
}

/** An absence with its delegate as last known. */
export interface AwayPair {
  readonly absence: Absence;
  readonly delegate?: Person | undefined;
}

function hasDelegateHere(
  { absence, delegate }: AwayPair,
  rule: ApproverRule,
  { people, isHere }: { readonly people: readonly Person[]; readonly isHere: (person: Person) => boolean },
): boolean {
  const approver = people.find(({ id }) => isSamePerson(id, absence.person));
  const mayLeave = approver?.membership === 'member' && !approver.isSuspended;
  return mayLeave && delegate !== undefined && isDelegateIn(rule, delegate.id) && isHere(delegate);
}

/** What a typed date comes to: a moment, or why it is none. */
export type UntilReading =
  | { readonly kind: 'until'; readonly untilMs: number }
  | { readonly kind: 'not-a-date' | 'past' | 'too-long' };

const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** What can be typed as a date. */
export const untilExamples = ['2026-12-24', 'Dec 24', 'tomorrow', 'Friday', '3d'] as const;

/**
 * Understands until when somebody is away: to the end of a day by their own clock, or for so many days from now.
 *
 * A day without a year is the next one of its name.
 */
export function readUntil(typed: string, nowMs: number, timeZone = 'UTC'): UntilReading {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/[.,]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^(?:until|till) /, '');
  const untilMs = untilOf(text.trim(), nowMs, timeZone);
  if (untilMs === undefined) return { kind: 'not-a-date' };
  if (untilMs <= nowMs) return { kind: 'past' };
  return untilMs - nowMs > longestAbsenceMs ? { kind: 'too-long' } : { kind: 'until', untilMs };
}

function untilOf(text: string, nowMs: number, timeZone: string): number | undefined {
  const [, days, unit] = /^(\d{1,3}) ?(d|days?|w|weeks?)$/.exec(text) ?? [];
  if (days !== undefined) return nowMs + Number(days) * (unit?.startsWith('w') ? 7 : 1) * dayMs;
  const today = dayAt(nowMs, timeZone);
  const day = dayOf(text, today);
  return day && startOfDay({ ...day, day: day.day + 1 }, timeZone);
}

/** A day of the calendar; a number past the end of its month is one of the next. */
export interface Day {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
}

function dayOf(text: string, today: Day): Day | undefined {
  if (text === 'today') return today;
  if (text === 'tomorrow') return { ...today, day: today.day + 1 };
  const weekday = text.length < 3 ? -1 : weekdayNames.findIndex((name) => isNameOf(text, name));
  if (weekday >= 0) {
    const now = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
    return { ...today, day: today.day + ((weekday - now + 6) % 7) + 1 };
  }
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return realDay({ year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) });
  const named =
    /^(?<day>\d{1,2})(?:st|nd|rd|th)? (?<month>[a-z]{3,9})(?: (?<year>\d{4}))?$/.exec(text) ??
    /^(?<month>[a-z]{3,9}) (?<day>\d{1,2})(?:st|nd|rd|th)?(?: (?<year>\d{4}))?$/.exec(text);
  const { day, month = '', year } = named?.groups ?? {};
  const place = monthNames.findIndex((name) => isNameOf(month, name));
  if (day === undefined || place < 0) return undefined;
  const at = (inYear: number) => realDay({ year: inYear, month: place + 1, day: Number(day) });
  if (year !== undefined) return at(Number(year));
  const thisYear = at(today.year);
  return thisYear && isBefore(thisYear, today) ? at(today.year + 1) : (thisYear ?? at(today.year + 1));
}

function isNameOf(text: string, name: string): boolean {
  return text.length >= 3 && name.startsWith(text);
}

function isBefore(a: Day, b: Day): boolean {
  return Date.UTC(a.year, a.month - 1, a.day) < Date.UTC(b.year, b.month - 1, b.day);
}

/** There is no February 30. */
function realDay({ year, month, day }: Day): Day | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { year, month, day } : undefined;
}

/** Gives the day a clock shows. */
export function dayAt(nowMs: number, timeZone: string): Day {
  const local = new Date(nowMs + offsetAt(nowMs, timeZone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** Gives the moment at which a day begins by a clock. */
export function startOfDay({ year, month, day }: Day, timeZone: string): number {
  const asUtc = Date.UTC(year, month - 1, day);
  const near = asUtc - offsetAt(asUtc, timeZone);
  // Clocks may be put forward or back between the two.
  return asUtc - offsetAt(near, timeZone);
}

/** Making one costs more than many uses of it; there are some six hundred names. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** By how much a clock is ahead of UTC. */
function offsetAt(atMs: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(atMs);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(atMs / 1000) * 1000;
}
