import { type Approval, hasOpenQuestion } from './approval.js';
import type { ReminderRule, ReminderTime } from './policy.js';

/** What can be said about an approval nobody has decided. */
export type ReminderKind = 'remind' | 'escalate' | 'expire';

/** What is to be said now, and what comes next. */
interface RemindersDue {
  /** Each once, however many of its times have passed. */
  readonly kinds: readonly ReminderKind[];
  /** The times that count as said from now on, as `said` of the next call. */
  readonly said: readonly string[];
  /** When to look again; absent when nothing is left to say. */
  readonly nextAtMs?: number;
}

/**
 * Works out what is due about an approval nobody has decided, by the rule in force.
 *
 * A reminder whose time had passed when the approval came is none: its card has just said the same. Whoever is to hear
 * of it before its date hears of it at once then.
 */
export function remindersDue(
  approval: Pick<Approval, 'instance' | 'waitingSinceMs' | 'questions'>,
  rule: ReminderRule,
  {
    said,
    nowMs,
    quietUntilMs,
  }: { readonly said: readonly string[]; readonly nowMs: number; readonly quietUntilMs?: number | undefined },
): RemindersDue {
  const { remind, escalate, expireAfterMs } = rule;
  const all = [
    ...remind.map((time) => entryOf('remind', time, approval)),
    ...(escalate?.times ?? []).map((time) => entryOf('escalate', time, approval)),
    ...(expireAfterMs === undefined ? [] : [entryOf('expire', { afterMs: expireAfterMs }, approval)]),
  ].filter((entry) => entry !== undefined);
  // Whoever waits for an answer need not be reminded that they wait; a date does not wait.
  const isPaused = hasOpenQuestion(approval);
  const open = all.filter(
    ({ key, kind }) => !said.includes(key) && !(isPaused && kind !== 'expire' && key.includes('+')),
  );
  const isOver = ({ kind, atMs }: Entry) => kind === 'remind' && atMs <= approval.waitingSinceMs;
  const due = open.filter(({ atMs }) => atMs <= nowMs);
  const [now, later] =
    quietUntilMs === undefined ? [due, []] : [due.filter(isOver), due.filter((one) => !isOver(one))];
  const next = [
    ...open.filter(({ atMs }) => atMs > nowMs).map(({ atMs }) => atMs),
    ...(later.length > 0 && quietUntilMs !== undefined ? [quietUntilMs] : []),
  ];
  return {
    kinds: [...new Set(now.filter((entry) => !isOver(entry)).map(({ kind }) => kind))],
    said: [...said, ...now.map(({ key }) => key)],
    ...(next.length === 0 ? {} : { nextAtMs: Math.min(...next) }),
  };
}

/**
 * Tells whether an approval waits over its time: its date has passed, or the first of the times at which its rule has
 * somebody else hear of it.
 */
export function isOverTime(
  approval: Pick<Approval, 'instance' | 'waitingSinceMs'>,
  rule: ReminderRule | undefined,
  nowMs: number,
): boolean {
  if (urgencyOf(approval, nowMs).isOverdue) return true;
  const times = [
    ...(rule?.escalate?.times ?? []),
    ...(rule?.expireAfterMs === undefined ? [] : [{ afterMs: rule.expireAfterMs }]),
  ];
  return times.some((time) => (entryOf('escalate', time, approval)?.atMs ?? nowMs + 1) <= nowMs);
}

interface Entry {
  readonly kind: ReminderKind;
  /** Names the time as the rule writes it, so that a changed rule says what is new in it. */
  readonly key: string;
  readonly atMs: number;
}

function entryOf(
  kind: ReminderKind,
  time: ReminderTime,
  approval: Pick<Approval, 'instance' | 'waitingSinceMs'>,
): Entry | undefined {
  if ('afterMs' in time) {
    const { afterMs } = time;
    return { kind, key: `${kind}+${afterMs}`, atMs: approval.waitingSinceMs + afterMs };
  }
  const deadlineMs = deadlineOf(approval);
  if (deadlineMs === undefined) return undefined;
  const { beforeDeadlineMs } = time;
  return { kind, key: `${kind}-${beforeDeadlineMs}`, atMs: deadlineMs - beforeDeadlineMs };
}

/** How soon something has to be decided, the most pressing first. */
const urgencyLevels = ['high', 'medium', 'low'] as const;

/** How much an open approval presses at a time. */
export interface Urgency {
  readonly level: (typeof urgencyLevels)[number];
  /** Epoch milliseconds by which it should be decided; absent where nothing sets a date. */
  readonly deadlineMs?: number;
  /** Whether that date has passed. */
  readonly isOverdue: boolean;
}

const dayMs = 24 * 60 * 60_000;

/** Within these an approval presses that much: time left until its date, and time it has waited already. */
const limits = {
  high: { leftMs: 2 * dayMs, waitedMs: 7 * dayMs },
  medium: { leftMs: 14 * dayMs, waitedMs: dayMs },
} as const;

/**
 * Says how much an open approval presses: a key known to somebody else at once, anything else by the date of what it
 * is about, and by how long it has waited.
 */
export function urgencyOf(
  { instance, waitingSinceMs }: Pick<Approval, 'instance' | 'waitingSinceMs'>,
  nowMs: number,
): Urgency {
  const deadlineMs = deadlineOf({ instance });
  const leftMs = deadlineMs === undefined ? Number.POSITIVE_INFINITY : deadlineMs - nowMs;
  const waitedMs = nowMs - waitingSinceMs;
  const isWithin = ({ leftMs: left, waitedMs: waited }: (typeof limits)['high' | 'medium']) =>
    leftMs <= left || waitedMs >= waited;
  const isHigh = isKeyCompromised({ instance }) || isWithin(limits.high);
  return {
    level: isHigh ? 'high' : isWithin(limits.medium) ? 'medium' : 'low',
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    isOverdue: leftMs < 0,
  };
}

/**
 * Gives the date by which a request should be decided: when the certificate it replaces expires, or what a workflow has
 * set, whichever is earlier.
 */
export function deadlineOf({ instance }: Pick<Approval, 'instance'>): number | undefined {
  const { replaces, due } = instance.facts;
  const dates = [replaces?.expiresAtMs, due === undefined ? undefined : Date.parse(due)];
  const known = dates.filter((date): date is number => date !== undefined && !Number.isNaN(date));
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Reasons of a revocation, as systems write them, that say that somebody else may have the key. */
const compromises = /^(key|ca|aa)\s*_?-?compromise$/i;

/** Tells whether somebody else may have the key of what is to be revoked. */
export function isKeyCompromised({ instance }: Pick<Approval, 'instance'>): boolean {
  return compromises.test(instance.facts.revocation?.reason?.trim() ?? '');
}

/** Where an approval stands among others, by what presses most: level, then date, then the longest wait. */
export type UrgencyPlace = readonly [level: number, deadlineMs: number, sinceMs: number];

/** Gives the place of an approval among others at a time. */
export function urgencyPlace(
  approval: Pick<Approval, 'instance' | 'waitingSinceMs'>,
  nowMs: number,
): UrgencyPlace {
  const { level, deadlineMs = Number.MAX_SAFE_INTEGER } = urgencyOf(approval, nowMs);
  return [urgencyLevels.indexOf(level), deadlineMs, approval.waitingSinceMs];
}

/** Compares two places, for a sort with the most pressing first. */
export function byUrgency(a: UrgencyPlace, b: UrgencyPlace): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
