import type { InstanceRow } from '../wire/instance-wire.js';
import type { Listed, Page, ReadPage } from './read-page.js';

/** Rows of a list, each once. */
export interface Listing {
  readonly rows: readonly InstanceRow[];
  /** With more than one page, rows that moved meanwhile may be missing. */
  readonly pages: number;
}

/** What to list. */
interface Wanted extends Listed {
  /** Stops reading once it holds. */
  readonly enough?: (rows: readonly InstanceRow[]) => boolean;
}

/** Reads a list to its end. Throws `BackendError` and `ContractError`. */
export type ListInstances = (wanted: Wanted) => Promise<Listing>;

/** A list with more pages than this does not end. */
const pagesLimit = 1_000;

/** How often a list is read again when rows moved between its pages. */
const readingsLimit = 3;

/** Creates the reader of lists. */
export function createListInstances(readPage: ReadPage, pageSize: number): ListInstances {
  return async (wanted) => {
    const rows = new Map<string, InstanceRow>();
    for (let reading = 1; ; reading += 1) {
      const { pages, isComplete } = await readThrough(wanted, rows, { readPage, pageSize });
      if (isComplete || pages === 1 || reading === readingsLimit) return { rows: [...rows.values()], pages };
    }
  };
}

/** Adds the rows from the first page to the last, and tells whether these are as many as there should be. */
async function readThrough(
  { enough, ...listed }: Wanted,
  rows: Map<string, InstanceRow>,
  { readPage, pageSize }: { readonly readPage: ReadPage; readonly pageSize: number },
): Promise<{ readonly pages: number; readonly isComplete: boolean }> {
  const seen = new Set<string>();
  let received = 0;
  for (let page = 1; page <= pagesLimit; page += 1) {
    const read = await readPage(listed, page);
    const known = seen.size;
    for (const row of read.rows) {
      seen.add(row.id);
      rows.set(row.id, row);
    }
    received += read.received;
    if (enough?.([...rows.values()])) return { pages: page, isComplete: true };
    // A server that does not know the paging parameters gives the same page again and again.
    const isOver = isLast(read, received, pageSize) || seen.size === known;
    if (isOver) return { pages: page, isComplete: rows.size >= (read.total ?? 0) };
  }
  return { pages: pagesLimit, isComplete: true };
}

/** The total decides where it is told, since the server may give smaller pages than it was asked for. */
function isLast(page: Page, received: number, pageSize: number): boolean {
  return page.total === undefined ? page.received < pageSize : received >= page.total;
}
