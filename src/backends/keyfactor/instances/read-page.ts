import type { Log } from '../../../ports/log.js';
import { correlationIdOf, type HttpAnswer, isSuccess } from '../http/answer.js';
import type { Client } from '../http/client.js';
import type { KeyfactorServer } from '../settings.js';
import { type InstanceRow, instanceRow } from '../wire/instance-wire.js';
import { type Rows, readRows } from '../wire/read-rows.js';
import { pageQuery } from './page-query.js';

/** Lists of instances the server keeps. */
export type ListName = '/Workflow/Instances' | '/Workflow/Instances/AssignedToMe' | '/Workflow/Instances/My';

/** One page of a list. */
export type Page = Rows<InstanceRow>;

/** Reads a page, counted from 1. Throws `BackendError` and `ContractError`. */
export type ReadPage = (list: ListName, queryString: string | undefined, page: number) => Promise<Page>;

/**
 * Fields to sort by, in the order in which they are tried; both stay put while instances move on.
 *
 * Only the first is unique: among rows that started together a server need not keep an order between pages.
 */
const stableFields = ['ReferenceId', 'StartDate'];

/** Creates the reader of pages, oldest first; it remembers by which field the server sorts. */
export function createReadPage(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadPage {
  const { client, server, log } = deps;
  const { name: system } = server;
  let sortFields: readonly string[] = stableFields;

  async function ask(list: ListName, queryString: string | undefined, page: number): Promise<HttpAnswer> {
    const [sortField, ...others] = sortFields;
    const { pageSize } = server;
    // New rows come at the end, where they move no others.
    const query = pageQuery(list, { queryString, page, pageSize, sortField, order: 'ascending' }, server);
    const answer = await client.get(list, { version: server.apiVersion.instances, query });
    if (isSuccess(answer)) return answer;
    if (answer.status !== 400 || others.length === 0 || queryString !== undefined) {
      throw client.unexpected(answer, 'GET', list);
    }
    const correlationId = correlationIdOf(answer);
    log.warn({ system, sortField, correlationId }, 'The server does not sort by this field');
    sortFields = others;
    return ask(list, undefined, page);
  }

  return async (list, queryString, page) => {
    const answer = await ask(list, queryString, page);
    return readRows(answer, instanceRow, { system, path: list, log });
  };
}
