import { BackendError } from '../../../ports/errors.js';
import type { ListInstances } from '../instances/list-instances.js';
import { toStatus } from '../translate/status.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { everyInstance } from './read-newest-page.js';
import type { Newest } from './read-pages.js';

/** A server with more standing failures than these has given up on them. */
const most = 10_000;

/** Lists every instance that stands failed, those that started first first. */
export type ListFailed = () => Promise<Newest>;

/** Creates that list. It throws `BackendError` and `ContractError`. */
export function createListFailed(list: ListInstances): ListFailed {
  return async () => {
    const { rows } = await listRequested(list);
    return { rows: rows.filter(hasFailed), isCut: rows.length >= most };
  };
}

/** A server that refuses the query is asked for all its instances. */
async function listRequested(list: ListInstances) {
  const wanted = {
    list: everyInstance,
    enough: (rows: readonly InstanceRow[]) => rows.length >= most,
  } as const;
  try {
    return await list({ ...wanted, queryString: 'Status -eq "Failed"' });
  } catch (error) {
    if (!(error instanceof BackendError) || error.code !== 'rejected') throw error;
    return list(wanted);
  }
}

function hasFailed({ status }: InstanceRow): boolean {
  return toStatus(status).kind === 'failed';
}
