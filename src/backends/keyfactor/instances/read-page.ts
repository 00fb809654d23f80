import type { Log } from '../../../ports/log.js';
import { correlationIdOf, type HttpResponse, isSuccess } from '../http/answer.js';
import type { Caller, Client } from '../http/client.js';
import type { KeyfactorServer } from '../settings.js';
import { type InstanceRow, instanceRow } from '../wire/instance-wire.js';
import { type Rows, readRows } from '../wire/read-rows.js';
import type { PageCache } from './page-memory.js';
import { pageQuery } from './page-query.js';

/** Lists of instances the server keeps. */
export type ListName = '/Workflow/Instances' | '/Workflow/Instances/AssignedToMe' | '/Workflow/Instances/My';

/** One page of a list. */
export type Page = Rows<InstanceRow>;

/** What to list: all of it, or what a query leaves. */
export interface Listed extends Caller {
  readonly list: ListName;
  readonly queryString?: string | undefined;
  /** What its pages said when it was last walked through. */
  readonly cache?: PageCache;
}

/** Reads a page, counted from 1. Throws `BackendError` and `ContractError`. */
export type ReadPage = (listed: Listed, page: number) => Promise<Page>;

/**
 * Fields to sort by, in the order in which they are tried; both stay put while instances move on.
 *
 * Only the first is unique: among rows that started together a server need not keep an order between pages.
 */
const stableFields = ['ReferenceId', 'StartDate'];

/** Creates the reader of pages, oldest first; it remembers by which field the server sorts. */
export function createReadPage(deps: {
  readonly client: Pick<Client, 'get' | 'unexpected'>;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadPage {
  const { client, server, log } = deps;
  const { name: system } = server;
  let sortFields: readonly string[] = stableFields;

  /** A 400 may be about the query as well, so only a field that was taken is remembered. */
  async function ask(listed: Listed, { page, fields }: Attempt): Promise<HttpResponse> {
    const { list, queryString, as } = listed;
    const [sortField, ...others] = fields;
    const { pageSize } = server;
    // New rows come at the end, where they move no others.
    const query = pageQuery(list, { queryString, page, pageSize, sortField, order: 'ascending' }, server);
    const response = await client.get(list, { version: server.apiVersion.instances, query, as });
    if (isSuccess(response)) return response;
    if (response.status !== 400 || others.length === 0) throw client.unexpected(response, 'GET', list);
    const later = await ask(listed, { page, fields: others });
    const correlationId = correlationIdOf(response);
    log.warn({ system, sortField, correlationId }, 'The server does not sort by this field');
    sortFields = others;
    return later;
  }

  return async (listed, page) => {
    const response = await ask(listed, { page, fields: sortFields });
    const read = () => readRows(response, instanceRow, { system, path: listed.list, log });
    return listed.cache ? listed.cache.recall(page, response, read) : read();
  };
}

interface Attempt {
  readonly page: number;
  /** Fields to sort by that are still to be tried. */
  readonly fields: readonly string[];
}
