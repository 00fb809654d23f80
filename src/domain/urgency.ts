import type { Approval } from './approval.js';

/** How soon something has to be decided, the most pressing first. */
export const urgencyLevels = ['high', 'medium', 'low'] as const;

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
