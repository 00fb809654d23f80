import type { Changes, Since } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import type { KeyfactorClient } from './client.js';
import {
  fingerprintOfRow,
  type Instances,
  listAll,
  listOrAll,
  type Notes,
  readAccess,
  toStatus,
  WideAccess,
  walkPages,
} from './instances.js';
import { type InstanceRow, parseTime } from './wire.js';

/** From where on changes are wanted. */
export interface ChangesSince extends Pick<Since, 'mark' | 'isFull'> {
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
  async #firstPoll(withoutFailed = false): Promise<Poll> {
    this.#unchangedCheck.begin(beforeAnything);
    const latest = await this.#newest.listUnasked({ most: 1 });
    const mark = laterMark(beforeAnything, latest.rows);
    const { rows } = withoutFailed ? { rows: [] } : await this.#listFailed();
    const failed = rows.filter(({ lastmodified }) => markMs(lastmodified ?? '') <= markMs(mark));
    return { changed: [], failed, mark, isCut: false };
  }

  async #pollFrom(since: string, { isFull, withoutFailed }: Omit<ChangesSince, 'mark'>): Promise<Poll> {
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

interface Poll {
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
  isUnchanged(since: string | undefined, { changed: rows, mark }: Poll): boolean {
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
