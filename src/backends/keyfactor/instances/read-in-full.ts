import type { InstanceRef } from '../../../domain/instance.js';
import type { InstanceReading } from '../../../ports/backend.js';
import { readFacts } from '../facts/read-facts.js';
import { toInstance } from '../translate/to-instance.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import type { ReadInstance } from './read-instance.js';
import type { WaitingStatuses } from './waiting-statuses.js';

/** Reads one instance in full; a row that was just listed tells that its status means waiting. */
export type ReadInFull = (ref: InstanceRef, listed?: InstanceRow) => Promise<InstanceReading>;

/** Creates that reading. It throws `BackendError` and `ContractError`. */
export function createReadInFull(deps: {
  readonly system: string;
  readonly readDetail: ReadInstance;
  readonly statuses: WaitingStatuses;
}): ReadInFull {
  const { system, readDetail, statuses } = deps;
  return async (ref, listed) => {
    const detail = await readDetail(ref.id);
    if (detail === undefined) return { kind: 'not-visible' };
    const isAsListed =
      listed !== undefined &&
      listed.status === detail.status &&
      listed.currentstepuniquename === detail.currentstepuniquename;
    const isWaiting = isAsListed || (await statuses.isWaiting(detail.status));
    return {
      kind: 'found',
      instance: toInstance(detail, { system, isWaiting, facts: await readFacts(detail) }),
    };
  };
}
