import type { Approval } from './approval.js';
import type { Vote } from './decision.js';
import type { DecisionFacts } from './decision-facts.js';
import { isSamePerson, type PersonId } from './person.js';
import type { ApproverRule, Policy } from './rules.js';

/** What somebody decided and saw, so that it can be looked up by a short code, and disowned. */
export interface Receipt {
  readonly code: string;
  readonly approvalId: string;
  readonly vote: Vote;
  /** The facts of the request as they were then. */
  readonly shown: DecisionFacts;
}

/** Why somebody's rights are suspended: they said that a decision in their name was not theirs. */
export interface Suspension {
  readonly person: PersonId;
  readonly name: string;
  /** The receipt they disowned. */
  readonly receipt: string;
  readonly atMs: number;
}

/** Tells whether a decision by a rule is confirmed by a receipt. */
export function wantsReceipt(rule: ApproverRule, { receipts = 'off' }: Pick<Policy, 'receipts'>): boolean {
  if (receipts !== 'risky') return receipts === 'all';
  return rule.quorum > 1 || rule.holdMs !== undefined || rule.approveWith === 'typed';
}

/** Tells whether what was decided about an approval may have left for its system. */
export function hasLeftUs({ state }: Approval): boolean {
  return state.kind !== 'waiting' && state.kind !== 'held';
}

/** Tells whether a receipt is somebody's own. */
export function isReceiptOf({ vote }: Receipt, person: PersonId): boolean {
  return isSamePerson(vote.person, person);
}
