import { BackendError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import type { ListInstances } from '../instances/list-instances.js';
import { everyInstance, type ReadNewestPage } from './read-newest-page.js';
import { type Newest, readPages, type Sought } from './read-pages.js';

/**
 * Ways of listing, the best one first: with the query; without it, down to where rows are too old; with the query,
 * in the order in which instances started, for a server that does not sort by change.
 */
const ways = ['asked', 'newest-first', 'oldest-start-first'] as const;

type Way = (typeof ways)[number];

/** Lists instances that changed last; rows that were not sought may be among them. */
export interface ListNewest {
  /** Throws `BackendError` and `ContractError`. */
  list(sought: Sought): Promise<Newest>;
  /** Lists without a query. */
  listUnasked(sought: Omit<Sought, 'queryString'>): Promise<Newest>;
}

/** Creates that list; it remembers what the server refuses. */
export function createListNewest(deps: {
  readonly readPage: ReadNewestPage;
  readonly pageSize: number;
  /** In a stable order. */
  readonly list: ListInstances;
  readonly system: string;
  readonly log: Log;
}): ListNewest {
  const { system, log } = deps;
  let open: readonly Way[] = ways;

  async function listBy(way: Way, sought: Sought): Promise<Newest> {
    const { queryString, ...unasked } = sought;
    switch (way) {
      case 'asked':
        return readNewest(sought);
      case 'newest-first':
        return readNewest(unasked);
      case 'oldest-start-first':
        return { ...(await deps.list({ list: everyInstance, queryString })), isCut: false };
    }
  }

  /** Where something may have been passed over, it is there in the order in which instances started. */
  async function readNewest(sought: Sought): Promise<Newest> {
    const { rows, isCut, isCertain } = await readPages(deps, sought);
    if (isCertain || isCut) return { rows, isCut };
    const { queryString } = sought;
    const others = await deps.list({ list: everyInstance, queryString });
    return { rows: [...new Map([...rows, ...others.rows].map((row) => [row.id, row])).values()], isCut };
  }

  async function firstThatWorks(sought: Sought, [way, ...others]: readonly Way[]): Promise<Newest> {
    try {
      return await listBy(way ?? 'newest-first', sought);
    } catch (error) {
      const isRefused = error instanceof BackendError && error.code === 'rejected';
      if (!isRefused || others.length === 0) throw error;
      const found = await firstThatWorks(sought, others);
      log.warn({ system, way, err: error }, 'The server does not list its instances in this way');
      open = open.filter((each) => each !== way);
      return found;
    }
  }

  return {
    list: (sought) => firstThatWorks(sought, open),
    listUnasked: (sought) =>
      firstThatWorks(
        sought,
        open.filter((way) => way !== 'asked'),
      ),
  };
}
