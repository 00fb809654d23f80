import type { Snapshot } from '../../../src/domain/approval-lifecycle.js';
import { isSameRef } from '../../../src/domain/instance.js';
import type { Observation, Remembered } from '../../../src/ports/backend.js';
import { botIdentity } from './faults.js';
import { type Run, toInstance, waitsFor } from './run.js';

/** Tells what is new or changed among some runs, as the real client does. */
export function pollRuns(runs: readonly Run[], remembered: readonly Remembered[]): Observation {
  const snapshots = [
    ...runs.filter((run) => waitsFor(run, botIdentity)).map((run) => listed(run, remembered)),
    ...remembered.map((before) => gone(runs, before)),
  ];
  return {
    snapshots: snapshots.filter((snapshot) => snapshot !== undefined),
  };
}

function listed(run: Run, remembered: readonly Remembered[]): Snapshot | undefined {
  const instance = toInstance(run);
  const before = remembered.find(({ ref }) => isSameRef(ref, instance.ref));
  if (before?.isAssigned && before.fingerprint === instance.fingerprint) return undefined;
  return { kind: 'seen', instance, isAssigned: true };
}

function gone(runs: readonly Run[], before: Remembered): Snapshot | undefined {
  const run = runs.find(({ id }) => id === before.ref.id);
  if (run && waitsFor(run, botIdentity)) return undefined;
  if (!run?.isVisible) {
    return { kind: 'not-visible', ref: before.ref, missingPermission: '/workflows/instances/read/' };
  }
  const instance = toInstance(run);
  if (!before.isAssigned && instance.fingerprint === before.fingerprint) return undefined;
  return { kind: 'seen', instance, isAssigned: false, successors: run.successors ?? [] };
}
