import type { Snapshot } from '../../domain/approval-lifecycle.js';
import { type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import type { Changes, LiveBackend, Remembered, Since } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { endSignal, mapAhead } from '../../shared/async.js';
import { asError, defined } from '../../shared/language.js';
import type { KeyfactorClient, NewestRow } from './client.js';
import {
  type AssignedList,
  createRowReader,
  fingerprintOfRow,
  type Instances,
  isAsListedOnly,
  type ListedRow,
  listAll,
  listOrAll,
  type Notes,
  readAccess,
  toStatus,
  WideAccess,
  walkPages,
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

/** From where on changes are wanted. */
interface ChangesSince extends Pick<Since, 'mark' | 'isFull'> {
  /** Set where nobody asks which runs stand failed. */
  readonly withoutFailed?: boolean | undefined;
}

/** What a look came to; changes are absent while they cannot be read. */
interface ChangesSeen {
  readonly changes?: Changes;
  /** True when nothing has changed on the whole server since the look before. */
  readonly isUnchanged: boolean;
}

/** A list that fails slowly is left alone for so many times as long, but no longer than the limit. */
const rest = { times: 10, mostMs: 600_000 };

/** Older failures than these are nobody's news when the list of failures is too long to be known whole. */
const dayMs = 86_400_000;

/** More rows than these are not read in one look. */
const mostChanged = 5_000;

/** A server with more standing failures than these has given up on them. */
const mostFailed = 10_000;

/** Looks for what has changed on one server. */
export class ChangePoller {
  readonly #deps: PollerDeps;
  readonly #newest: NewestChanges;
  readonly #unchangedCheck: UnchangedListCheck;
  readonly #wideAccess: WideAccess;
  #restsUntilMs = 0;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
    this.#newest = new NewestChanges(deps.client, deps.log);
    this.#unchangedCheck = new UnchangedListCheck(deps.now);
    this.#wideAccess = new WideAccess(deps.client.server, deps.now);
  }

  /**
   * Polls; a failure of the list is not thrown, because approvals are told all the same.
   *
   * What stands failed since before the first poll is left out on request.
   */
  async poll(since: ChangesSince): Promise<ChangesSeen> {
    if (this.#deps.now() < this.#restsUntilMs) return { isUnchanged: false };
    if (!this.#wideAccess.isWorthTrying()) return refused;
    const startedAtMs = this.#deps.now();
    try {
      return await this.#read(since);
    } catch (error) {
      if (!isBackendFailure(error)) throw error;
      if (BackendError.hasCode(error, 'forbidden', 'sign-in')) {
        this.#wideAccess.noteRefusal();
        return refused;
      }
      this.#restsUntilMs =
        this.#deps.now() + Math.min((this.#deps.now() - startedAtMs) * rest.times, rest.mostMs);
      this.#warn('Could not read what has changed; approvals were looked at all the same', { err: error });
      return { isUnchanged: false };
    }
  }

  async #read({ mark: since, isFull, withoutFailed }: ChangesSince): Promise<ChangesSeen> {
    const poll =
      since === undefined
        ? await this.#firstPoll(withoutFailed)
        : await this.#pollFrom(since, { isFull, withoutFailed });
    const { changed, failed, mark, isCut } = poll;
    const isUnchanged = this.#unchangedCheck.isUnchanged(since, poll) && !isCut;
    const reported = [...distinctRows([...changed, ...failed])];
    const instances = await Promise.all(reported.map((row) => this.#deps.instances.fromAnyRow(row)));
    return { changes: { kind: 'read', instances, mark }, isUnchanged };
  }

  /** What failed after the mark was read is left to the next look, to which it will be news. */
  async #firstPoll(withoutFailed = false): Promise<ChangedRows> {
    this.#unchangedCheck.begin(beforeAnything);
    const latest = await this.#newest.listUnasked({ most: 1 });
    const mark = laterMark(beforeAnything, latest.rows);
    const { rows } = withoutFailed ? { rows: [] } : await this.#listFailed();
    const failed = rows.filter(({ lastmodified }) => markMs(lastmodified ?? '') <= markMs(mark));
    return { changed: [], failed, mark, isCut: false };
  }

  async #pollFrom(
    since: string,
    { isFull, withoutFailed }: Omit<ChangesSince, 'mark'>,
  ): Promise<ChangedRows> {
    const { rows: changed, isCut } = await this.#listChanged(since, this.#unchangedCheck.begin(since));
    if (isCut) this.#warn('More has changed than is read at a time', { rows: changed.length });
    const showsFailed = (isFull || isCut) && !withoutFailed;
    const failed = showsFailed ? await this.#listFailed() : { rows: [], isCut: false };
    const newsMs = markMs(since) - dayMs;
    const isNews = (row: InstanceRow) => !failed.isCut || markMs(row.lastmodified ?? '') >= newsMs;
    return { changed, failed: failed.rows.filter(isNews), mark: laterMark(since, changed), isCut };
  }

  /** Lists every instance that stands failed, those that started first first. */
  async #listFailed(): Promise<Newest> {
    const { rows } = await listOrAll(this.#deps.client, {
      list: everyInstance,
      queryString: 'Status -eq "Failed"',
      enough: (read) => read.length >= mostFailed,
    });
    const failed = rows.filter(({ status }) => toStatus(status).kind === 'failed');
    const isCut = rows.length >= mostFailed;
    if (isCut) this.#warn('More stands failed than is read at a time', { rows: failed.length });
    return { rows: failed, isCut };
  }

  /** Lists every instance that changed at or after `fromMs`, and those that do not tell. */
  async #listChanged(mark: string, fromMs: number): Promise<Newest> {
    const fitting = ({ rows, isCut }: Newest): Newest => ({
      rows: rows.filter((row) => (changedMs(row) ?? fromMs) >= fromMs),
      isCut,
    });
    const sought = { fromMs, most: mostChanged };
    const queryString = changedSince(fromMs, mark);
    const ask = async () => fitting(await this.#newest.list({ ...sought, queryString }));
    if (!(await this.#comparesTimes())) return fitting(await this.#newest.listUnasked(sought));
    const requested = await ask();
    // The run the mark is from has to be there, unless it was deleted.
    if (requested.rows.some((row) => (changedMs(row) ?? 0) >= markMs(mark))) return requested;
    const all = fitting(await this.#newest.listUnasked(sought));
    // What came in between is there when asked again.
    if (isWithin(all, requested) || isWithin(all, await ask())) return all;
    this.#warn('The server leaves changes out when asked for them; from now on all are looked through');
    await this.#deps.notes.putNote(this.#timesKey, 'no');
    return all;
  }

  /** How the server compares times is documented nowhere; that it left something out is kept across restarts. */
  async #comparesTimes(): Promise<boolean> {
    return (await this.#deps.notes.getNote(this.#timesKey)) !== 'no';
  }

  get #timesKey(): string {
    return `keyfactor/${this.#deps.client.server.name}/compares-times`;
  }

  #warn(sentence: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#deps.log.warn({ system: this.#deps.client.server.name, ...fields }, sentence);
  }
}

interface PollerDeps {
  readonly client: KeyfactorClient;
  readonly instances: Instances;
  readonly notes: Notes;
  readonly now: () => number;
  readonly log: Log;
}

const refused: ChangesSeen = {
  changes: { kind: 'not-permitted', permission: readAccess },
  isUnchanged: false,
};

interface ChangedRows {
  readonly changed: readonly InstanceRow[];
  readonly failed: readonly InstanceRow[];
  readonly mark: string;
  readonly isCut: boolean;
}

function distinctRows(rows: readonly InstanceRow[]): Iterable<InstanceRow> {
  return new Map(rows.map((row) => [row.id, row])).values();
}

function isWithin(all: Newest, requested: Newest): boolean {
  const ids = new Set(requested.rows.map(({ id }) => id));
  return all.rows.every((row) => ids.has(row.id) || changedMs(row) === undefined);
}

function changedMs({ lastmodified }: InstanceRow): number | undefined {
  return parseTime(lastmodified);
}

/** Clocks of servers that share a database may differ by so much, and so late may a change show in a list. */
const overlapMs = 180_000;

/** Knows what the looks before this one have shown; that is lost with a restart. */
class UnchangedListCheck {
  readonly #now: () => number;
  #beganAtMs = 0;
  #last: PolledList | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins a look; says from where on to look, given the mark to go on from, in epoch milliseconds. */
  begin(mark: string): number {
    const last = this.#last;
    this.#beganAtMs = this.#now();
    // What shows late has shown by now, so a storm that is over is not read again for ever.
    const isOver = last?.mark === mark && last.beganAtMs - last.newsAtMs > overlapMs;
    const sinceMark = markMs(mark) - (isOver ? 0 : overlapMs);
    // A mark from a clock that ran ahead would hide everything; our own clock only ever widens the look.
    const fromMs = Math.min(sinceMark, (last?.beganAtMs ?? this.#beganAtMs) - overlapMs);
    // Whole seconds, because a server may cut fractions off what it shows.
    return Math.floor(fromMs / 1000) * 1000;
  }

  /** Takes in all that the look found; tells whether nothing of it is new since the look before. */
  isUnchanged(since: string | undefined, { changed: rows, mark }: ChangedRows): boolean {
    const before = this.#last?.mark === since ? this.#last : undefined;
    const isUnchanged = before !== undefined && rows.every((row) => isKnown(row, before));
    this.#last = {
      mark,
      beganAtMs: this.#beganAtMs,
      newsAtMs: isUnchanged ? before.newsAtMs : this.#now(),
      fingerprints: new Map(rows.map((row) => [row.id, fingerprintOfRow(row)])),
    };
    return isUnchanged;
  }
}

interface PolledList {
  readonly mark: string;
  readonly beganAtMs: number;
  /** When something new was last seen. */
  readonly newsAtMs: number;
  readonly fingerprints: ReadonlyMap<string, string>;
}

function isKnown(row: InstanceRow, { fingerprints }: PolledList): boolean {
  return row.lastmodified !== undefined && fingerprints.get(row.id) === fingerprintOfRow(row);
}

/** The list of every instance of a server. */
const everyInstance = '/Workflow/Instances';

/**
 * Ways of listing, the best one first: with the query; without it, down to where rows are too old; with the query,
 * in the order in which instances started, for a server that does not sort by change.
 */
const ways = ['asked', 'newest-first', 'oldest-start-first'] as const;

type Way = (typeof ways)[number];

/**
 * Lists instances that changed last; rows that were not sought may be among them.
 *
 * Remembers what the server refuses. Everything throws `BackendError` and `ContractError`.
 */
class NewestChanges {
  readonly #client: KeyfactorClient;
  readonly #log: Log;
  #open: readonly Way[] = ways;

  constructor(client: KeyfactorClient, log: Log) {
    this.#client = client;
    this.#log = log;
  }

  /** Lists what is sought. */
  list(sought: Sought): Promise<Newest> {
    return this.#firstThatWorks(sought, this.#open);
  }

  /** Lists without a query. */
  listUnasked(sought: Omit<Sought, 'queryString'>): Promise<Newest> {
    const others = this.#open.filter((way) => way !== 'asked');
    return this.#firstThatWorks(sought, others);
  }

  async #firstThatWorks(sought: Sought, [way, ...others]: readonly Way[]): Promise<Newest> {
    try {
      return await this.#listBy(way ?? 'newest-first', sought);
    } catch (error) {
      if (!BackendError.hasCode(error, 'rejected') || others.length === 0) throw error;
      const found = await this.#firstThatWorks(sought, others);
      const { name: system } = this.#client.server;
      this.#log.warn(
        { system, way, err: error },
        'The server does not support this way of listing instances',
      );
      this.#open = this.#open.filter((each) => each !== way);
      return found;
    }
  }

  async #listBy(way: Way, { queryString, ...unasked }: Sought): Promise<Newest> {
    switch (way) {
      case 'asked':
        return this.#readNewest({ ...unasked, queryString });
      case 'newest-first':
        return this.#readNewest(unasked);
      case 'oldest-start-first': {
        const { rows } = await listAll(this.#client, { list: everyInstance, queryString });
        return { rows, isCut: false };
      }
    }
  }

  /** Where something may have been passed over, it is there in the order in which instances started. */
  async #readNewest(sought: Sought): Promise<Newest> {
    const { rows, isCut, isCertain } = await this.#readPages(sought);
    if (isCertain || isCut) return { rows, isCut };
    const { queryString } = sought;
    const others = await listAll(this.#client, { list: everyInstance, queryString });
    return { rows: [...distinctRows([...rows, ...others.rows])], isCut };
  }

  /**
   * Reads pages until no row is wanted any more, and tells whether none can have been passed over.
   *
   * What changes meanwhile comes to the top, so others are at most read twice. But what is deleted draws a row to a
   * page that was read already, and rows of the same time have no order that two pages need agree on.
   */
  async #readPages({
    queryString,
    fromMs = Number.NEGATIVE_INFINITY,
    most,
  }: Sought): Promise<Newest & { readonly isCertain: boolean }> {
    const { pageSize } = this.#client.server;
    const order = { sortField: 'LastModified', order: 'descending' } as const;
    const read = (page: number, size: number) =>
      this.#client.listInstances(everyInstance, { queryString, page, pageSize: size, ...order });
    const rows = new Map<string, InstanceRow>();
    const taken: Taken[] = [];
    let [isCut, isShort] = [false, false];
    for await (const { rows: page, total, received, isLast, isOver } of walkPages(read, pageSize)) {
      for (const row of page) rows.set(row.id, row);
      taken.push({ total, times: page.map((row) => changedMs(row) ?? Number.NEGATIVE_INFINITY) });
      isShort = isLast && rows.size < (total ?? 0);
      const isDone = isOver || hasPassed(taken, fromMs);
      isCut = !isDone && received >= most;
      if (isDone || isCut) break;
    }
    return { rows: [...rows.values()], isCut, isCertain: !isShort && !taken.some(mayHaveMissed) };
  }
}

/** What is sought among instances sorted by their last change, newest first. */
interface Sought {
  /** Asks the server for them; absent asks for all. */
  readonly queryString?: string | undefined;
  /** Nothing that changed before this moment is wanted, in epoch milliseconds. */
  readonly fromMs?: number;
  /** Once so many rows have come, no further page is read. */
  readonly most: number;
}

/** Rows of a list, each once. */
interface Newest {
  readonly rows: readonly InstanceRow[];
  /** True when there may be more. */
  readonly isCut: boolean;
}

/** A page as it came, with the times of its rows. */
interface Taken {
  readonly total: number | undefined;
  readonly times: readonly number[];
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

/** Stands for the last change on a server where nothing has changed yet. */
const beforeAnything = '1971-01-01T00:00:00Z';

/** Reads a mark, which is a time as the server writes it, as epoch milliseconds. */
function markMs(mark: string): number {
  return parseTime(mark) ?? 0;
}

/** Gives the latest change among rows as the server writes it, or the mark if none is later. */
function laterMark(mark: string, rows: readonly InstanceRow[]): string {
  const times = rows.flatMap(({ lastmodified }) => lastmodified ?? []);
  return times.reduce((latest, time) => (markMs(time) > markMs(latest) ? time : latest), mark);
}

/** Asks for what has changed at or after a moment, written with a zone only where the server writes one. */
function changedSince(fromMs: number, mark: string): string {
  const text = new Date(fromMs).toISOString();
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(mark);
  return `LastModified -ge "${hasZone ? text : text.replace(/Z$/, '')}"`;
}
