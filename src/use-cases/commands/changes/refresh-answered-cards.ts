import { activityIdOf, mayHaveArrived } from '../../../domain/alert-conflict.js';
import { systemOfChange } from '../../../domain/change.js';
import type { ChangeRecord } from '../../../domain/change-record.js';
import { priorities } from '../../../domain/delivery.js';
import type { Transaction } from '../../../ports/store.js';
import type { Context } from '../../context.js';

/**
 * Makes cards due that were put while a command was on its way to their activity, once it is known that the
 * command answered nothing: they must not say any more that it may have.
 */
export async function refreshAnsweredCards(
  context: Context,
  transaction: Transaction,
  over: ChangeRecord,
  before: ChangeRecord['phase'],
): Promise<void> {
  const { change } = over;
  if (change.kind !== 'alert' || before !== 'sending' || mayHaveArrived(over)) return;
  const activityId = activityIdOf(change.activityId);
  for (const approval of await transaction.listOpenApprovals(systemOfChange(change))) {
    if (approval.told?.activityId !== activityId) continue;
    await transaction.saveApproval(approval, priorities.progress, context.now());
  }
}
