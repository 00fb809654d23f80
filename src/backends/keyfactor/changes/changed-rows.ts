import type { Log } from '../../../ports/log.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';
import type { FilterTrust } from './filter-trust.js';
import type { ListNewest } from './list-newest.js';
import { changedSince, markMs } from './mark.js';
import type { Newest } from './read-pages.js';

/** More rows than these are not read in one look. */
const most = 5_000;

/** Lists every instance that changed at or after `fromMs`, and those that do not tell. */
export type ListChanged = (mark: string, fromMs: number) => Promise<Newest>;

/** Creates that list. It throws `BackendError` and `ContractError`. */
export function createListChanged(deps: {
  readonly newest: ListNewest;
  readonly trust: FilterTrust;
  readonly system: string;
  readonly log: Log;
}): ListChanged {
  const { newest, trust, system, log } = deps;

  return async (mark, fromMs) => {
    const fitting = ({ rows, isCut }: Newest): Newest => {
      return { rows: rows.filter((row) => (changedMs(row) ?? fromMs) >= fromMs), isCut };
    };
    const sought = { fromMs, most };
    const ask = async () =>
      fitting(await newest.list({ ...sought, queryString: changedSince(fromMs, mark) }));
    if (!(await trust.isTrusted())) return fitting(await newest.listUnasked(sought));
    const requested = await ask();
    // The run the mark is from has to be there, unless it was deleted.
    if (requested.rows.some((row) => (changedMs(row) ?? 0) >= markMs(mark))) return requested;
    const all = fitting(await newest.listUnasked(sought));
    // What came in between is there when asked again.
    if (isWithin(all, requested) || isWithin(all, await ask())) return all;
    log.warn(
      { system },
      'The server leaves changes out when asked for them; from now on all are looked through',
    );
    await trust.noteLie();
    return all;
  };
}

function isWithin(all: Newest, requested: Newest): boolean {
  const ids = new Set(requested.rows.map(({ id }) => id));
  return all.rows.every((row) => ids.has(row.id) || changedMs(row) === undefined);
}

function changedMs({ lastmodified }: InstanceRow): number | undefined {
  return parseTime(lastmodified);
}
