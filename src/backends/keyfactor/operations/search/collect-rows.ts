import { BackendError } from '../../../../ports/errors.js';
import type { Rows } from '../../wire/read-rows.js';

/** Which rows of a list are wanted. */
export interface Sought<Row> {
  /** Asks the server for them; absent asks for all rows. */
  readonly queryString?: string | undefined;
  /**
   * Tells whether a row is one of them: a server that does not know a parameter ignores it.
   *
   * Where the server took the query, what a row does not tell may be believed.
   */
  fits(row: Row, requested: boolean): boolean;
  /** How many are enough. */
  readonly count: number;
}

/** Reads one page, counted from 1. */
export type ReadRows<Row> = (
  page: number,
  pageSize: number,
  queryString: string | undefined,
) => Promise<Rows<Row>>;

/** Small enough to be answered fast, large enough for most lists at once. */
const pageSizes = { least: 50, most: 500 };

/** Nobody waits for more rows than these to be looked through. */
const rowsLimit = 5_000;

/**
 * Collects the first rows that fit, each once.
 *
 * As far as possible with one request, because rows move between pages. A query that the server rejects is left
 * out, and its rows are found among all.
 */
export async function collectRows<Row extends { readonly id: string }>(
  read: ReadRows<Row>,
  sought: Sought<Row>,
): Promise<readonly Row[]> {
  try {
    return await readThrough(read, sought);
  } catch (error) {
    const isRejected = error instanceof BackendError && error.code === 'rejected';
    if (!isRejected || sought.queryString === undefined) throw error;
    const { fits, count } = sought;
    return readThrough(read, { fits, count });
  }
}

async function readThrough<Row extends { readonly id: string }>(
  read: ReadRows<Row>,
  { queryString, fits, count }: Sought<Row>,
): Promise<readonly Row[]> {
  const pageSize = Math.min(Math.max(count, pageSizes.least), pageSizes.most);
  const seen = new Set<string>();
  const found: Row[] = [];
  let received = 0;
  for (let page = 1; received < rowsLimit; page += 1) {
    const response = await read(page, pageSize, queryString);
    const fresh = response.rows.filter(({ id }) => !seen.has(id));
    for (const row of fresh) {
      seen.add(row.id);
      if (fits(row, queryString !== undefined)) found.push(row);
    }
    received += response.received;
    const isLast = response.total === undefined ? response.received < pageSize : received >= response.total;
    if (found.length >= count || isLast || fresh.length === 0) break;
  }
  return found;
}
