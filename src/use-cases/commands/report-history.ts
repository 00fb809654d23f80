import type { InstanceRef } from '../../domain/instance.js';
import { type RunEvent, runHistory } from '../../domain/run-history.js';
import type { Context } from '../context.js';

/** Tells what is remembered of a run: its approvals, the votes on them, how they ended, and what people changed. */
export async function reportHistory({ store }: Context, ref: InstanceRef): Promise<readonly RunEvent[]> {
  const approvals = [];
  for (const approval of await store.listApprovalsOf(ref)) {
    approvals.push({ approval, votes: await store.listVotes(approval.id) });
  }
  return runHistory(approvals, await store.listChangesOn(ref));
}
