import type { PersonId } from './person.js';

/** The two answers a waiting step takes. */
export type Verdict = 'approve' | 'deny';

/** One person's verdict about one revision of the facts. */
export interface Vote {
  readonly person: PersonId;
  readonly name: string;
  /** Names the system knows the person by, so that two chat accounts of one person count once. */
  readonly identities: readonly string[];
  readonly verdict: Verdict;
  /** Which of the outputs a workflow offered, by its name there; absent where there are only the two answers. */
  readonly output?: string;
  readonly comment?: string;
  readonly atMs: number;
  /** Revision of the approval's facts that the person saw. */
  readonly revision: number;
}

/** A vote the system has counted by its person's own signal, and waits for more; `isInferred` if only reading suggests so. */
export interface CountedVote extends Vote {
  readonly isInferred?: boolean;
}

/** What people chose together: one denial, or as many approvals as the rule wants. */
export interface Decision {
  readonly verdict: Verdict;
  /** The output they agreed on, where the workflow offered outputs of its own. */
  readonly output?: string;
  readonly votes: readonly Vote[];
  readonly atMs: number;
}
