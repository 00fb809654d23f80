import type { Changes, Since } from '../../../ports/backend.js';
import type { Log } from '../../../ports/log.js';
import type { Instances } from '../instances/instances.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import type { ListChanged } from './changed-rows.js';
import type { ListFailed } from './failed-rows.js';
import type { ListNewest } from './list-newest.js';
import { beforeAnything, laterMark, markMs } from './mark.js';
import type { UnchangedListCheck } from './steadiness.js';

/** What has changed, and whether it is nothing that the look before did not show. */
export interface ChangesRead {
  readonly changes: Changes;
  readonly isUnchanged: boolean;
}

/** Reads what has changed on a whole server. It throws `BackendError` and `ContractError`. */
export type ReadChanges = (since: Since) => Promise<ChangesRead>;

/** Older failures than these are nobody's news when the list of failures is too long to be known whole. */
const dayMs = 86_400_000;

interface Deps {
  readonly system: string;
  readonly instances: Pick<Instances, 'fromAnyRow'>;
  readonly listChanged: ListChanged;
  readonly listFailed: ListFailed;
  readonly newest: Pick<ListNewest, 'listUnasked'>;
  readonly unchangedCheck: UnchangedListCheck;
  readonly log: Log;
}

/** Creates that reader. */
export function createReadChanges(deps: Deps): ReadChanges {
  const { instances, unchangedCheck } = deps;
  return async ({ mark: since, isFull }) => {
    const poll = since === undefined ? await firstPoll(deps) : await pollFrom(deps, since, isFull);
    const isUnchanged =
      unchangedCheck.isUnchanged({ since, rows: poll.changed, mark: poll.mark }) && !poll.isCut;
    const reported = new Map([...poll.changed, ...poll.failed].map((row) => [row.id, row]));
    const listed = await Promise.all([...reported.values()].map((row) => instances.fromAnyRow(row)));
    return { changes: { kind: 'read', instances: listed, mark: poll.mark }, isUnchanged };
  };
}

interface Poll {
  readonly changed: readonly InstanceRow[];
  readonly failed: readonly InstanceRow[];
  readonly mark: string;
  readonly isCut: boolean;
}

/** What failed after the mark was read is left to the next look, to which it will be news. */
async function firstPoll(deps: Deps): Promise<Poll> {
  deps.unchangedCheck.begin(beforeAnything);
  const latest = await deps.newest.listUnasked({ most: 1 });
  const mark = laterMark(beforeAnything, latest.rows);
  const failed = await readFailed(deps);
  const old = failed.rows.filter(({ lastmodified }) => markMs(lastmodified ?? '') <= markMs(mark));
  return { changed: [], failed: old, mark, isCut: false };
}

async function pollFrom(deps: Deps, since: string, isFull: boolean): Promise<Poll> {
  const { system, listChanged, unchangedCheck, log } = deps;
  const { rows: changed, isCut } = await listChanged(since, unchangedCheck.begin(since));
  if (isCut) log.warn({ system, rows: changed.length }, 'More has changed than is read at a time');
  const failed = isFull || isCut ? await readFailed(deps) : { rows: [], isCut: false };
  const newsMs = markMs(since) - dayMs;
  const isNews = (row: InstanceRow) => !failed.isCut || markMs(row.lastmodified ?? '') >= newsMs;
  return { changed, failed: failed.rows.filter(isNews), mark: laterMark(since, changed), isCut };
}

async function readFailed({ system, listFailed, log }: Deps) {
  const failed = await listFailed();
  if (failed.isCut)
    log.warn({ system, rows: failed.rows.length }, 'More stands failed than is read at a time');
  return failed;
}
