import type { Approval } from './approval.js';
import type { ApprovalState } from './approval-state.js';
import type { CountedVote, Decision, Vote } from './decision.js';
import { isSamePerson } from './person.js';

type Counting = Pick<Approval, 'counted'>;

/** Tells whether the system has counted a person's own signal. */
export function isCounted({ counted = [] }: Counting, person: Vote['person']): boolean {
  return counted.some((one) => isSamePerson(one.person, person));
}

/** Leaves out votes of people whose own signal the system has counted. */
export function notCounted(approval: Counting, votes: readonly Vote[]): readonly Vote[] {
  return votes.filter(({ person }) => !isCounted(approval, person));
}

/** Lists votes with those the system has counted, which stand whatever became of the facts. */
export function withCounted(approval: Counting, votes: readonly Vote[]): readonly Vote[] {
  const { counted = [] } = approval;
  return [...counted, ...notCounted(approval, votes)];
}

/** Adds the vote of whoever a signal went out for to those the system has counted. */
export function countedAfter(
  { counted = [] }: Counting,
  vote: Vote,
  isInferred: boolean,
): readonly CountedVote[] {
  return [...counted, { ...vote, ...(isInferred ? { isInferred } : {}) }];
}

/** Says how an approval stands in its system: one that waits for more identities is not simply waiting. */
export function membershipOf({ state, counted = [] }: Pick<Approval, 'state' | 'counted'>): ApprovalState {
  const last = counted.at(-1);
  if (state.kind !== 'waiting' || !last) return state;
  const isInferred = counted.some((one) => one.isInferred === true);
  const decision = { verdict: 'approve', votes: counted, atMs: last.atMs } as const;
  return { kind: 'recorded', decision, ...(isInferred ? { isInferred } : {}) };
}

/** Gives the whole of what people decided, with what the system had counted before. */
export function wholeDecision(approval: Pick<Approval, 'state' | 'counted'>): Decision | undefined {
  const state = membershipOf(approval);
  if (!('decision' in state) || state.decision === undefined) return undefined;
  const { decision } = state;
  return decision.verdict === 'approve'
    ? { ...decision, votes: withCounted(approval, decision.votes) }
    : decision;
}
