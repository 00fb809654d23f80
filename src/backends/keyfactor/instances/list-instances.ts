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

/** Rows of a list, each once. */
export interface Listing {
  readonly rows: readonly InstanceRow[];
  /** With more than one page, rows that moved meanwhile may be missing. */
  readonly pages: number;
}

/** What to list. */
export interface Listed {
  readonly list: ListName;
  readonly queryString?: string;
  /** Stops reading once it holds. */
  readonly enough?: (rows: readonly InstanceRow[]) => boolean;
}

/** Reads a list to its end. Throws `BackendError` and `ContractError`. */
export type ListInstances = (listed: Listed) => Promise<Listing>;

/**
 * Fields to sort by, in the order in which they are tried; both stay put while instances move on.
 *
 * Only the first is unique: among rows that started together a server need not keep an order between pages.
 */
const stableFields = ['ReferenceId', 'StartDate'];

const pagesLimit = 1_000;

/** Creates the reader of lists. */
export function createListInstances(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ListInstances {
  const { client, server, log } = deps;
  let sortFields: readonly string[] = stableFields;

  async function readPage({ list, queryString }: Listed, page: number): Promise<HttpAnswer> {
    const [sortField, ...others] = sortFields;
    const query = pagingQuery(server, { queryString, page, sortField });
    const answer = await client.get(list, { version: server.apiVersion.instances, query });
    if (isSuccess(answer)) return answer;
    if (answer.status !== 400 || others.length === 0 || queryString !== undefined) {
      throw client.unexpected(answer, 'GET', list);
    }
    const correlationId = correlationIdOf(answer);
    log.warn({ system: server.name, sortField, correlationId }, 'The server does not sort by this field');
    sortFields = others;
    return readPage({ list }, page);
  }

  /** Adds the rows of one reading from the first page to the last; tells how many there should be. */
  async function readThrough(listed: Listed, rows: Map<string, InstanceRow>) {
    const isAgain = rows.size > 0;
    let received = 0;
    for (let page = 1; page <= pagesLimit; page += 1) {
      const answer = await readPage(listed, page);
      const read = readRows(answer, { system: server.name, path: listed.list, log });
      const known = rows.size;
      for (const row of read.rows) rows.set(row.id, row);
      received += read.received;
      if (listed.enough?.([...rows.values()])) return { pages: page, isComplete: true };
      const total = totalOf(answer);
      const isLast = total === undefined ? read.received < server.pageSize : received >= total;
      // A server that does not know the paging parameters answers the same page again and again.
      const isOver = isLast || (page > 1 && rows.size === known && !isAgain);
      if (isOver || read.received === 0) return { pages: page, isComplete: rows.size >= (total ?? 0) };
    }
    return { pages: pagesLimit, isComplete: true };
  }

  return async (listed) => {
    const rows = new Map<string, InstanceRow>();
    let through = await readThrough(listed, rows);
    // Rows that moved between pages are met in another reading.
    for (let again = 0; again < 2 && !through.isComplete && through.pages > 1; again += 1) {
      through = await readThrough(listed, rows);
    }
    return { rows: [...rows.values()], pages: through.pages };
  };
}

/** Reads the total, which the server may tell: it decides, since pages may be smaller than was asked for. */
function totalOf(answer: HttpAnswer): number | undefined {
  const total = Number.parseInt(answer.headers['x-total-count'] ?? '', 10);
  return Number.isNaN(total) ? undefined : total;
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

/** Reads the rows of a page; odd ones are left out and logged, unless all of them are odd. */
function readRows(answer: HttpAnswer, context: { system: string; path: string; log: Log }) {
  const { system, path, log } = context;
  const members = readJson(answer, z.array(z.unknown()), context);
  const read = members.map((member) => instanceRow.safeParse(member));
  const rows = read.flatMap((result) => (result.success ? [result.data] : []));
  const paths = read.flatMap(({ error }) => error?.issues.map((issue) => issue.path.join('.')) ?? []);
  if (rows.length === 0 && members.length > 0) {
    throw new ContractError(`No row of ${path} could be read`, { system, paths });
  }
  if (paths.length > 0) {
    const correlationId = correlationIdOf(answer);
    log.error({ system, path, paths, correlationId }, 'Some instances of a list could not be read');
  }
  return { rows, received: members.length };
}
