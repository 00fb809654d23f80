import type { DeliverySubject, HeldNotice, Notice } from './notification.js';
import type { PersonId } from './person.js';
import { dayDue, quietUntil, type Weekday, weekdays } from './quiet-hours.js';

/** How somebody takes direct messages: each when it comes, a summary once a day instead, or none. */
export const directMessageModes = ['each', 'daily', 'off'] as const;

/**
 * What somebody has chosen for the direct messages they get. It only takes away from what the rules send, and says
 * nothing about who may decide.
 */
export interface NotificationPreferences {
  readonly person: PersonId;
  readonly directMessages: (typeof directMessageModes)[number];
  /** When the daily summary is sent, in minutes since midnight by the person's own clock. */
  readonly dailyAtMinute: number;
  /** Hours of every day in which nothing is sent; they may go across midnight. */
  readonly quiet?: { readonly fromMinute: number; readonly toMinute: number };
  /** Nothing is sent on any other day. */
  readonly workingDays: readonly Weekday[];
}

/** What holds for whoever has chosen nothing. */
export const usualPreferences: Omit<NotificationPreferences, 'person'> = {
  directMessages: 'each',
  dailyAtMinute: 9 * 60,
  workingDays: weekdays,
};

/**
 * How a notification may be withheld: `never`; `quiet`: kept until quiet hours end, whatever else was chosen, since
 * somebody waits for an answer; `any`: also left out or put into a summary.
 */
type Withholding = 'never' | 'quiet' | 'any';

const ofNotices: Readonly<Record<Notice['kind'], Withholding>> = {
  // What came of a person's own decision or change, which nobody else can tell them.
  receipt: 'never',
  released: 'never',
  'outcome-unknown': 'never',
  'late-answer': 'never',
  'vote-void': 'never',
  change: 'never',
  batch: 'never',
  bulk: 'never',
  'bulk-summary': 'never',
  // What tells somebody that something is done in their name.
  linked: 'never',
  'link-ended': 'never',
  absence: 'never',
  'absence-ended': 'never',
  operators: 'never',
  expiring: 'never',
  report: 'never',
  question: 'quiet',
  answered: 'quiet',
  // It may hold one of these.
  summary: 'quiet',
  opened: 'any',
  outcome: 'any',
  reminder: 'any',
  escalation: 'any',
  undecided: 'any',
};

function withholdingOf(subject: DeliverySubject): Withholding {
  if (subject.kind === 'notice') return ofNotices[subject.notice.kind];
  return subject.kind === 'card' || subject.kind === 'digest' ? 'any' : 'never';
}

/** What becomes of a direct message; `until`: when to decide again. */
export type MessageHandling =
  | { readonly kind: 'send' }
  | { readonly kind: 'hold'; readonly untilMs: number }
  | { readonly kind: 'leave-out' };

/** Held for a summary, a message is looked at again after this at the latest. */
const summaryWithinMs = 26 * 60 * 60_000;

/** Says what becomes of a direct message that was not posted yet, by what its reader has chosen. */
export function handlingOf(
  subject: DeliverySubject,
  preferences: NotificationPreferences | undefined,
  when: { readonly timeZone: string | undefined; readonly nowMs: number },
): MessageHandling {
  const withholding = withholdingOf(subject);
  if (!preferences || withholding === 'never') return { kind: 'send' };
  const { directMessages } = preferences;
  const kind = subject.kind === 'notice' ? subject.notice.kind : subject.kind;
  if (withholding === 'any' && directMessages === 'off') return { kind: 'leave-out' };
  const isDaily = withholding === 'any' && directMessages === 'daily';
  const quietUntilMs = ownQuietUntil(preferences, when);
  // What a summary says anyway need not be kept for it; nor is a count of cards true once it could be sent.
  const isRepeated = kind === 'digest' || (isDaily && kind === 'reminder');
  if (isRepeated && (isDaily || quietUntilMs !== undefined)) return { kind: 'leave-out' };
  if (isDaily) return { kind: 'hold', untilMs: when.nowMs + summaryWithinMs };
  return quietUntilMs === undefined ? { kind: 'send' } : { kind: 'hold', untilMs: quietUntilMs };
}

/** Tells until when nothing is sent to somebody, by hours and days of their own; undefined outside these. */
function ownQuietUntil(
  { quiet, workingDays }: NotificationPreferences,
  { timeZone = 'UTC', nowMs }: { readonly timeZone: string | undefined; readonly nowMs: number },
): number | undefined {
  const days = weekdays.filter((day) => !workingDays.includes(day));
  // On no day at all would be for good, which is not what quiet hours are for.
  if (!quiet && (days.length === 0 || days.length === weekdays.length)) return undefined;
  const { fromMinute, toMinute } = quiet ?? { fromMinute: 0, toMinute: 0 };
  return quietUntil(
    { fromMinute, toMinute, timeZone, ...(days.length < weekdays.length ? { days } : {}) },
    nowMs,
  );
}

/**
 * Names the day whose summary is due by the person's own clock; undefined for whoever wants none, before its time, once
 * it is done with, and while nothing is sent to them.
 */
export function summaryDue(
  preferences: NotificationPreferences,
  {
    doneDay,
    ...when
  }: { readonly timeZone: string | undefined; readonly nowMs: number; readonly doneDay: string | undefined },
): string | undefined {
  const { directMessages, dailyAtMinute } = preferences;
  if (directMessages !== 'daily') return undefined;
  const day = dayDue({ dailyAtMinute, timeZone: when.timeZone ?? 'UTC' }, when.nowMs);
  return day === doneDay || ownQuietUntil(preferences, when) !== undefined ? undefined : day;
}

/** Tells whether a notice can be kept for later and then be said together with others. */
export function isHeldNotice(notice: Notice): notice is HeldNotice {
  const { kind } = notice;
  return (
    kind === 'opened' ||
    kind === 'outcome' ||
    kind === 'question' ||
    kind === 'answered' ||
    kind === 'escalation' ||
    kind === 'undecided'
  );
}
