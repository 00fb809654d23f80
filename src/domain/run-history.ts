import type { Approval } from './approval.js';
import { decisionOf } from './approval-state.js';
import type { ChangeRecord } from './change-record.js';
import type { Vote } from './decision.js';
import { isSamePerson } from './person.js';

/** Something the bot remembers of a run. */
export type RunEvent =
  | { readonly kind: 'put'; readonly atMs: number; readonly approval: Approval }
  | { readonly kind: 'vote'; readonly atMs: number; readonly vote: Vote }
  | { readonly kind: 'ended'; readonly atMs: number; readonly approval: Approval }
  | { readonly kind: 'change'; readonly atMs: number; readonly record: ChangeRecord };

/** Puts what is remembered of a run into one order, oldest first. */
export function runHistory(
  approvals: readonly { readonly approval: Approval; readonly votes: readonly Vote[] }[],
  changes: readonly ChangeRecord[],
): readonly RunEvent[] {
  const inbound = changes.flatMap((record): readonly RunEvent[] =>
    record.confirmedAtMs === undefined ? [] : [{ kind: 'change', atMs: record.confirmedAtMs, record }],
  );
  const events = [...approvals.flatMap(eventsOf), ...inbound];
  return events.sort((a, b) => a.atMs - b.atMs);
}

function eventsOf({
  approval,
  votes,
}: {
  readonly approval: Approval;
  readonly votes: readonly Vote[];
}): readonly RunEvent[] {
  const { state, waitingSinceMs } = approval;
  // A denial is no vote towards a quorum: only the decision tells of it.
  const decided = decisionOf(state)?.votes ?? [];
  const more = decided.filter((one) => !votes.some((vote) => isSameVote(vote, one)));
  return [
    { kind: 'put', atMs: waitingSinceMs, approval },
    ...[...votes, ...more].map((vote) => ({ kind: 'vote', atMs: vote.atMs, vote }) as const),
    ...(state.kind === 'ended' ? [{ kind: 'ended', atMs: state.atMs, approval } as const] : []),
  ];
}

function isSameVote(a: Vote, b: Vote): boolean {
  return isSamePerson(a.person, b.person) && a.atMs === b.atMs;
}
