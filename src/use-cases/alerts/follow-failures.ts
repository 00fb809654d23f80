import { type Failure, followFailure } from '../../domain/alerts/failure.js';
import type { Instance, InstanceRef } from '../../domain/instance.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Memory } from '../../ports/store.js';
import type { Context } from '../context.js';

/** How a run with an open failure, or the one it goes on as, was just found. */
export interface FailureSighting {
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
): Promise<readonly FailureSighting[]> {
  const open = await context.store.listOpenFailures(backend.system);
  const byId = new Map(observed.instances.map((instance) => [instance.ref.id, instance]));
  const sightings: FailureSighting[] = [];
  let readings = 0;
  for (const failure of open) {
    const refs = [failure.instance.ref, ...(failure.successor ? [failure.successor] : [])];
    const told = refs.flatMap(({ id }) => byId.get(id) ?? []);
    for (const instance of told) sightings.push(await withSuccessors(context, backend, instance));
    const last = refs.at(-1);
    if (told.length > 0 || !observed.isFull || !last || readings >= mostReadings) continue;
    readings += 1;
    sightings.push(...(await read(context, backend, last)));
  }
  return sightings;
}

async function read(
  context: Context,
  backend: WorkflowBackend,
  ref: InstanceRef,
): Promise<readonly FailureSighting[]> {
  try {
    const reading = await backend.getInstance(ref);
    if (reading.kind === 'not-visible') return [{ ref, successors: [] }];
    return [await withSuccessors(context, backend, reading.instance)];
  } catch (error) {
    return leftOut(context, ref, error);
  }
}

async function withSuccessors(
  context: Context,
  backend: WorkflowBackend,
  instance: Instance,
): Promise<FailureSighting> {
  const { ref } = instance;
  if (instance.status.kind !== 'canceled-for-restart') return { ref, instance, successors: [] };
  try {
    return { ref, instance, successors: (await backend.operations.findSuccessors?.(instance)) ?? [] };
  } catch (error) {
    leftOut(context, ref, error);
    return { ref, instance, successors: [] };
  }
}

function leftOut(context: Context, { system, id }: InstanceRef, error: unknown): readonly FailureSighting[] {
  if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
  context.log.warn({ system, instance: id, err: error }, 'A failed run could not be looked at');
  return [];
}

/** Takes down what has become of failures; returns the incidents it concerns. */
export async function followFailures(
  memory: Memory,
  sightings: readonly FailureSighting[],
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  for (const sighting of sightings) {
    const failure = await memory.findFailure(sighting.ref);
    if (!failure) continue;
    const next = after(failure, sighting);
    if (next === failure || (next.state === failure.state && next.successor === failure.successor)) continue;
    await memory.putFailure(next);
    touched.add(failure.incidentId);
  }
  return touched;
}

function after(failure: Failure, { instance, successors }: FailureSighting): Failure {
  return instance ? followFailure(failure, instance, successors) : { ...failure, state: 'gone' };
}
