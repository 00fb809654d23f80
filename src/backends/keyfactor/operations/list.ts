import { BackendError } from '../../../ports/errors.js';
import type { InstanceFilter, InstancePage } from '../../../ports/operations.js';
import type { Instances } from '../instances/instances.js';
import type { ListDefinitions } from './list-definitions.js';
import type { NewestInstances } from './search/newest-instances.js';
import { canAskForInitiator, soughtByFilter } from './search/sought-by-filter.js';
import { termsOf } from './search/words.js';

/**
 * Creates the list of runs, newest first. It throws `BackendError` and `ContractError`.
 *
 * A page is cut out of all rows up to its end, which are read at once, so that no row is told twice or left out
 * because others moved while it was read.
 */
export function createList(deps: {
  readonly instances: Instances;
  readonly newest: NewestInstances;
  readonly listDefinitions: ListDefinitions;
}): (filter: InstanceFilter) => Promise<InstancePage> {
  const { instances, newest, listDefinitions } = deps;

  /** Without access to definitions their names cannot be searched; titles still can. */
  async function definitionIds(text: string): Promise<readonly string[]> {
    try {
      return (await listDefinitions(text)).map(({ id }) => id);
    } catch (error) {
      if (error instanceof BackendError && error.code === 'forbidden') return [];
      throw error;
    }
  }

  return async ({ page, pageSize, text = '', ...filter }) => {
    const terms = termsOf(text);
    const isUnaskable = filter.initiator !== undefined && !canAskForInitiator(filter.initiator);
    if (isUnaskable || (terms.length === 0 && text.trim() !== '')) return { instances: [], hasMore: false };
    const ids = terms.length === 0 ? [] : await definitionIds(text);
    const end = page * pageSize;
    const sought = soughtByFilter(filter, { terms, definitionIds: ids });
    const rows = await newest.find({ ...sought, count: end + 1 });
    const shown = rows.slice(end - pageSize, end).map((row) => instances.fromAnyRow(row));
    return { instances: await Promise.all(shown), hasMore: rows.length > end };
  };
}
