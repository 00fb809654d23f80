import { type Failure, followFailure } from '../../domain/alerts/failure.js';
import type { Instance, InstanceRef } from '../../domain/instance.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';

/** How a run with an open failure, or the one it goes on as, was just found. */
export interface FailureSnapshot {
  /** The run that failed; the one it goes on as may have a failure of its own. */
  readonly ref: InstanceRef;
  /** Absent when it cannot be read any more. */
  readonly instance?: Instance;
  readonly successors: readonly InstanceRef[];
}

/** Runs not told as changed that a full look reads all the same. */
const mostReadings = 50;

/**
 * Finds out how the runs of open failures stand: from what was observed, and in a full look by reading the others.
 *
 * What cannot be reached is left as it was.
 */
export async function seeFailures(
  context: Context,
  backend: WorkflowBackend,
  observed: { readonly instances: readonly Instance[]; readonly isFull: boolean },
): Promise<readonly FailureSnapshot[]> {
  const open = await context.store.listOpenFailures(backend.system);
  const byId = new Map(observed.instances.map((instance) => [instance.ref.id, instance]));
  const snapshots: FailureSnapshot[] = [];
  let readings = 0;
  for (const failure of open) {
    const of = failure.instance.ref;
    // A restarted run stays as it is; how it goes on is told by its successor.
    const last = failure.successor ?? of;
    const reported = byId.get(last.id);
    // What was aborted stays so; reading it again and again would leave no time for the others.
    const isWanted = observed.isFull && failure.instance.status.kind !== 'aborted';
    if (!reported && (!isWanted || readings >= mostReadings)) continue;
    if (!reported) readings += 1;
    snapshots.push(...(await poll(context, backend, { of, last, told: reported, byId })));
  }
  return snapshots;
}

interface Sought {
  /** The run that failed. */
  readonly of: InstanceRef;
  /** Where it goes on, or itself. */
  readonly last: InstanceRef;
  readonly told: Instance | undefined;
  readonly byId: ReadonlyMap<string, Instance>;
}

async function poll(
  context: Context,
  backend: WorkflowBackend,
  { of, last, told: reported, byId }: Sought,
): Promise<readonly FailureSnapshot[]> {
  try {
    const reading = reported
      ? { kind: 'found' as const, instance: reported }
      : await backend.getInstance(last);
    if (reading.kind === 'not-visible') return [{ ref: of, successors: [] }];
    const { instance } = reading;
    if (instance.status.kind !== 'canceled-for-restart') return [{ ref: of, instance, successors: [] }];
    const successors = (await backend.operations.findSuccessors?.(instance)) ?? [];
    const [only] = successors;
    // What a run goes on as may have been told in the same look.
    const successor = only && successors.length === 1 ? byId.get(only.id) : undefined;
    const goesOn = successor ? [{ ref: of, instance: successor, successors: [] }] : [];
    return [{ ref: of, instance, successors }, ...goesOn];
  } catch (error) {
    return leftOut(context, last, error);
  }
}

function leftOut(context: Context, { system, id }: InstanceRef, error: unknown): readonly FailureSnapshot[] {
  if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
  context.log.warn({ system, instance: id, err: error }, 'A failed run could not be looked at');
  return [];
}

/** Takes down what has become of failures; returns the incidents it concerns. */
export async function followFailures(
  transaction: Transaction,
  snapshots: readonly FailureSnapshot[],
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  for (const snapshot of snapshots) {
    const failure = await transaction.findFailure(snapshot.ref);
    if (!failure) continue;
    const next = after(failure, snapshot);
    if (next === failure || (next.state === failure.state && next.successor === failure.successor)) continue;
    await transaction.putFailure(next);
    touched.add(failure.incidentId);
  }
  return touched;
}

function after(failure: Failure, { instance, successors }: FailureSnapshot): Failure {
  return instance ? followFailure(failure, instance, successors) : { ...failure, state: 'gone' };
}
