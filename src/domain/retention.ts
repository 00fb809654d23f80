import type { Approval } from './approval.js';
import type { InstanceRef } from './instance.js';

/** Kinds of what is over, each with a time of its own in the settings. */
export type RetentionKind = 'approvals' | 'alerts' | 'changes' | 'ledger';

/** How long what is over is kept, in milliseconds; what is absent is kept for good. */
export type RetentionTimes = Readonly<Partial<Record<RetentionKind, number>>>;

/** What is gone through, in this order, for each setting: what belongs to an approval follows it. */
export const removedWith = {
  approvals: ['approvals', 'clicks', 'receipts', 'notices', 'shadow-records'],
  alerts: ['alerts'],
  changes: ['changes'],
} as const;

/** Tells whether an approval ended before a time, and whether what became of its decision is known. */
export function isLongOver({ state }: Pick<Approval, 'state'>, beforeMs: number): boolean {
  return state.kind === 'ended' && state.atMs < beforeMs && state.ending.kind !== 'outcome-unknown';
}

/** Names the note by which a run is on hold: nothing about it is removed. */
export function holdKey({ system, id }: InstanceRef): string {
  return `hold/${system}/${id}`;
}

/** Names what a workflow may send again about an approval it asked for, each once. */
export function inboundKeys(
  { system, id }: InstanceRef,
  step: string,
  activityId: string | undefined,
): readonly string[] {
  const of = (...parts: readonly string[]) => JSON.stringify([system, id, ...parts]);
  const own = activityId === undefined ? of('step', step, '') : of('activity', activityId);
  return [of('step', step), own];
}

/**
 * Lists by which keys a request is known to be about something that was removed.
 *
 * One with another activity at the same step has come there once more, unless the one before had none.
 */
export function keysOfRequest(
  ref: InstanceRef,
  step: string,
  activityId: string | undefined,
): readonly string[] {
  const [byStep = '', ...own] = inboundKeys(ref, step, activityId);
  if (activityId === undefined) return [byStep];
  return [...own, ...inboundKeys(ref, step, undefined).slice(1)];
}
