import type { Snapshot } from '../../domain/follow-approval.js';
import type { Observation, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Tracked } from '../../ports/store.js';
import { noteChanges, sinceLastPoll } from '../alerts/note-changes.js';
import type { Context } from '../context.js';
import { LeaseLost } from '../replicas/fenced.js';
import { settleSignals } from '../signals/settle-signals.js';
import { followRun } from './follow-run.js';
import { noteResponse, noteSilence } from './note-silence.js';
import { openApproval } from './put-approval.js';
import { requirementOf } from './requirement-of.js';

/** How an observation of one system went. */
export type ObserveOutcome =
  | { readonly kind: 'observed'; readonly snapshots: number }
  | { readonly kind: 'unreachable'; readonly error: BackendError | ContractError };

/** A look that takes longer ends once it has taken in so much; the next one finds the rest. */
const enough = { ms: 20_000, snapshots: 20 };

/**
 * Observes one system: puts new approvals to people, follows those that are open, and settles what crashed or
 * timed out.
 *
 * When the system cannot be looked at, nothing is forgotten and nothing is said; decisions that wait for it
 * are still given up in time.
 */
export async function observeWorkflows(context: Context, backend: WorkflowBackend): Promise<ObserveOutcome> {
  const open = await context.store.listTracked(backend.system);
  try {
    return await pollSystem(context, backend, open);
  } finally {
    await settleSignals(context, backend);
    context.scheduleDelivery();
  }
}

async function pollSystem(
  context: Context,
  backend: WorkflowBackend,
  open: readonly Tracked[],
): Promise<ObserveOutcome> {
  const since = await sinceLastPoll(context, backend.system);
  let observation: Observation;
  try {
    observation = await backend.observe(latestOfEach(open), since);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system: backend.system, err: error },
      'Could not observe; nothing was concluded from it',
    );
    await noteSilence(context, backend.system);
    return { kind: 'unreachable', error };
  }
  await noteResponse(context, backend.system);
  let snapshots = 0;
  const untilMs = context.now() + enough.ms;
  let openByInstance: ReadonlyMap<string, readonly Tracked[]> | undefined;
  for await (const snapshot of observation.snapshots) {
    snapshots += 1;
    const id = snapshot.kind === 'seen' ? snapshot.instance.ref.id : snapshot.ref.id;
    // Most looks see nothing new.
    openByInstance ??= byInstance(open);
    const befores = openByInstance.get(id) ?? [];
    try {
      for (const before of befores) await followRun(context, { backend, before, snapshot });
      if (snapshot.kind === 'seen') await openIfNew(context, backend, snapshot, befores);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const err = error instanceof Error ? error : new Error(String(error));
      context.log.error(
        { system: backend.system, instance: id, err },
        'One run could not be followed; the others were',
      );
    }
    // Decisions that wait to be settled do not wait for all that is new.
    if (snapshots >= enough.snapshots && context.now() >= untilMs) break;
  }
  const { changes } = observation;
  if (since && changes) await noteChanges(context, backend, { since, changes });
  return { kind: 'observed', snapshots };
}

/** What was seen last of each run. */
function latestOfEach(open: readonly Tracked[]): readonly Tracked[] {
  return [...new Map(open.map((approval) => [approval.ref.id, approval])).values()];
}

/** A run whose branches ask at the same time has several. */
function byInstance(open: readonly Tracked[]): ReadonlyMap<string, readonly Tracked[]> {
  const grouped = new Map<string, Tracked[]>();
  for (const approval of open) {
    const { id } = approval.ref;
    const alike = grouped.get(id);
    if (alike) alike.push(approval);
    else grouped.set(id, [approval]);
  }
  return grouped;
}

/**
 * A run that has come to wait is a new approval, unless it was open at this step when the look began: then it
 * either still is, or was decided meanwhile and what was seen is old.
 */
async function openIfNew(
  context: Context,
  backend: WorkflowBackend,
  snapshot: Extract<Snapshot, { kind: 'seen' }>,
  befores: readonly Tracked[],
): Promise<void> {
  const { instance, isAssigned } = snapshot;
  const step = instance.step?.uniqueName;
  if (!isAssigned || !instance.awaitsApproval || befores.some((before) => before.step === step)) return;
  const requirement = await requirementOf(context, backend, instance);
  const approval = await openApproval(context, { instance, requirement });
  if (!approval) return;
  const { code } = approval;
  context.log.info(
    { system: backend.system, instance: instance.ref.id, step, code },
    'Put an approval to people',
  );
}
