import type { Snapshot } from '../../domain/approval-lifecycle.js';
import { type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import type { Changes, LiveBackend, Remembered, Since } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { endSignal, mapAhead } from '../../shared/async.js';
import { asError, defined } from '../../shared/language.js';
import type { ChangePoller } from './changes.js';
import type { NewestRow } from './client.js';
import {
  type AssignedList,
  createRowReader,
  type Instances,
  isAsListedOnly,
  type ListedRow,
  readAccess,
} from './instances.js';
import type { KeyfactorServer } from './settings.js';
import { type InstanceRow, parseTime } from './wire.js';

const detailsAtOnce = 4;

interface Deps {
  readonly server: Pick<KeyfactorServer, 'name' | 'signalAs'>;
  readonly instances: Instances;
  readonly pollChanges: ChangePoller['poll'];
  /** Reads what changed last in the list of what waits; gives up after so many milliseconds. */
  readonly readNewest: (timeoutMs: number) => Promise<NewestRow>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** Tells whether a run's step is one of people, by its definition; its signals tell it unless given. */
  readonly asksPeople?: (instance: Instance) => Promise<boolean>;
}

/**
 * Creates the poll of everything that waits for us and everything remembered, and the peek that may call for it.
 *
 * An instance that cannot be read for now is left out; the others are told all the same.
 */
export function createObserve(deps: Deps): Required<Pick<LiveBackend, 'observe' | 'peek'>> {
  const walking = createWalking(deps);
  return { observe: createPoll(deps, walking), peek: createPeek(deps, walking) };
}

function createPoll(deps: Deps, { goThrough }: Walking): LiveBackend['observe'] {
  const { server, log } = deps;
  return async (remembered, since) => {
    const { walk, isRepeated, changes, rows = [...walk.listing] } = await goThrough(since);
    const { listing } = walk;
    const known = new Map(remembered.map((entry) => [entry.ref.id.toLowerCase(), entry]));
    const listed = new Set(rows.map(({ id }) => id));
    const readRow = createRowReader();
    const changed = rows
      .filter((row) => hasChanged(row, known.get(row.id)))
      .map((row) => ({
        ref: { system: server.name, id: row.id },
        poll: () => pollAtListed(deps, readRow(row), listing),
      }));
    const gone = remembered
      .filter(({ ref }) => !listed.has(ref.id.toLowerCase()))
      .filter((entry) => !isRepeated || entry.isAssigned || !isUnchanged(walk, entry))
      .map((entry) => ({ ref: entry.ref, poll: () => pollAtGone(deps, entry, walk) }));
    // Cards that are there tell the truth before others come; what could never be read in full comes last.
    const rankOf = ({ ref }: Poll) => {
      const before = known.get(ref.id.toLowerCase());
      if (before === undefined) return 1;
      return isAsListedOnly(before.fingerprint) ? 2 : 0;
    };
    const polls = [...gone, ...changed].sort((a, b) => rankOf(a) - rankOf(b));
    return { snapshots: runPolls(polls, log), ...defined({ changes }) };
  };
}

/** What a walk through the list of everything that waits has found. */
interface Walk {
  readonly listing: AssignedList;
  /** How long the server took for it, in milliseconds. */
  readonly tookMs: number;
  /** Fingerprints of remembered instances that were read besides and had not changed, by id. */
  readonly unchanged: Map<string, string>;
}

/** A walk, made now or before, and what has changed on the whole server. */
interface Walked {
  readonly walk: Walk;
  /** True when the walk was made before, and nothing has changed since. */
  readonly isRepeated: boolean;
  /** The rows of a walk that was just made. */
  readonly rows?: readonly ListedRow[];
  readonly changes?: Changes;
}

/** A walk that took no more requests than these is always made again: roles change without a trace in lists. */
const fewRequests = 4;

/** What leaves no trace among changes is found this often. */
const fullWalkEveryMs = 15 * 60_000;

/** Two changes closer to each other than this may bear the same time: servers may cut it to whole seconds. */
const clockTickMs = 2_000;

/** Goes through the list of everything that waits. */
interface Walking {
  readonly goThrough: (since: Since | undefined) => Promise<Walked>;
  /** Gives the walk that was made last; undefined while there is none, and where the last one failed. */
  latest(): Walk | undefined;
  /** Has the next walk made, whatever the changes say. */
  expectNews(): void;
}

/**
 * Creates the walk, which is spared while nothing changes on the server.
 *
 * It is made all the same for a full poll, after a start, while anything tells no time of its last change, and
 * until a poll that comes a tick of the server's clock after the last change was seen: two changes within one look alike.
 */
function createWalking({ instances, pollChanges, now }: Deps): Walking {
  let last: { readonly walk: Walk; readonly isRepeatable: boolean } | undefined;
  let changedAtMs = 0;
  let walkedAtMs = 0;
  /** Where nobody wants to know of changes, they only say whether a walk can be spared. */
  let mark: string | undefined;

  async function walkAnew(): Promise<{ readonly walk: Walk; readonly rows: readonly ListedRow[] }> {
    last = undefined;
    const startedAtMs = now();
    const { list: listing, rows } = await instances.listAssigned();
    walkedAtMs = now();
    return { walk: { listing, tookMs: walkedAtMs - startedAtMs, unchanged: new Map() }, rows };
  }

  async function readChanges(since: Since | undefined, before: Walk | undefined) {
    if (since) return pollChanges(since);
    if (!before || !isCostly(before)) return { isUnchanged: false };
    const { changes, isUnchanged } = await pollChanges({
      ...defined({ mark }),
      isFull: false,
      withoutFailed: true,
    });
    if (changes?.kind === 'read') mark = changes.mark;
    return { isUnchanged };
  }

  return {
    latest: () => last?.walk,
    expectNews() {
      if (last) last = { ...last, isRepeatable: false };
    },
    async goThrough(since) {
      const isFull = since ? since.isFull : now() - walkedAtMs >= fullWalkEveryMs;
      const known = last?.isRepeatable && isCostly(last.walk) && !isFull ? last.walk : undefined;
      // A walk that has to be made comes first: its failure is everybody's, that of the changes is their own.
      const made = known === undefined ? await walkAnew() : undefined;
      const { changes, isUnchanged } = await readChanges(since, known ?? made?.walk);
      const isRepeated = made === undefined && isUnchanged;
      const { walk, rows } =
        made ?? (known !== undefined && isUnchanged ? { walk: known, rows: undefined } : await walkAnew());
      if (!isUnchanged) changedAtMs = now();
      const { isTimed } = walk.listing;
      last = { walk, isRepeatable: isUnchanged && isTimed && now() - changedAtMs >= clockTickMs };
      return { walk, isRepeated, ...defined({ rows, changes }) };
    },
  };
}

/** How peeks spare a server. */
const peeking = {
  /** Where a poll takes more pages than these, it comes when it is due. */
  mostPages: fewRequests,
  timeoutMs: 5_000,
  /** So many times as long as the server took for the last request or walk, it is left alone. */
  restTimes: 10,
  /** At least so long after a peek without an answer, and after a poll that was called for and found nothing new. */
  leastRestMs: 15_000,
  /** At most so long; and where the server refuses to be asked, or cannot tell. */
  mostRestMs: 600_000,
} as const;

/**
 * Creates the peek: one request for the row of the list that changed last, which is worth a poll where the last walk
 * did not see it so, or saw another number of rows.
 *
 * Nothing else follows from it. A server that answers with stale or wrong rows is polled in vain ever more seldom.
 */
function createPeek({ server, readNewest, now, log }: Deps, walking: Walking): () => Promise<boolean> {
  let restsUntilMs = 0;
  let inVain = 0;
  let isOff = false;
  /** The walk that stood when a poll was last called for. */
  let outdated: Walk | undefined;

  function rest(forMs: number): void {
    restsUntilMs = now() + Math.min(forMs, peeking.mostRestMs);
  }

  function switchOff(why: object): void {
    rest(peeking.mostRestMs);
    if (!isOff)
      log.info({ system: server.name, ...why }, 'Quick checks are off for now; polls come when they are due');
    isOff = true;
  }

  /** Tells whether the last poll that was called for was of no use; there, the next one is long in coming. */
  function wasInVain(walk: Walk): boolean {
    if (outdated === undefined) return false;
    inVain = isSameList(outdated, walk) ? inVain + 1 : 0;
    outdated = undefined;
    if (inVain > 0) rest(peeking.leastRestMs * 2 ** (inVain - 1));
    return inVain > 0;
  }

  return async () => {
    const walk = walking.latest();
    if (walk === undefined || walk.listing.pages > peeking.mostPages) return false;
    if (now() < restsUntilMs || wasInVain(walk)) return false;
    const startedAtMs = now();
    try {
      const newest = await readNewest(peeking.timeoutMs);
      rest(Math.max(now() - startedAtMs, walk.tookMs) * peeking.restTimes);
      const meaning = meaningOf(newest, walk.listing);
      if (meaning === 'untold') switchOff({ why: 'the server does not tell what changed last' });
      else isOff = false;
      if (meaning !== 'news') return false;
      outdated = walk;
      walking.expectNews();
      return true;
    } catch (error) {
      if (!isBackendFailure(error)) throw error;
      if (isRefusal(error)) switchOff({ err: error });
      else rest(Math.max((now() - startedAtMs) * peeking.restTimes, peeking.leastRestMs));
      return false;
    }
  };
}

function isRefusal(error: unknown): boolean {
  return BackendError.hasCode(error, 'rejected', 'forbidden', 'sign-in', 'not-found', 'throttled');
}

/** Says what the row that changed last means beside a list that was walked through. */
function meaningOf({ row, total }: NewestRow, listing: AssignedList): 'news' | 'same' | 'untold' {
  const isAsMany = total === listing.total;
  if (row === undefined) return listing.length === 0 && isAsMany ? 'same' : 'news';
  const atMs = parseTime(row.lastmodified);
  if (atMs === undefined) return 'untold';
  const before = [...listing].find(({ id }) => id === row.id);
  if (before === undefined || !isSameRow(before, row) || !isAsMany) return 'news';
  if (listing.changedAtMs <= atMs) return 'same';
  // Without a number of rows, the one that changed last may have left the list.
  return total === undefined ? 'news' : 'untold';
}

function isSameRow(before: ListedRow, row: Omit<ListedRow, 'fingerprint' | 'place'>): boolean {
  return (
    before.lastmodified === row.lastmodified && before.currentstepuniquename === row.currentstepuniquename
  );
}

function isSameList({ listing: before }: Walk, { listing }: Walk): boolean {
  const rows = new Map([...before].map((row) => [row.id, row]));
  const isKnown = (row: ListedRow) => {
    const known = rows.get(row.id);
    return known !== undefined && isSameRow(known, row);
  };
  return before.length === listing.length && [...listing].every(isKnown);
}

function isCostly({ listing, unchanged }: Walk): boolean {
  return listing.pages + unchanged.size > fewRequests;
}

/** A look at one instance, still to be taken; undefined if it shows nothing new. */
interface Poll {
  readonly ref: InstanceRef;
  readonly poll: () => Promise<Snapshot | undefined>;
}

async function* runPolls(polls: readonly Poll[], log: Log): AsyncGenerator<Snapshot, void> {
  const found = mapAhead(detailsAtOnce, polls, ({ ref, poll }) => orLeaveOut(poll, ref, log));
  for await (const snapshot of found) if (snapshot) yield snapshot;
}

function hasChanged(row: ListedRow, before: Remembered | undefined): boolean {
  return before === undefined || !before.isAssigned || before.fingerprint !== row.fingerprint;
}

function isUnchanged({ unchanged }: Walk, { ref, fingerprint }: Remembered): boolean {
  return unchanged.get(ref.id) === fingerprint;
}

async function pollAtListed(
  { server, instances, asksPeople = async () => true }: Deps,
  row: InstanceRow,
  listing: AssignedList,
): Promise<Snapshot> {
  const reading = await instances.read({ system: server.name, id: row.id }, row);
  const instance = reading.kind === 'found' ? reading.instance : instances.fromRow(row);
  // What waits for anybody may also wait for something other than people.
  const isAssigned =
    server.signalAs === 'service' || (instance.awaitsApproval && (await asksPeople(instance)));
  return withSuccessors(instances, { kind: 'seen', instance, isAssigned }, listing);
}

async function pollAtGone(
  { instances }: Deps,
  before: Remembered,
  walk: Walk,
): Promise<Snapshot | undefined> {
  const reading = await instances.read(before.ref);
  if (reading.kind === 'not-visible') {
    return { kind: 'not-visible', ref: before.ref, missingPermission: readAccess };
  }
  const { instance } = reading;
  if (!before.isAssigned && instance.fingerprint === before.fingerprint) {
    walk.unchanged.set(before.ref.id, before.fingerprint);
    return undefined;
  }
  const { listing } = walk;
  const mayHaveMoved = listing.pages > 1 && before.isAssigned && instance.awaitsApproval;
  const isAssigned = mayHaveMoved && (await instances.isAssigned(before.ref));
  return withSuccessors(instances, { kind: 'seen', instance, isAssigned }, listing);
}

async function withSuccessors(
  instances: Instances,
  snapshot: Extract<Snapshot, { kind: 'seen' }>,
  listing: AssignedList,
): Promise<Snapshot> {
  if (snapshot.instance.status.kind !== 'canceled-for-restart') return snapshot;
  return { ...snapshot, successors: await instances.findSuccessors(snapshot.instance, listing.whole()) };
}

async function orLeaveOut(
  poll: () => Promise<Snapshot | undefined>,
  ref: InstanceRef,
  log: Log,
): Promise<Snapshot | undefined> {
  try {
    return await poll();
  } catch (error) {
    // Whoever looked was told to end.
    if (endSignal()?.aborted) return undefined;
    const isOfServer = isBackendFailure(error);
    const correlationId = error instanceof BackendError ? error.correlationId : undefined;
    const err = asError(error);
    // A defect of ours about one run must not keep all others from being seen.
    log[isOfServer ? 'warn' : 'error'](
      { instance: refKey(ref), correlationId, err },
      'An instance could not be read',
    );
    return undefined;
  }
}
