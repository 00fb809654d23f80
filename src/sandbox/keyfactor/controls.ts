import type { Behaviour } from './behavior.js';
import type { DefinitionSketch } from './definitions.js';
import { approvalSignal, type DataBag, type Instance, type StepSketch } from './engine.js';
import type { Identity, TrustedProvider } from './identities.js';
import * as lifecycle from './lifecycle.js';
import {
  type IncomingSignal,
  type InstanceSketch,
  type SignalGate,
  type SignalOutcome,
  waitFor,
} from './lifecycle.js';
import type { Records, World } from './world.js';

/** What a test or the demo can do to the server without going through its API. */
export interface Controls extends Records {
  /** Changes switches while the server runs. */
  change(behaviour: Partial<Behaviour>): void;
  /** Adds an identity, or replaces the one with that name. */
  addIdentity(identity: Identity): void;
  roleId(role: string): number;
  /** Hands out an access token without the token endpoint, as an operator would. */
  issueToken(identity: string, lifetimeSeconds?: number): string;
  /** Makes the tokens of one identity, or all, worthless. */
  revokeTokens(identity?: string): void;
  /** Takes the tokens of an identity provider from now on; the roles of whom they name decide. */
  trustProvider(provider: TrustedProvider): void;
  /** Adds a definition, published unless told otherwise, and returns its id. */
  addDefinition(sketch: DefinitionSketch): string;
  /** Adds a draft version and returns its number. */
  addVersion(definition: string, steps: readonly StepSketch[]): number;
  publish(definition: string, version?: number): void;
  /** Starts a run and returns its id. */
  startInstance(sketch: InstanceSketch): string;
  /** Lets a run that pauses at a step carry on. */
  advance(id: string): void;
  failInstance(id: string, statusMessage: string): void;
  /** Lets many runs fail at the same moment for the same reason. */
  failInstances(ids: readonly string[], statusMessage: string): void;
  /** Restarts as somebody in the portal would and returns the new id. */
  restartInstance(id: string, by: string): string;
  stopInstance(id: string, by: string): void;
  changeData(id: string, patch: DataBag): void;
  /** Decides at the current step in the vendor's portal; it goes through the same gate as API signals. */
  decideInPortal(id: string, identity: string, approved: boolean, comment?: string): Promise<SignalOutcome>;
  /** Keeps the next signals until `count` are there and handles them at the same moment. */
  holdNextSignals(count: number): void;
  /** Handles at once the signals that are held. */
  releaseSignals(): void;
  /** How many signals have arrived and are not handled yet. */
  waitingSignals(): number;
  /** Moves on what the lock conflict left behind. */
  runDailyTask(): void;
  instance(id: string): Instance;
  instances(): readonly Instance[];
  /** Waits until a condition holds, looking again after every change and request; 5 s unless told. */
  waitFor(holds: () => boolean, limitMs?: number): Promise<void>;
}

/** Creates the hands of a world. */
export function createControls(world: World, gate: SignalGate<IncomingSignal, SignalOutcome>): Controls {
  const { directory, tokens, definitions } = world;
  return {
    ...world.records,
    change: world.changeBehaviour,
    addIdentity: directory.add,
    roleId: directory.roleId,
    issueToken: (identity, seconds) =>
      tokens.issue(identity, seconds ?? world.behaviour().tokenLifetimeSeconds),
    revokeTokens: tokens.revoke,
    trustProvider: world.trusted.trust,
    addDefinition: definitions.add,
    addVersion: definitions.addVersion,
    publish: definitions.publish,
    startInstance: (sketch) => lifecycle.startInstance(world, sketch),
    advance: (id) => lifecycle.advanceInstance(world, id),
    failInstance: (id, statusMessage) => lifecycle.failInstance(world, id, statusMessage),
    failInstances: (ids, statusMessage) => {
      for (const id of ids) lifecycle.failInstance(world, id, statusMessage);
    },
    restartInstance: (id, by) => lifecycle.restartInstance(world, id, by),
    stopInstance: (id, by) => lifecycle.stopInstance(world, id, by),
    changeData: (id, patch) => lifecycle.changeData(world, id, patch),
    decideInPortal: (id, identity, approved, comment) =>
      gate.enter({ ...portalSignal(world, id, identity), approved, comment: comment ?? '' }),
    holdNextSignals: gate.holdNext,
    releaseSignals: gate.release,
    waitingSignals: gate.waitingCount,
    runDailyTask: () => lifecycle.runDailyTask(world),
    instance: (id) => lifecycle.known(world, id),
    instances: () => [...world.instances.values()],
    waitFor: (holds, limitMs) => waitFor(world, holds, limitMs),
  };
}

function portalSignal(world: World, id: string, name: string): Omit<IncomingSignal, 'approved' | 'comment'> {
  const identity = world.directory.byName(name);
  if (identity === undefined) throw new Error(`The simulator knows nobody called ${name}.`);
  const key = `${lifecycle.known(world, id).stepName}.${approvalSignal}`;
  return { instance: id, key, identity, via: 'portal' };
}
