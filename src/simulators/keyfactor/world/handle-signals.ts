import type { Identity } from '../access/directory.js';
import type { SignalFit } from '../engine/apply-signal.js';
import { continueIfEligible, judgeSignal, recordSignal } from '../engine/apply-signal.js';
import type { Instance } from '../engine/model.js';
import type { SeenSignal } from './records.js';
import type { World } from './world.js';

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
