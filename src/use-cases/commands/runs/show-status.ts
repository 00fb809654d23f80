import { isAllowed } from '../../../domain/change.js';
import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { Reply, StatusReport } from '../../../domain/reply.js';
import { type RunEvent, runHistory } from '../../../domain/run-history.js';
import type { Context } from '../../context.js';
import { whoCanAct } from '../approvals/who-can-act.js';
import type { CommandWork } from '../command-work.js';
import { findRun } from './find-run.js';
import { rowOf } from './rows.js';

/** Shows where a run stands, what is known of its approval, and what can be done next. */
export async function showStatus(work: CommandWork, typed: string): Promise<Reply> {
  const found = await findRun(work, 'status', typed);
  return found.kind === 'reply'
    ? found.reply
    : { kind: 'status', status: await reportOn(work, found.instance) };
}

/** Puts together what is known of a run. */
export async function reportOn({ context }: CommandWork, instance: Instance): Promise<StatusReport> {
  const backend = context.backends.get(instance.ref.system);
  const approval = await context.store.latestApprovalOf(instance.ref);
  const link = backend?.linkTo(instance);
  const canAct = approval && (await whoCanAct(context, approval));
  const requirement = instance.awaitsApproval ? await backend?.requirementOf(instance) : undefined;
  return {
    ...(await rowOf(context, instance)),
    allowed: (backend?.operations.changes ?? []).filter(
      (kind) => kind !== 'execute' && isAllowed(kind, instance),
    ),
    ...(link === undefined ? {} : { link }),
    ...(approval ? { approval } : {}),
    ...(requirement ? { requirement } : {}),
    ...(canAct ? { canAct } : {}),
    history: await reportHistory(context, instance.ref),
  };
}

/** Tells what is remembered of a run: its approvals, the votes on them, how they ended, and what people changed. */
async function reportHistory({ store }: Context, ref: InstanceRef): Promise<readonly RunEvent[]> {
  const approvals = [];
  for (const approval of await store.listApprovalsOf(ref)) {
    approvals.push({ approval, votes: await store.listVotes(approval.id) });
  }
  return runHistory(approvals, await store.listChangesOn(ref));
}
