import { continueIfEligible } from '../engine/apply-signal.js';
import type { DataBag, Instance, Step } from '../engine/model.js';
import { firstStep, runFrom, runOn } from '../engine/run-steps.js';
import { Refusal } from '../server/reply.js';
import type { World } from './world.js';

/** What a test or the demo says about a new run. */
export interface InstanceSketch {
  /** Id or display name of the definition. */
  readonly definition: string;
  readonly title: string;
  readonly initiator: string;
  readonly data?: DataBag;
  /** The published version unless told. */
  readonly version?: number;
}

/** Starts a run from the first step and returns its id. */
export function startInstance(world: World, sketch: InstanceSketch): string {
  const definition = world.definitions
    .all()
    .find(({ id, displayName }) => id === sketch.definition || displayName === sketch.definition);
  const version = sketch.version ?? definition?.publishedVersion ?? undefined;
  const steps = version === undefined ? undefined : definition?.versions[version - 1];
  if (definition === undefined || version === undefined || steps === undefined) {
    throw new Error(`No published definition ${sketch.definition}.`);
  }
  const initialData = { InitiatingUserName: sketch.initiator, ...sketch.data };
  return begin(world, steps, {
    definitionId: definition.id,
    definitionVersion: version,
    title: sketch.title,
    initiator: sketch.initiator,
    initialData,
  });
}

/** Starts the run again under a new id, or refuses as the server does. */
export function restartInstance(world: World, id: string, by: string, wanted?: number): string {
  const old = known(world, id);
  if (old.status !== 'Failed' && old.status !== 'Suspended') {
    throw new Refusal(400, 'Only failed or suspended workflow instances can be restarted.');
  }
  const definition = world.definitions.find(old.definitionId);
  const definitionVersion = wanted ?? definition?.publishedVersion ?? 0;
  const steps = definition?.versions[definitionVersion - 1];
  if (steps === undefined) throw new Refusal(400, 'There is no such version of the workflow definition.');
  const cancelled: Instance = { ...old, status: 'CanceledForRestart', modifiedAt: world.now() };
  world.keep(cancelled, 'restarted', by);
  const { definitionId, title, initiator, initialData } = old;
  return begin(world, steps, { definitionId, definitionVersion, title, initiator, initialData });
}

/** Rejects a suspended run for good, or refuses as the server does. */
export function stopInstance(world: World, id: string, by: string): void {
  const instance = known(world, id);
  if (instance.status !== 'Suspended') {
    throw new Refusal(400, 'Only suspended workflow instances can be stopped.');
  }
  const statusMessage = `The workflow was stopped by ${by}.`;
  world.keep({ ...instance, status: 'Rejected', statusMessage, modifiedAt: world.now() }, 'stopped', by);
}

/** Lets a run fail where it stands. */
export function failInstance(world: World, id: string, statusMessage: string): void {
  const instance = known(world, id);
  world.keep({ ...instance, status: 'Failed', statusMessage, modifiedAt: world.now() }, 'failed');
}

/** Lets a run that pauses at a step carry on. */
export function advanceInstance(world: World, id: string): void {
  const instance = known(world, id);
  if (instance.status !== 'Running') throw new Error(`Instance ${id} is ${instance.status}, not running.`);
  world.keep(runOn(instance, world.stepsOf(instance), world.now()), 'advanced');
}

/** Changes what a run carries, as a script or REST step would. */
export function changeData(world: World, id: string, patch: DataBag): void {
  const instance = known(world, id);
  const stateData = { ...instance.stateData, ...patch };
  world.keep({ ...instance, stateData, modifiedAt: world.now() }, 'data-changed');
}

/** Moves every run on that the lock conflict left behind although its signals are complete. */
export function runDailyTask(world: World): void {
  for (const instance of [...world.instances.values()]) {
    if (instance.status !== 'Suspended' || instance.received.length === 0) continue;
    const moved = continueIfEligible(instance, world.stepsOf(instance), world.now());
    if (moved.status !== instance.status || moved.stepName !== instance.stepName)
      world.keep(moved, 'daily-task');
  }
}

/** Finds a run the caller is sure exists. */
export function known(world: World, id: string): Instance {
  const instance = world.instances.get(id);
  if (instance === undefined) throw new Error(`The simulator has no instance ${id}.`);
  return instance;
}

type Beginning = Pick<Instance, 'definitionId' | 'definitionVersion' | 'title' | 'initiator' | 'initialData'>;

function begin(world: World, steps: readonly Step[], beginning: Beginning): string {
  const first = firstStep(steps);
  if (first === undefined) throw new Refusal(400, 'The workflow definition has no first step.');
  const fresh: Instance = {
    ...beginning,
    id: world.newId(),
    referenceId: world.nextReferenceId(),
    status: 'Running',
    statusMessage: null,
    stepName: first.uniqueName,
    startedAt: world.now(),
    modifiedAt: world.now(),
    stateData: beginning.initialData,
    received: [],
  };
  world.keep(runFrom(fresh, steps, first, world.now()), 'started');
  return fresh.id;
}
