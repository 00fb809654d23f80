import type { InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';
import type { ReadNewestPage } from './read-newest-page.js';

/** What is sought among instances sorted by their last change, newest first. */
export interface Sought {
  /** Asks the server for them; absent asks for all. */
  readonly queryString?: string | undefined;
  /** Nothing that changed before this moment is wanted, in epoch milliseconds. */
  readonly fromMs?: number;
  /** Once so many rows have come, no further page is read. */
  readonly most: number;
}

/** Rows of a list, each once. */
export interface Newest {
  readonly rows: readonly InstanceRow[];
  /** True when there may be more. */
  readonly isCut: boolean;
}

/** A page as it came, with the times of its rows. */
interface Taken {
  readonly total: number | undefined;
  readonly received: number;
  readonly times: readonly number[];
}

/**
 * Reads pages until no row is wanted any more, and tells whether none can have been passed over.
 *
 * What changes meanwhile comes to the top, so others are at most read twice. But what is deleted draws a row to a
 * page that was read already, and rows of the same time have no order that two pages need agree on.
 */
export async function readPages(
  { readPage, pageSize }: { readonly readPage: ReadNewestPage; readonly pageSize: number },
  { queryString, fromMs = Number.NEGATIVE_INFINITY, most }: Sought,
): Promise<Newest & { readonly isCertain: boolean }> {
  const rows = new Map<string, InstanceRow>();
  const taken: Taken[] = [];
  let received = 0;
  for (let page = 1; ; page += 1) {
    const read = await readPage(page, queryString);
    const known = rows.size;
    for (const row of read.rows) rows.set(row.id, row);
    received += read.received;
    taken.push({ total: read.total, received: read.received, times: read.rows.map(timeOf) });
    const isLast = read.total === undefined ? read.received < pageSize : received >= read.total;
    // A server that does not know the paging parameters gives the same page again and again.
    const isOver = isLast || rows.size === known;
    if (!isOver && !hasPassed(taken, fromMs) && received < most) continue;
    const isCut = !isOver && !hasPassed(taken, fromMs);
    const isShort = isLast && rows.size < (read.total ?? 0);
    return { rows: [...rows.values()], isCut, isCertain: !isShort && !taken.some(mayHaveMissed) };
  }
}

function timeOf({ lastmodified }: InstanceRow): number {
  return parseTime(lastmodified) ?? Number.NEGATIVE_INFINITY;
}

/** Tells whether all rows to come are older; of rows in another order than was asked for, nothing is known. */
function hasPassed(taken: readonly Taken[], fromMs: number): boolean {
  const times = taken.flatMap((page) => page.times);
  const isInOrder = times.every((time, index) => time <= (times[index - 1] ?? Number.POSITIVE_INFINITY));
  return isInOrder && (times.at(-1) ?? fromMs) < fromMs;
}

function mayHaveMissed({ total, times }: Taken, index: number, taken: readonly Taken[]): boolean {
  const before = taken[index - 1];
  if (before === undefined) return false;
  return (total ?? 0) < (before.total ?? 0) || times[0] === before.times.at(-1);
}
