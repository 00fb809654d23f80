import { type Approval, hasOpenQuestion } from './approval.js';
import type { ReminderRule, ReminderTime } from './policy.js';
import { deadlineOf, urgencyOf } from './urgency.js';

/** What can be said about an approval nobody has decided. */
export type ReminderKind = 'remind' | 'escalate' | 'expire';

/** What is to be said now, and what comes next. */
export interface RemindersDue {
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
