import { approvalAnsweredBy } from '../../../domain/alert-conflict.js';
import { type Change, systemOfChange } from '../../../domain/change.js';
import type { OpenApproval } from '../../../domain/open-approval.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Transaction } from '../../../ports/store.js';
import { findCopy } from '../approvals/find-copy.js';

/**
 * Finds the open approval a change would answer past its approvers, and where its card is; absent if there is
 * none.
 *
 * Nobody's operator rule allows that: how many must agree, and who must not, is said by the approver rules.
 */
export async function findOpenApproval(
  transaction: Transaction,
  change: Change,
  asker: Asker,
): Promise<OpenApproval | undefined> {
  if (change.kind !== 'alert') return undefined;
  const open = await transaction.listOpenApprovals(systemOfChange(change));
  const approval = approvalAnsweredBy(open, change);
  if (!approval) return undefined;
  const { id, code, told: reported } = approval;
  const copy = await findCopy({ store: transaction }, id, asker);
  const isActivityKnown = reported?.activityId !== undefined;
  return { code, isActivityKnown, ...(copy?.channel === undefined ? {} : { channel: copy.channel }) };
}
