import type { Sighting } from '../../../domain/follow-approval.js';
import { type InstanceRef, refKey } from '../../../domain/instance.js';
import type { InstanceReading, Observation, Remembered } from '../../../ports/backend.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { mapAtMost } from '../../../shared/map-at-most.js';

const readsAtOnce = 4;

type Failure = BackendError | ContractError;

/**
 * Creates the look at everything remembered; what is new, the API does not tell.
 *
 * An execution that cannot be read for now is left out. When none can be, that is thrown.
 */
export function createObserve(deps: {
  readonly read: (ref: InstanceRef) => Promise<InstanceReading>;
  readonly log: Log;
}): (remembered: readonly Remembered[]) => Promise<Observation> {
  const look = async (entry: Remembered): Promise<Sighting | Failure | undefined> => {
    try {
      return sightingOf(await deps.read(entry.ref), entry);
    } catch (error) {
      if (!isFailure(error)) throw error;
      deps.log.warn({ instance: refKey(entry.ref), err: error }, 'An execution could not be looked at');
      return error;
    }
  };
  return async (remembered) => {
    const looks = await mapAtMost(readsAtOnce, remembered, look);
    const [first] = looks;
    if (first !== undefined && isFailure(first) && looks.every(isFailure)) throw first;
    return {
      sightings: looks.flatMap((one) => (one === undefined || isFailure(one) ? [] : [one])),
    };
  };
}

function isFailure(thing: unknown): thing is Failure {
  return thing instanceof BackendError || thing instanceof ContractError;
}

function sightingOf(reading: InstanceReading, before: Remembered): Sighting | undefined {
  if (reading.kind === 'not-visible') return { kind: 'not-visible', ref: before.ref };
  const { instance } = reading;
  const isSame = instance.fingerprint === before.fingerprint && !before.isAssigned;
  return isSame ? undefined : { kind: 'seen', instance, isAssigned: false };
}
