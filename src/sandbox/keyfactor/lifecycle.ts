import type { Identity } from './access.js';
import {
  continueIfEligible,
  type DataBag,
  firstStep,
  type Instance,
  judgeSignal,
  recordSignal,
  runFrom,
  runOn,
  type SignalFit,
  type Step,
} from './engine.js';
import { Refusal } from './refusal.js';
import type { SeenSignal, World } from './world.js';

/** A signal on its way to a run. */
export interface IncomingSignal {
  readonly instance: string;
  readonly key: string;
  readonly identity: Identity;
  readonly approved: boolean;
  readonly comment: string;
  readonly via: SeenSignal['via'];
}

/** What became of a signal; `lost` met another one and was accepted without being counted. */
export type SignalOutcome = 'counted' | 'lost' | 'unknown-instance' | Exclude<SignalFit, 'fits'>;

/** Decides which signals are handled one after the other and which at the same moment. */
export type SignalGate = ReturnType<typeof createSignalGate>;

/** Creates an open gate: every signal is handled as it comes. */
export function createSignalGate(world: World) {
  const held: Waiting[] = [];
  const windows = new Map<string, { readonly waiting: Waiting[]; readonly timer: NodeJS.Timeout }>();
  const windowMs = () => world.behaviour().signalWindowMs;
  let holding = 0;
  const handle = (batch: readonly Waiting[]): void => {
    const outcomes = handleSignals(
      world,
      batch.map(({ signal }) => signal),
    );
    for (const [index, outcome] of outcomes.entries()) batch[index]?.settle(outcome);
  };
  const closeWindow = (instance: string): void => {
    const window = windows.get(instance);
    windows.delete(instance);
    if (window === undefined) return;
    clearTimeout(window.timer);
    handle(window.waiting);
  };
  const releaseHeld = (): void => {
    holding = 0;
    handle(held.splice(0));
  };
  const joinWindow = (entry: Waiting): void => {
    const { instance } = entry.signal;
    const open = windows.get(instance);
    if (open !== undefined) {
      open.waiting.push(entry);
      return;
    }
    const timer = setTimeout(() => closeWindow(instance), windowMs());
    windows.set(instance, { waiting: [entry], timer });
  };
  /** How many have arrived and are not handled yet. */
  const waitingCount = (): number =>
    [...windows.values()].reduce((count, window) => count + window.waiting.length, held.length);
  return {
    waitingCount,
    enter: (signal: IncomingSignal) =>
      new Promise<SignalOutcome>((settle) => {
        if (holding > 0) {
          held.push({ signal, settle });
          if (held.length >= holding) releaseHeld();
        } else if (windowMs() > 0) joinWindow({ signal, settle });
        else handle([{ signal, settle }]);
        if (waitingCount() > 0) world.changes.notify();
      }),
    /** Keeps the next arrivals until `count` are there, then handles them at the same moment. */
    holdNext(count: number): void {
      holding = count;
    },
    /** Handles at once whatever waits. */
    release(): void {
      releaseHeld();
      for (const instance of [...windows.keys()]) closeWindow(instance);
    },
  };
}

/** A signal that arrived at the gate and waits for its turn. */
interface Waiting {
  readonly signal: IncomingSignal;
  readonly settle: (outcome: SignalOutcome) => void;
}

/**
 * Handles signals that arrived at the same moment.
 *
 * Two or more fitting signals for one run reproduce the documented lock conflict: all are accepted, only the
 * first is counted, and the run need not move until the daily task looks at it.
 */
function handleSignals(world: World, batch: readonly IncomingSignal[]): readonly SignalOutcome[] {
  const before = new Map(world.instances);
  const judged = batch.map((signal) => ({ signal, fit: judge(world, before.get(signal.instance), signal) }));
  const fitting = judged.filter(({ fit }) => fit === 'fits').map(({ signal }) => signal);
  return judged.map(({ signal, fit }) => {
    if (fit !== 'fits') return fit;
    const rivals = fitting.filter(({ instance }) => instance === signal.instance);
    if (rivals[0] !== signal) return lose(world, signal, before);
    return count(world, signal, rivals.length > 1 && !world.behaviour().lockConflictAdvances);
  });
}

function judge(
  world: World,
  instance: Instance | undefined,
  { key, identity }: IncomingSignal,
): SignalFit | 'unknown-instance' {
  if (instance === undefined) return 'unknown-instance';
  return judgeSignal(instance, world.stepsOf(instance), { ...identity, key });
}

function count(world: World, signal: IncomingSignal, isStuck: boolean): SignalOutcome {
  const instance = world.known(signal.instance);
  const sent = seen(signal, instance.stepName);
  world.records.effectiveSignals.push(sent);
  const { identity, approved, comment } = sent;
  const recorded = recordSignal(instance, { identity, approved, comment });
  world.keep(
    isStuck ? recorded : continueIfEligible(recorded, world.stepsOf(instance)),
    'signalled',
    identity,
  );
  return 'counted';
}

function lose(world: World, signal: IncomingSignal, before: ReadonlyMap<string, Instance>): SignalOutcome {
  const step = before.get(signal.instance)?.stepName ?? '';
  world.records.ignoredSignals.push({ ...seen(signal, step), reason: 'lock-conflict' });
  world.audit('signal-ignored', signal.instance, signal.identity.name);
  return 'lost';
}

/** Writes a signal the way the records keep it. */
export function seen(signal: IncomingSignal, step: string): SeenSignal {
  const { instance, approved, comment, via } = signal;
  return { instance, step, identity: signal.identity.name, approved, comment, via };
}

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
  const { definition: wanted, title, initiator, data } = sketch;
  const definition = world.definitions
    .all()
    .find(({ id, displayName }) => id === wanted || displayName === wanted);
  const definitionVersion = sketch.version ?? definition?.publishedVersion ?? 0;
  const steps = definition?.versions[definitionVersion - 1];
  if (definition === undefined || steps === undefined) throw new Error(`No published definition ${wanted}.`);
  const initialData = { InitiatingUserName: initiator, ...data };
  return begin(world, steps, {
    definitionId: definition.id,
    definitionVersion,
    title,
    initiator,
    initialData,
  });
}

/** Starts the run again under a new id, or refuses as the server does. */
export function restartInstance(world: World, id: string, by: string, wanted?: number): string {
  const old = world.known(id);
  if (old.status !== 'Failed' && old.status !== 'Suspended') {
    throw new Refusal(400, 'Only failed or suspended workflow instances can be restarted.');
  }
  const { definitionId, title, initiator, initialData } = old;
  const definition = world.definitions.find(definitionId);
  const definitionVersion = wanted ?? definition?.publishedVersion ?? 0;
  const steps = definition?.versions[definitionVersion - 1];
  if (steps === undefined) throw new Refusal(400, 'There is no such version of the workflow definition.');
  world.keep({ ...old, status: 'CanceledForRestart' }, 'restarted', by);
  return begin(world, steps, { definitionId, definitionVersion, title, initiator, initialData });
}

/** Rejects a suspended run for good, or refuses as the server does. */
export function stopInstance(world: World, id: string, by: string): void {
  const instance = world.known(id);
  if (instance.status !== 'Suspended') {
    throw new Refusal(400, 'Only suspended workflow instances can be stopped.');
  }
  const statusMessage = `The workflow was stopped by ${by}.`;
  world.keep({ ...instance, status: 'Rejected', statusMessage }, 'stopped', by);
}

/** Lets a run that pauses at a step carry on. */
export function advanceInstance(world: World, id: string): void {
  const instance = world.known(id);
  if (instance.status !== 'Running') throw new Error(`Instance ${id} is ${instance.status}, not running.`);
  world.keep(runOn(instance, world.stepsOf(instance)), 'advanced');
}

/** Moves every run on that the lock conflict left behind although its signals are complete. */
export function runDailyTask(world: World): void {
  for (const instance of [...world.instances.values()]) {
    if (instance.status !== 'Suspended' || instance.received.length === 0) continue;
    const moved = continueIfEligible(instance, world.stepsOf(instance));
    if (moved.status !== instance.status || moved.stepName !== instance.stepName)
      world.keep(moved, 'daily-task');
  }
}

type Beginning = Pick<Instance, 'definitionId' | 'definitionVersion' | 'title' | 'initiator' | 'initialData'>;

function begin(world: World, steps: readonly Step[], beginning: Beginning): string {
  const first = firstStep(steps);
  if (first === undefined) throw new Refusal(400, 'The workflow definition has no first step.');
  const fresh: Instance = {
    ...beginning,
    id: world.newId(),
    referenceId: world.instances.size + 1,
    status: 'Running',
    statusMessage: null,
    stepName: first.uniqueName,
    startedAt: world.now(),
    modifiedAt: world.now(),
    stateData: beginning.initialData,
    received: [],
  };
  world.keep(runFrom(fresh, steps, first), 'started');
  return fresh.id;
}
