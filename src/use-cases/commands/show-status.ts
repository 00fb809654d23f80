import { isLegal } from '../../domain/change.js';
import type { Instance } from '../../domain/instance.js';
import type { Reply, StatusReport } from '../../domain/reply.js';
import type { CommandWork } from './command-work.js';
import { findRun } from './find-run.js';
import { reportHistory } from './report-history.js';
import { rowOf } from './rows.js';
import { whoCanAct } from './who-can-act.js';

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
    legal: (backend?.operations.changes ?? []).filter(
      (kind) => kind !== 'execute' && isLegal(kind, instance),
    ),
    ...(link === undefined ? {} : { link }),
    ...(approval ? { approval } : {}),
    ...(requirement ? { requirement } : {}),
    ...(canAct ? { canAct } : {}),
    history: await reportHistory(context, instance.ref),
  };
}
