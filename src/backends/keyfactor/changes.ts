import type { Changes, Since } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import type { NoteRepository } from '../../ports/store.js';
import { defined } from '../../shared/defined.js';
import { type Client, isSuccess } from './client.js';
import {
  createWideAccess,
  fingerprintOfRow,
  type Instances,
  type ListInstances,
  type Listing,
  type Page,
  pageQuery,
  toStatus,
  type WideAccess,
} from './instances.js';
import type { KeyfactorServer } from './settings.js';
import { type InstanceRow, instanceRow, parseTime, readRows } from './wire.js';

/** Puts together the look for what has changed on one server. */
export function openChanges(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
  readonly list: ListInstances;
  readonly instances: Instances;
  readonly notes: Pick<NoteRepository, 'getNote' | 'putNote'>;
  readonly now: () => number;
  readonly log: Log;
}): PollChanges {
  const { server, list, instances, notes, now, log } = deps;
  const { name: system, pageSize } = server;
  const newest = createListNewest({ readPage: createReadNewestPage(deps), pageSize, list, system, log });
  const readChanges = createReadChanges({
    system,
    instances,
    newest,
    listFailed: createListFailed(list),
    listChanged: createListChanged({ newest, trust: createFilterTrust(system, notes), system, log }),
    unchangedCheck: createUnchangedListCheck(now),
    log,
  });
  return createPollChanges({
    system,
    readChanges,
    wideAccess: createWideAccess(server, now),
    now,
    log,
  });
}

/** What a walk through the list of everything that waits has found. */
export interface Walk {
  readonly listing: Listing;
  /** Fingerprints of remembered instances that were read besides and had not changed, by id. */
  readonly unchanged: Map<string, string>;
}

/** A walk, made now or before, and what has changed on the whole server. */
interface Walked {
  readonly walk: Walk;
  /** True when the walk was made before, and nothing has changed since. */
  readonly isRepeated: boolean;
  readonly changes?: Changes;
}

/** A walk that took no more requests than these is always made again: roles change without a trace in lists. */
const fewRequests = 4;

/**
 * Creates the walk, which is spared while nothing changes on the server.
 *
 * It is made all the same for a full look, after a start, while anything tells no time of its last change, and
 * until one look after the last change was seen: two changes within one tick of the server's clock look alike.
 */
export function createWalking(deps: {
  readonly list: () => Promise<Listing>;
  readonly pollChanges: PollChanges;
}): (since: Since | undefined) => Promise<Walked> {
  let last: { readonly walk: Walk; readonly isRepeatable: boolean } | undefined;

  async function walkAnew(): Promise<Walk> {
    last = undefined;
    return { listing: await deps.list(), unchanged: new Map() };
  }

  return async (since) => {
    const known = last?.isRepeatable && isCostly(last.walk) && !since?.isFull ? last.walk : undefined;
    // A walk that has to be made comes first: its failure is everybody's, that of the changes is their own.
    const made = known === undefined ? await walkAnew() : undefined;
    const { changes, isUnchanged } = await deps.pollChanges(since);
    const isRepeated = made === undefined && isUnchanged;
    const walk = made ?? (known !== undefined && isUnchanged ? known : await walkAnew());
    last = {
      walk,
      isRepeatable: isUnchanged && walk.listing.rows.every(({ lastmodified }) => lastmodified !== undefined),
    };
    return { walk, isRepeated, ...defined({ changes }) };
  };
}

function isCostly({ listing, unchanged }: Walk): boolean {
  return listing.pages + unchanged.size > fewRequests;
}

/** Access that lets an account read instances which do not wait for it. */
export const readAccess = '/workflows/instances/read/';

/** What a look came to; changes are absent while they cannot be read. */
interface ChangesSeen {
  readonly changes?: Changes;
  /** True when nothing has changed on the whole server since the look before. */
  readonly isUnchanged: boolean;
}

/** Looks for changes; a failure of the list is not thrown, because approvals are told all the same. */
export type PollChanges = (since: Since | undefined) => Promise<ChangesSeen>;

/** A list that fails slowly is left alone for so many times as long, but no longer than the limit. */
const rest = { times: 10, mostMs: 600_000 };

/** Creates that look. */
function createPollChanges(deps: {
  readonly system: string;
  readonly readChanges: ReadChanges;
  readonly wideAccess: WideAccess;
  readonly now: () => number;
  readonly log: Log;
}): PollChanges {
  const { system, readChanges, wideAccess, now, log } = deps;
  const refused: ChangesSeen = {
    changes: { kind: 'not-permitted', permission: readAccess },
    isUnchanged: false,
  };
  let restsUntilMs = 0;

  return async (since) => {
    if (since === undefined || now() < restsUntilMs) return { isUnchanged: false };
    if (!wideAccess.isWorthTrying()) return refused;
    const startedAtMs = now();
    try {
      return await readChanges(since);
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      if (error instanceof BackendError && (error.code === 'forbidden' || error.code === 'sign-in')) {
        wideAccess.noteRefusal();
        return refused;
      }
      restsUntilMs = now() + Math.min((now() - startedAtMs) * rest.times, rest.mostMs);
      log.warn(
        { system, err: error },
        'Could not read what has changed; approvals were looked at all the same',
      );
      return { isUnchanged: false };
    }
  };
}

/** What has changed, and whether it is nothing that the look before did not show. */
interface ChangesRead {
  readonly changes: Changes;
  readonly isUnchanged: boolean;
}

/** Reads what has changed on a whole server. It throws `BackendError` and `ContractError`. */
type ReadChanges = (since: Since) => Promise<ChangesRead>;

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
function createReadChanges(deps: Deps): ReadChanges {
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

/** More rows than these are not read in one look. */
const most = 5_000;

/** Lists every instance that changed at or after `fromMs`, and those that do not tell. */
type ListChanged = (mark: string, fromMs: number) => Promise<Newest>;

/** Creates that list. It throws `BackendError` and `ContractError`. */
function createListChanged(deps: {
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

/** Knows whether the server's comparison of times may be relied on; how it compares is documented nowhere. */
interface FilterTrust {
  isTrusted(): Promise<boolean>;
  /** Remembers, across restarts, that it left out what it should have given. */
  noteLie(): Promise<void>;
}

/** Creates that knowledge. */
function createFilterTrust(system: string, notes: Pick<NoteRepository, 'getNote' | 'putNote'>): FilterTrust {
  const key = `keyfactor/${system}/compares-times`;
  return {
    isTrusted: async () => (await notes.getNote(key)) !== 'no',
    noteLie: () => notes.putNote(key, 'no'),
  };
}

/** A server with more standing failures than these has given up on them. */
const mostFailedRows = 10_000;

/** Lists every instance that stands failed, those that started first first. */
type ListFailed = () => Promise<Newest>;

/** Creates that list. It throws `BackendError` and `ContractError`. */
function createListFailed(list: ListInstances): ListFailed {
  return async () => {
    const { rows } = await listRequested(list);
    return { rows: rows.filter(hasFailed), isCut: rows.length >= mostFailedRows };
  };
}

/** A server that refuses the query is asked for all its instances. */
async function listRequested(list: ListInstances) {
  const wanted = {
    list: everyInstance,
    enough: (rows: readonly InstanceRow[]) => rows.length >= mostFailedRows,
  } as const;
  try {
    return await list({ ...wanted, queryString: 'Status -eq "Failed"' });
  } catch (error) {
    if (!(error instanceof BackendError) || error.code !== 'rejected') throw error;
    return list(wanted);
  }
}

function hasFailed({ status }: InstanceRow): boolean {
  return toStatus(status).kind === 'failed';
}

/** Clocks of servers that share a database may differ by so much, and so late may a change show in a list. */
const overlapMs = 180_000;

/** Knows what the looks before this one have shown. */
interface UnchangedListCheck {
  /** Begins a look; says from where on to look, given the mark to go on from, in epoch milliseconds. */
  begin(mark: string): number;
  /** Takes in all that the look found; tells whether nothing of it is new since the look before. */
  isUnchanged(poll: {
    readonly since: string | undefined;
    readonly rows: readonly InstanceRow[];
    readonly mark: string;
  }): boolean;
}

/** Creates that knowledge, which is lost with a restart. */
function createUnchangedListCheck(now: () => number): UnchangedListCheck {
  let beganAtMs = 0;
  let last: PollSteadiness | undefined;

  return {
    begin(mark) {
      beganAtMs = now();
      // What shows late has shown by now, so a storm that is over is not read again for ever.
      const isOver = last?.mark === mark && last.beganAtMs - last.newsAtMs > overlapMs;
      const sinceMark = markMs(mark) - (isOver ? 0 : overlapMs);
      // A mark from a clock that ran ahead would hide everything; our own clock only ever widens the look.
      const fromMs = Math.min(sinceMark, (last?.beganAtMs ?? beganAtMs) - overlapMs);
      // Whole seconds, because a server may cut fractions off what it shows.
      return Math.floor(fromMs / 1000) * 1000;
    },
    isUnchanged({ since, rows, mark }) {
      const before = last?.mark === since ? last : undefined;
      const isUnchanged = before !== undefined && rows.every((row) => isKnown(row, before));
      last = {
        mark,
        beganAtMs,
        newsAtMs: isUnchanged ? before.newsAtMs : now(),
        fingerprints: new Map(rows.map((row) => [row.id, fingerprintOfRow(row)])),
      };
      return isUnchanged;
    },
  };
}

interface PollSteadiness {
  readonly mark: string;
  readonly beganAtMs: number;
  /** When something new was last seen. */
  readonly newsAtMs: number;
  readonly fingerprints: ReadonlyMap<string, string>;
}

function isKnown(row: InstanceRow, { fingerprints }: PollSteadiness): boolean {
  return row.lastmodified !== undefined && fingerprints.get(row.id) === fingerprintOfRow(row);
}

/**
 * Ways of listing, the best one first: with the query; without it, down to where rows are too old; with the query,
 * in the order in which instances started, for a server that does not sort by change.
 */
const ways = ['asked', 'newest-first', 'oldest-start-first'] as const;

type Way = (typeof ways)[number];

/** Lists instances that changed last; rows that were not sought may be among them. */
interface ListNewest {
  /** Throws `BackendError` and `ContractError`. */
  list(sought: Sought): Promise<Newest>;
  /** Lists without a query. */
  listUnasked(sought: Omit<Sought, 'queryString'>): Promise<Newest>;
}

/** Creates that list; it remembers what the server refuses. */
function createListNewest(deps: {
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
  readonly received: number;
  readonly times: readonly number[];
}

/**
 * Reads pages until no row is wanted any more, and tells whether none can have been passed over.
 *
 * What changes meanwhile comes to the top, so others are at most read twice. But what is deleted draws a row to a
 * page that was read already, and rows of the same time have no order that two pages need agree on.
 */
async function readPages(
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

/** The list of every instance of a server. */
const everyInstance = '/Workflow/Instances';

/** Reads a page of every instance, those that changed last first. Throws `BackendError` and `ContractError`. */
type ReadNewestPage = (page: number, queryString: string | undefined) => Promise<Page>;

/** Creates that reader. */
function createReadNewestPage(deps: {
  readonly client: Pick<Client, 'get' | 'unexpected'>;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadNewestPage {
  const { client, server, log } = deps;
  const { name: system, pageSize, apiVersion } = server;
  return async (page, queryString) => {
    const order = { sortField: 'LastModified', order: 'descending' } as const;
    const query = pageQuery(everyInstance, { queryString, page, pageSize, ...order }, server);
    const response = await client.get(everyInstance, { version: apiVersion.instances, query });
    if (!isSuccess(response)) throw client.unexpected(response, 'GET', everyInstance);
    return readRows(response, instanceRow, { system, path: everyInstance, log });
  };
}
