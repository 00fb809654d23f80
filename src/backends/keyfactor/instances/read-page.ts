import { z } from 'zod';
import { ContractError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { correlationIdOf, type HttpAnswer, isSuccess } from '../http/answer.js';
import type { Client, Query } from '../http/client.js';
import type { KeyfactorServer } from '../settings.js';
import { type InstanceRow, instanceRow } from '../wire/instance-wire.js';
import { readJson } from '../wire/read-json.js';

/** Lists of instances the server keeps. */
export type ListName = '/Workflow/Instances' | '/Workflow/Instances/AssignedToMe';

/** One page of a list. */
export interface Page {
  readonly rows: readonly InstanceRow[];
  /** How many rows came, those that could not be read included. */
  readonly received: number;
  /** How many rows the whole list has, where the server tells. */
  readonly total: number | undefined;
}

/** Reads a page, counted from 1. Throws `BackendError` and `ContractError`. */
export type ReadPage = (list: ListName, queryString: string | undefined, page: number) => Promise<Page>;

/**
 * Fields to sort by, in the order in which they are tried; both stay put while instances move on.
 *
 * Only the first is unique: among rows that started together a server need not keep an order between pages.
 */
const stableFields = ['ReferenceId', 'StartDate'];

/** Creates the reader of pages; it remembers by which field the server sorts. */
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
    const query = pagingQuery(server, { queryString, page, sortField });
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
    const members = readJson(answer, z.array(z.unknown()), { system, path: list });
    const { rows, paths } = readRows(members);
    if (rows.length === 0 && members.length > 0) {
      throw new ContractError(`No row of ${list} could be read`, { system, paths });
    }
    if (paths.length > 0) {
      const correlationId = correlationIdOf(answer);
      log.error({ system, path: list, paths, correlationId }, 'Some instances of a list could not be read');
    }
    return { rows, received: members.length, total: totalOf(answer) };
  };
}

function readRows(members: readonly unknown[]) {
  const read = members.map((member) => instanceRow.safeParse(member));
  return {
    rows: read.flatMap((result) => (result.success ? [result.data] : [])),
    paths: read.flatMap(({ error }) => error?.issues.map((issue) => issue.path.join('.')) ?? []),
  };
}

function pagingQuery(
  { queryPrefix, pageSize }: KeyfactorServer,
  wanted: {
    readonly queryString: string | undefined;
    readonly page: number;
    readonly sortField: string | undefined;
  },
): Query {
  const name = (bare: string) =>
    queryPrefix === 'pq' ? `pq.${bare.charAt(0).toLowerCase()}${bare.slice(1)}` : bare;
  return {
    [name('QueryString')]: wanted.queryString,
    [name('PageReturned')]: wanted.page,
    [name('ReturnLimit')]: pageSize,
    [name('SortField')]: wanted.sortField,
    // The parameter is an enumeration: 0 means ascending, so that new rows come at the end.
    [name('SortAscending')]: 0,
  };
}

function totalOf(answer: HttpAnswer): number | undefined {
  const total = Number.parseInt(answer.headers['x-total-count'] ?? '', 10);
  return Number.isNaN(total) ? undefined : total;
}
