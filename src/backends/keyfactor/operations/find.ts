import type { Instance } from '../../../domain/instance.js';
import type { Instances } from '../instances/instances.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import type { Sought } from './search/collect-rows.js';
import { isGuid } from './search/is-guid.js';
import type { NewestInstances } from './search/newest-instances.js';
import { containsAll, hasTerms, termsOf } from './search/words.js';

/**
 * Creates the search for what a person typed. It throws `BackendError` and `ContractError`.
 *
 * One hit is read in full; of several, what their rows tell has to do.
 */
export function createFind(deps: {
  readonly system: string;
  readonly instances: Instances;
  readonly newest: NewestInstances;
}): (text: string, limit: number) => Promise<readonly Instance[]> {
  const { system, instances, newest } = deps;

  async function readFully(row: InstanceRow): Promise<Instance> {
    const reading = await instances.read({ system, id: row.id });
    return reading.kind === 'found' ? reading.instance : instances.fromAnyRow(row);
  }

  return async (text, limit) => {
    const typed = text.trim();
    if (isGuid(typed)) {
      const reading = await instances.read({ system, id: typed.toLowerCase() });
      return reading.kind === 'found' ? [reading.instance] : [];
    }
    const sought = soughtBy(typed);
    if (sought === undefined || limit < 1) return [];
    // One more than wanted, so that the first of many is not taken for the only one.
    const rows = await newest.find({ ...sought, count: Math.max(limit, 2) });
    const [first, second] = rows;
    if (first !== undefined && second === undefined) return [await readFully(first)];
    return Promise.all(rows.slice(0, limit).map((row) => instances.fromAnyRow(row)));
  };
}

function soughtBy(typed: string): Omit<Sought<InstanceRow>, 'count'> | undefined {
  const number = /^#?0*(\d{1,15})$/.exec(typed)?.[1];
  if (number !== undefined) {
    return {
      queryString: `ReferenceId -eq ${number}`,
      fits: ({ referenceid }) => referenceid === number,
    };
  }
  const terms = termsOf(typed);
  if (terms.length === 0) return undefined;
  return { queryString: containsAll('Title', terms), fits: ({ title }) => hasTerms(title, terms) };
}
