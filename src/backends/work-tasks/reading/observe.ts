import type { Snapshot } from '../../../domain/follow-approval.js';
import { refKey } from '../../../domain/instance.js';
import type { InstanceReading, Observation, Remembered, Since } from '../../../ports/backend.js';
import type { Log } from '../../../ports/log.js';
import { mapAtMost } from '../../../shared/map-at-most.js';
import type { Client } from '../http/client.js';
import { watch } from '../watching/watch.js';
import { createReadExecution } from './read-execution.js';
import { createReadLast } from './read-last.js';
import type { ReadStatus } from './read-status.js';
import { hasFailedToRead, tryReading } from './try-reading.js';

const readsAtOnce = 4;

/**
 * Creates the look at everything remembered and watched; what else there is, the API does not tell.
 *
 * An execution that cannot be read for now is left out. When none can be, that is thrown.
 */
export function createObserve(deps: {
  readonly system: string;
  readonly repository: string;
  readonly client: Client;
  readonly readStatus: ReadStatus;
  /** Workflows whose executions are watched whoever started them. */
  readonly workflows: readonly string[];
  readonly log: Log;
}): (remembered: readonly Remembered[], since?: Since) => Promise<Observation> {
  const { system, log } = deps;
  return async (remembered, since) => {
    const readStatus = once(deps.readStatus);
    const read = createReadExecution(system, readStatus);
    const readings = await mapAtMost(readsAtOnce, remembered, ({ ref }) =>
      tryReading(() => read(ref), { log, instance: refKey(ref) }),
    );
    const readLast = createReadLast({ ...deps, readStatus });
    const watched = since && (await watch(since, { ...deps, read, readLast }));
    const polls = [...readings, ...(watched?.polls ?? [])];
    const [first] = polls;
    if (hasFailedToRead(first) && polls.every(hasFailedToRead)) throw first;
    return {
      snapshots: remembered.flatMap((before, index) => snapshotOf(readings[index], before)),
      ...(watched === undefined ? {} : { changes: watched.changes }),
    };
  };
}

/** Reads each execution but once in a look, whoever asks for it. */
function once(readStatus: ReadStatus): ReadStatus {
  const readings = new Map<string, ReturnType<ReadStatus>>();
  return (executionId) => {
    const reading = readings.get(executionId) ?? readStatus(executionId);
    readings.set(executionId, reading);
    return reading;
  };
}

function snapshotOf(reading: InstanceReading | Error | undefined, before: Remembered): readonly Snapshot[] {
  if (reading === undefined || reading instanceof Error) return [];
  if (reading.kind === 'not-visible') return [{ kind: 'not-visible', ref: before.ref }];
  const { instance } = reading;
  const isSame = instance.fingerprint === before.fingerprint && !before.isAssigned;
  return isSame ? [] : [{ kind: 'seen', instance, isAssigned: false }];
}
