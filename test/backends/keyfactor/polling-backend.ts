import type { KeyfactorClient } from '../../../src/backends/keyfactor/client.js';
import type { InstanceRow } from '../../../src/backends/keyfactor/wire.js';
import type { Snapshot } from '../../../src/domain/approval-lifecycle.js';
import type { LiveBackend, Observation, Remembered, Since } from '../../../src/ports/backend.js';

/** What a look has found once everything was read. */
export interface PolledObservation extends Observation {
  readonly snapshots: readonly Snapshot[];
}

/** A backend whose looks are over when they are answered. */
export interface PollingBackend extends LiveBackend {
  observe(remembered: readonly Remembered[], since?: Since): Promise<PolledObservation>;
}

/** Has every look of a backend taken to its end. */
export function pollingToTheEnd(backend: LiveBackend): PollingBackend {
  return { ...backend, observe: toTheEnd(backend.observe) };
}

/** Has looks taken to their end. */
export function toTheEnd(observe: LiveBackend['observe']): PollingBackend['observe'] {
  return async (remembered, since) => {
    const observation = await observe(remembered, since);
    const snapshots: Snapshot[] = [];
    for await (const snapshot of observation.snapshots) snapshots.push(snapshot);
    return { ...observation, snapshots };
  };
}

/** The part of a client that lists these rows, all on one page, whatever it is asked for. */
export function listing(rows: readonly InstanceRow[]): Pick<KeyfactorClient, 'listOldest' | 'listKept'> {
  const page = { rows, received: rows.length, total: rows.length };
  return {
    listOldest: async () => page,
    listKept: async (_list, { keep }) => ({ kept: keep(page), longest: rows.length }),
  };
}
