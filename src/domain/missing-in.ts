import type { Approval } from './approval.js';
import type { ApproverRule } from './rules.js';
import { subjectOf } from './subject-of.js';

/** What somebody wrote along with a decision. */
export interface Written {
  readonly verb: 'approve' | 'deny';
  readonly comment?: string;
  /** What they typed to confirm what they approve. */
  readonly typed?: string;
}

/** What a decision lacks: a reason, or the code or subject, letter by letter. */
export type Missing = 'reason' | 'typed';

/** Says what a decision lacks by its rule; a denial always needs a reason. */
export function missingIn(
  { verb, comment = '', typed = '' }: Written,
  { rule, approval }: { readonly rule: ApproverRule | undefined; readonly approval: Approval },
): Missing | undefined {
  const needsReason = verb === 'deny' || rule?.approveWith === 'reason';
  if (needsReason && comment.trim() === '') return 'reason';
  const needsTyped = verb === 'approve' && rule?.approveWith === 'typed';
  return needsTyped && !isTypedRight(typed.trim(), approval) ? 'typed' : undefined;
}

/** Codes are said aloud, so their case does not matter; a subject has to be typed exactly, and nothing never fits. */
function isTypedRight(typed: string, approval: Approval): boolean {
  if (typed === '') return false;
  return typed.toUpperCase() === approval.code.toUpperCase() || typed === subjectOf(approval).trim();
}
