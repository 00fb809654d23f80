import type { Log } from '../../../ports/log.js';
import { isSuccess } from '../http/answer.js';
import type { Client } from '../http/client.js';
import { pageQuery } from '../instances/page-query.js';
import type { Page } from '../instances/read-page.js';
import type { KeyfactorServer } from '../settings.js';
import { instanceRow } from '../wire/instance-wire.js';
import { readRows } from '../wire/read-rows.js';

/** The list of every instance of a server. */
export const everyInstance = '/Workflow/Instances';

/** Reads a page of every instance, those that changed last first. Throws `BackendError` and `ContractError`. */
export type ReadNewestPage = (page: number, queryString: string | undefined) => Promise<Page>;

/** Creates that reader. */
export function createReadNewestPage(deps: {
  readonly client: Pick<Client, 'get' | 'unexpected'>;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadNewestPage {
  const { client, server, log } = deps;
  const { name: system, pageSize, apiVersion } = server;
  return async (page, queryString) => {
    const order = { sortField: 'LastModified', order: 'descending' } as const;
    const query = pageQuery(everyInstance, { queryString, page, pageSize, ...order }, server);
    const response = await client.get(everyInstance, { version: apiVersion.instances, query });
    if (!isSuccess(response)) throw client.unexpected(response, 'GET', everyInstance);
    return readRows(response, instanceRow, { system, path: everyInstance, log });
  };
}
