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
import type { Identity } from './identities.js';
import { Refusal } from './response.js';
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

/**
 * Handles signals that arrived at the same moment.
 *
 * Two or more fitting signals for one run reproduce the documented lock conflict: all are accepted, only the
 * first is counted, and the run need not move until the daily task looks at it.
 */
export function handleSignals(world: World, batch: readonly IncomingSignal[]): readonly SignalOutcome[] {
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
  signal: IncomingSignal,
): SignalFit | 'unknown-instance' {
  if (instance === undefined) return 'unknown-instance';
  const { name, roles } = signal.identity;
  return judgeSignal(instance, world.stepsOf(instance), { key: signal.key, identity: name, roles });
}

function count(world: World, signal: IncomingSignal, isStuck: boolean): SignalOutcome {
  const instance = world.instances.get(signal.instance);
  if (instance === undefined) return 'unknown-instance';
  world.records.effectiveSignals.push(seen(signal, instance.stepName));
  const received = { identity: signal.identity.name, approved: signal.approved, comment: signal.comment };
  const recorded = recordSignal(instance, received, world.now());
  const next = isStuck ? recorded : continueIfEligible(recorded, world.stepsOf(instance), world.now());
  world.keep(next, 'signalled', signal.identity.name);
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

/** Something that arrives at the gate and waits for its turn. */
interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly settle: (outcome: Outcome) => void;
}

/** Decides which signals are handled one after the other and which at the same moment. */
export interface SignalGate<Item, Outcome> {
  enter(item: Item): Promise<Outcome>;
  /** Keeps the next arrivals until `count` are there, then handles them at the same moment. */
  holdNext(count: number): void;
  /** Handles at once whatever waits. */
  release(): void;
  /** How many have arrived and are not handled yet. */
  waitingCount(): number;
}

/** What a gate needs to know about the signals it lets through. */
interface GateDeps<Item, Outcome> {
  /** Signals with the same key can get into each other's way. */
  keyOf(item: Item): string;
  windowMs(): number;
  /** Hears of every arrival that has to wait. */
  onWait(): void;
  /** Handles signals that met; the outcomes are in the order of the items. */
  handle(batch: readonly Item[]): readonly Outcome[];
}

/** Creates an open gate: every signal is handled as it comes. */
export function createSignalGate<Item, Outcome>(deps: GateDeps<Item, Outcome>): SignalGate<Item, Outcome> {
  const held: Waiting<Item, Outcome>[] = [];
  const windows = new Map<string, { waiting: Waiting<Item, Outcome>[]; timer: NodeJS.Timeout }>();
  let holding = 0;
  const handle = (batch: readonly Waiting<Item, Outcome>[]): void => {
    const outcomes = deps.handle(batch.map(({ item }) => item));
    for (const [index, outcome] of outcomes.entries()) batch[index]?.settle(outcome);
  };
  const closeWindow = (key: string): void => {
    const window = windows.get(key);
    windows.delete(key);
    if (window === undefined) return;
    clearTimeout(window.timer);
    handle(window.waiting);
  };
  const releaseHeld = (): void => {
    holding = 0;
    handle(held.splice(0));
  };
  const joinWindow = (entry: Waiting<Item, Outcome>): void => {
    const key = deps.keyOf(entry.item);
    const open = windows.get(key);
    if (open !== undefined) {
      open.waiting.push(entry);
      return;
    }
    const timer = setTimeout(() => closeWindow(key), deps.windowMs());
    windows.set(key, { waiting: [entry], timer });
  };
  const waitingCount = (): number =>
    [...windows.values()].reduce((count, window) => count + window.waiting.length, held.length);
  return {
    enter: (item) =>
      new Promise((settle) => {
        if (holding > 0) {
          held.push({ item, settle });
          if (held.length >= holding) releaseHeld();
        } else if (deps.windowMs() > 0) joinWindow({ item, settle });
        else handle([{ item, settle }]);
        if (waitingCount() > 0) deps.onWait();
      }),
    waitingCount,
    holdNext(count) {
      holding = count;
    },
    release() {
      releaseHeld();
      for (const key of [...windows.keys()]) closeWindow(key);
    },
  };
}

/** Waits until a condition on the world holds, looking again after every change; rejects after the limit. */
export function waitFor(world: World, holds: () => boolean, limitMs = 5000): Promise<void> {
  return new Promise((resolve, reject) => {
    if (holds()) {
      resolve();
      return;
    }
    const stop = world.onChange(() => {
      if (!holds()) return;
      finish();
      resolve();
    });
    const timer = setTimeout(() => {
      finish();
      reject(new Error(`The Keyfactor simulator waited ${limitMs} ms in vain for: ${holds.toString()}`));
    }, limitMs);
    const finish = (): void => {
      stop();
      clearTimeout(timer);
    };
  });
}
