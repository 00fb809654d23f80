import type { Instance } from '../../../domain/instance.js';
import { BackendError } from '../../../ports/errors.js';
import type { Instances } from '../instances/instances.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import type { ListDefinitions } from './list-definitions.js';
import type { Sought } from './search/collect-rows.js';
import { isGuid } from './search/is-guid.js';
import type { NewestInstances } from './search/newest-instances.js';

/** Creates the look at the latest run of a definition. It throws `BackendError` and `ContractError`. */
export function createLast(deps: {
  readonly system: string;
  readonly instances: Instances;
  readonly newest: NewestInstances;
  readonly listDefinitions: ListDefinitions;
}): (definition: string) => Promise<Instance | undefined> {
  const { system, instances, newest, listDefinitions } = deps;

  /** Gives undefined if definitions may not be read. */
  async function idsOf(name: string): Promise<readonly string[] | undefined> {
    try {
      const found = await listDefinitions(name);
      return found.filter((definition) => isSameName(definition.name, name)).map(({ id }) => id);
    } catch (error) {
      if (error instanceof BackendError && error.code === 'forbidden') return undefined;
      throw error;
    }
  }

  return async (definition) => {
    const wanted = definition.trim();
    if (wanted === '') return undefined;
    const ids = isGuid(wanted) ? [wanted.toLowerCase()] : await idsOf(wanted);
    const sought = ids === undefined ? runOfName(wanted) : runOfAny(ids);
    if (sought === undefined) return undefined;
    const [row] = await newest.find({ ...sought, count: 1 });
    if (row === undefined) return undefined;
    const reading = await instances.read({ system, id: row.id });
    return reading.kind === 'found' ? reading.instance : instances.fromAnyRow(row);
  };
}

type Condition = Omit<Sought<InstanceRow>, 'count'>;

/** Names are not unique, so there may be several ids. */
function runOfAny(ids: readonly string[]): Condition | undefined {
  const plain = ids.filter((id) => /^[\w-]+$/.test(id)).slice(0, 8);
  if (plain.length === 0) return undefined;
  return {
    queryString: plain.map((id) => `DefinitionId -eq "${id}"`).join(' OR '),
    fits: (row) => plain.includes(row.definition?.id?.toLowerCase() ?? ''),
  };
}

function runOfName(name: string): Condition {
  return { fits: (row) => isSameName(row.definition?.displayname ?? '', name) };
}

function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
