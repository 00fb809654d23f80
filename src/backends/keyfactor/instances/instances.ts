import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { InstanceReading } from '../../../ports/backend.js';
import { BackendError } from '../../../ports/errors.js';
import { readFacts } from '../facts/read-facts.js';
import { titleFacts } from '../translate/title-facts.js';
import { toInstance } from '../translate/to-instance.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import type { ListInstances, Listing } from './list-instances.js';
import type { ReadInstance } from './read-instance.js';
import type { WaitingStatuses } from './waiting-statuses.js';

/** Instances of one server in the bot's words. Everything throws `BackendError` and `ContractError`. */
export interface Instances {
  /** Lists what waits for the signing identity. */
  listAssigned(): Promise<Listing>;
  /** Reads one in full; a row that was just listed tells that its status means waiting. */
  read(ref: InstanceRef, listed?: InstanceRow): Promise<InstanceReading>;
  /** Makes the most of a row that waits for us when the instance may not be read in full. */
  fromRow(row: InstanceRow): Promise<Instance>;
  /** Makes the most of a row of any list; its status tells whether it waits. */
  fromAnyRow(row: InstanceRow): Promise<Instance>;
  isAssigned(ref: InstanceRef): Promise<boolean>;
}

const assignedToMe = '/Workflow/Instances/AssignedToMe';

/** Creates the reader of instances. */
export function createInstances(deps: {
  readonly system: string;
  readonly list: ListInstances;
  readonly readDetail: ReadInstance;
  readonly statuses: WaitingStatuses;
}): Instances {
  const { system, list, readDetail, statuses } = deps;

  async function listFor(id: string): Promise<Listing> {
    const enough = (rows: readonly InstanceRow[]) => rows.some((row) => row.id === id);
    try {
      return await list({ list: assignedToMe, queryString: `Id -eq "${id}"`, enough });
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== 'rejected') throw error;
      return list({ list: assignedToMe, enough });
    }
  }

  function asListed(row: InstanceRow, isWaiting: boolean): Instance {
    const instance = toInstance(row, { system, isWaiting, facts: titleFacts(row.title) });
    // Told apart from a full reading, so that the next look tries again to read it in full.
    return { ...instance, isPartial: true, fingerprint: `${instance.fingerprint} as listed` };
  }

  return {
    async listAssigned() {
      const listing = await list({ list: assignedToMe });
      await statuses.learn(listing.rows);
      return listing;
    },
    async read(ref, listed) {
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
    },
    fromRow: async (row) => asListed(row, true),
    fromAnyRow: async (row) => asListed(row, await statuses.isWaiting(row.status)),
    async isAssigned(ref) {
      const id = ref.id.toLowerCase();
      // An id with a quotation mark in it could not be asked for; real ones are GUIDs.
      if (!/^[\w-]+$/.test(id)) return false;
      const { rows } = await listFor(id);
      return rows.some((row) => row.id === id);
    },
  };
}
