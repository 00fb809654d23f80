import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { FindSuccessors } from '../instances/find-successors.js';
import type { NewestInstances } from './search/newest-instances.js';

/** More runs than these with one title and one definition are no answer to the question which one it is. */
const candidatesLimit = 20;

/**
 * Creates the search for what a restarted run became, told from how it looks after the restart.
 *
 * Without access to every run it looks among those that wait for the account or were started by it. Throws
 * `BackendError` and `ContractError`.
 */
export function createFindRestarted(
  findSuccessors: FindSuccessors,
  newest: NewestInstances,
): (restarted: Instance) => Promise<readonly InstanceRef[]> {
  return async (restarted) => {
    const { definition, title } = restarted;
    const ours = await newest.findOurs({
      ...(/^[\w-]+$/.test(definition.id) ? { queryString: `DefinitionId -eq "${definition.id}"` } : {}),
      fits: (row) => row.definition?.id === definition.id && (row.title ?? '') === title,
      count: candidatesLimit,
    });
    return findSuccessors(restarted, ours ?? []);
  };
}
