import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { PersonAccess } from '../../../ports/backend.js';
import { BackendError } from '../../../ports/errors.js';
import type { KeyfactorServer } from '../settings.js';
import { asListedOnly } from '../translate/fingerprint.js';
import { titleFacts } from '../translate/title-facts.js';
import { toInstance } from '../translate/to-instance.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import type { ListInstances, Listing } from './list-instances.js';
import { createPageCache } from './page-memory.js';
import { createReadInFull, type ReadInFull } from './read-in-full.js';
import type { ReadInstance } from './read-instance.js';
import type { Listed } from './read-page.js';
import type { WaitingStatuses } from './waiting-statuses.js';

/** Instances of one server in the bot's words. Everything throws `BackendError` and `ContractError`. */
export interface Instances {
  /** Lists what waits for the signalling identity; for anybody, where every signal is a person's. */
  listAssigned(): Promise<Listing>;
  /** Lists what waits for a person, as rows tell it. */
  waitingFor(as: PersonAccess): Promise<readonly Instance[]>;
  readonly read: ReadInFull;
  /** Makes the most of a row that waits for us when the instance may not be read in full. */
  fromRow(row: InstanceRow): Promise<Instance>;
  /** Makes the most of a row of any list; its status tells whether it waits. */
  fromAnyRow(row: InstanceRow): Promise<Instance>;
  isAssigned(ref: InstanceRef, as?: PersonAccess): Promise<boolean>;
}

const assignedToMe = '/Workflow/Instances/AssignedToMe';

/** What the bot can see of other people's work: what its own account holds no role for. */
const waitingForAnybody = { list: '/Workflow/Instances', queryString: 'Status -eq "Suspended"' } as const;

/** Creates the reader of instances. */
export function createInstances(deps: {
  readonly system: string;
  readonly list: ListInstances;
  readonly readDetail: ReadInstance;
  readonly statuses: WaitingStatuses;
  readonly signalAs: KeyfactorServer['signalAs'];
}): Instances {
  const { system, list, statuses, signalAs } = deps;
  const read = createReadInFull(deps);
  const cache = createPageCache();

  async function listFor(id: string, as: PersonAccess | undefined): Promise<Listing> {
    const enough = (rows: readonly InstanceRow[]) => rows.some((row) => row.id === id);
    try {
      return await list({ list: assignedToMe, queryString: `Id -eq "${id}"`, enough, as });
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== 'rejected') throw error;
      return list({ list: assignedToMe, enough, as });
    }
  }

  async function listAndLearn(listed: Listed): Promise<Listing> {
    const listing = await list(listed);
    await statuses.learn(listing.rows);
    return listing;
  }

  return {
    listAssigned: () =>
      listAndLearn({ ...(signalAs === 'person' ? waitingForAnybody : { list: assignedToMe }), cache }),
    async waitingFor(as) {
      const { rows } = await listAndLearn({ list: assignedToMe, as });
      return rows.map((row) => asListed(row, { system, isWaiting: true }));
    },
    read,
    fromRow: async (row) => asListed(row, { system, isWaiting: true }),
    fromAnyRow: async (row) => asListed(row, { system, isWaiting: await statuses.isWaiting(row.status) }),
    async isAssigned(ref, as) {
      if (signalAs === 'person' && as === undefined) {
        const reading = await read(ref);
        return reading.kind === 'found' && reading.instance.awaitsApproval;
      }
      const id = ref.id.toLowerCase();
      // An id with a quotation mark in it could not be asked for; real ones are GUIDs.
      if (!/^[\w-]+$/.test(id)) return false;
      const { rows } = await listFor(id, as);
      return rows.some((row) => row.id === id);
    },
  };
}

function asListed(
  row: InstanceRow,
  listed: { readonly system: string; readonly isWaiting: boolean },
): Instance {
  const instance = toInstance(row, { ...listed, facts: titleFacts(row.title) });
  // Told apart from a full reading, so that the next look tries again to read it in full.
  return { ...instance, isPartial: true, fingerprint: asListedOnly(instance.fingerprint) };
}
