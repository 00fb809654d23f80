import { hash } from 'node:crypto';
import { hasEnded, type Instance, type InstanceRef, type InstanceStatus } from '../../domain/instance.js';
import type { RequestFacts } from '../../domain/request.js';
import type { InstanceReading, PersonAccess } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import type { NoteRepository } from '../../ports/store.js';
import { defined } from '../../shared/defined.js';
import { fingerprintOf } from '../../shared/fingerprint-of.js';
import {
  type Caller,
  type Client,
  correlationIdOf,
  type HttpResponse,
  isSuccess,
  type Query,
  saysNothingThere,
} from './client.js';
import { readFacts } from './facts.js';
import type { KeyfactorServer } from './settings.js';
import {
  type InstanceDetail,
  type InstanceRow,
  instanceDetail,
  instanceRow,
  parseTime,
  type Rows,
  readJson,
  readRows,
  titleFacts,
  totalHeader,
} from './wire.js';

/** Lists the instances as which a restarted one may go on, among all that may be read or else among `rows`. */
export type FindSuccessors = (
  restarted: Instance,
  rows: readonly InstanceRow[],
) => Promise<readonly InstanceRef[]>;

/** The old instance is marked at about the moment the new one starts, in no promised order. */
const slackMs = 2_000;

/** Creates the search for what a restarted instance became; its new id is told nowhere. */
export function createFindSuccessors(deps: {
  readonly server: KeyfactorServer;
  readonly list: ListInstances;
  readonly now: () => number;
}): FindSuccessors {
  const { server, list, now } = deps;
  const wideAccess = createWideAccess(server, now);

  async function listStarted(definitionId: string, sinceMs: number) {
    if (!wideAccess.isWorthTrying()) return undefined;
    const since = new Date(sinceMs).toISOString();
    const queryString = `DefinitionId -eq "${definitionId}" AND StartDate -ge "${since}"`;
    try {
      return (await list({ list: '/Workflow/Instances', queryString })).rows;
    } catch (error) {
      const isRefused = error instanceof BackendError && ['forbidden', 'rejected'].includes(error.code);
      if (!isRefused) throw error;
      wideAccess.noteRefusal();
      return undefined;
    }
  }

  return async (restarted, rows) => {
    const { definition, modifiedAtMs, startedAtMs, title, ref } = restarted;
    const endedAtMs = modifiedAtMs ?? startedAtMs;
    if (endedAtMs === undefined || !/^[\w-]+$/.test(definition.id)) return [];
    const sinceMs = endedAtMs - slackMs;
    const candidates = (await listStarted(definition.id, sinceMs)) ?? rows;
    return candidates
      .filter(
        (row) =>
          row.id !== ref.id &&
          row.definition?.id === definition.id &&
          (row.title ?? '') === title &&
          (parseTime(row.startdate) ?? 0) >= sinceMs,
      )
      .map(({ id }) => ({ system: server.name, id }));
  };
}

/** Instances of one server in the bot's words. Everything throws `BackendError` and `ContractError`. */
export interface Instances {
  /** Lists what waits for the signalling identity; for anybody, where every signal is a person's. */
  listAssigned(): Promise<Listing>;
  /** Lists what waits for a person, as rows tell it. */
  waitingFor(as: PersonAccess): Promise<readonly Instance[]>;
  readonly read: ReadInFull;
  /** Makes the most of a row that waits for us when the instance may not be read in full. */
  fromRow(row: InstanceRow): Promise<Instance>;
  /** Makes the most of a row of any list; its status tells whether it waits. */
  fromAnyRow(row: InstanceRow): Promise<Instance>;
  isAssigned(ref: InstanceRef, as?: PersonAccess): Promise<boolean>;
}

const assignedToMe = '/Workflow/Instances/AssignedToMe';

/** What the bot can see of other people's work: what its own account holds no role for. */
const waitingForAnybody = { list: '/Workflow/Instances', queryString: 'Status -eq "Suspended"' } as const;

/** Creates the reader of instances. */
export function createInstances(deps: {
  readonly system: string;
  readonly list: ListInstances;
  readonly readDetail: ReadInstance;
  readonly statuses: WaitingStatuses;
  readonly signalAs: KeyfactorServer['signalAs'];
}): Instances {
  const { system, list, statuses, signalAs } = deps;
  const read = createReadInFull(deps);
  const cache = createPageCache();

  async function listFor(id: string, as: PersonAccess | undefined): Promise<Listing> {
    const enough = (rows: readonly InstanceRow[]) => rows.some((row) => row.id === id);
    try {
      return await list({ list: assignedToMe, queryString: `Id -eq "${id}"`, enough, as });
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== 'rejected') throw error;
      return list({ list: assignedToMe, enough, as });
    }
  }

  async function listAndLearn(listed: Listed): Promise<Listing> {
    const listing = await list(listed);
    await statuses.learn(listing.rows);
    return listing;
  }

  return {
    listAssigned: () =>
      listAndLearn({ ...(signalAs === 'person' ? waitingForAnybody : { list: assignedToMe }), cache }),
    async waitingFor(as) {
      const { rows } = await listAndLearn({ list: assignedToMe, as });
      return rows.map((row) => asListed(row, { system, isWaiting: true }));
    },
    read,
    fromRow: async (row) => asListed(row, { system, isWaiting: true }),
    fromAnyRow: async (row) => asListed(row, { system, isWaiting: await statuses.isWaiting(row.status) }),
    async isAssigned(ref, as) {
      if (signalAs === 'person' && as === undefined) {
        const reading = await read(ref);
        return reading.kind === 'found' && reading.instance.awaitsApproval;
      }
      const id = ref.id.toLowerCase();
      // An id with a quotation mark in it could not be asked for; real ones are GUIDs.
      if (!/^[\w-]+$/.test(id)) return false;
      const { rows } = await listFor(id, as);
      return rows.some((row) => row.id === id);
    },
  };
}

function asListed(
  row: InstanceRow,
  listed: { readonly system: string; readonly isWaiting: boolean },
): Instance {
  const instance = toInstance(row, { ...listed, facts: titleFacts(row.title) });
  // Told apart from a full reading, so that the next look tries again to read it in full.
  return { ...instance, isPartial: true, fingerprint: asListedOnly(instance.fingerprint) };
}

/** Reads one instance in full; a row that was just listed tells that its status means waiting. */
type ReadInFull = (ref: InstanceRef, listed?: InstanceRow) => Promise<InstanceReading>;

/** Creates that reading. It throws `BackendError` and `ContractError`. */
function createReadInFull(deps: {
  readonly system: string;
  readonly readDetail: ReadInstance;
  readonly statuses: WaitingStatuses;
}): ReadInFull {
  const { system, readDetail, statuses } = deps;
  return async (ref, listed) => {
    const detail = await readDetail(ref.id);
    if (detail === undefined) return { kind: 'not-visible' };
    const isAsListed =
      listed !== undefined &&
      listed.status === detail.status &&
      listed.currentstepuniquename === detail.currentstepuniquename;
    const isWaiting = isAsListed || (await statuses.isWaiting(detail.status));
    return {
      kind: 'found',
      instance: toInstance(detail, { system, isWaiting, facts: await readFacts(detail) }),
    };
  };
}

/** For so long a refusal is remembered: access may be granted at any time. */
const refusalMs = 600_000;

/** Knows whether the list of every instance is worth asking for. */
export interface WideAccess {
  isWorthTrying(): boolean;
  /** Remembers for a while that it was refused. */
  noteRefusal(): void;
}

/** Creates that knowledge: told by the settings, or else learnt from the server. */
export function createWideAccess(
  { readAll }: Pick<KeyfactorServer, 'readAll'>,
  now: () => number,
): WideAccess {
  let refusedUntilMs = readAll === 'no' ? Number.POSITIVE_INFINITY : 0;
  return {
    isWorthTrying: () => readAll === 'yes' || now() >= refusedUntilMs,
    noteRefusal() {
      refusedUntilMs = Math.max(refusedUntilMs, now() + refusalMs);
    },
  };
}

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

/** Reads one instance in full; undefined if it is not there, or not for us. */
type ReadInstance = (id: string) => Promise<InstanceDetail | undefined>;

/** Creates the reader of single instances. It throws `BackendError` and `ContractError`. */
export function createReadInstance(client: Client, server: KeyfactorServer): ReadInstance {
  return async (id) => {
    const path = instancePath(id);
    const response = await client.get(path, { version: server.apiVersion.instances });
    if (saysNothingThere(response)) return undefined;
    if (!isSuccess(response)) throw client.unexpected(response, 'GET', path);
    const detail = readJson(response, instanceDetail, { system: server.name, path });
    if (detail.id === id.toLowerCase()) return detail;
    throw new ContractError(`${path} was answered with another instance`, {
      system: server.name,
      paths: ['Id'],
    });
  };
}

/** Gives the path of one instance. */
export function instancePath(id: string): string {
  return `/Workflow/Instances/${encodeURIComponent(id)}`;
}

/** Lists of instances the server keeps. */
export type ListName = '/Workflow/Instances' | '/Workflow/Instances/AssignedToMe' | '/Workflow/Instances/My';

/** One page of a list. */
export type Page = Rows<InstanceRow>;

/** What to list: all of it, or what a query leaves. */
interface Listed extends Caller {
  readonly list: ListName;
  readonly queryString?: string | undefined;
  /** What its pages said when it was last walked through. */
  readonly cache?: PageCache;
}

/** Reads a page, counted from 1. Throws `BackendError` and `ContractError`. */
type ReadPage = (listed: Listed, page: number) => Promise<Page>;

/**
 * Fields to sort by, in the order in which they are tried; both stay put while instances move on.
 *
 * Only the first is unique: among rows that started together a server need not keep an order between pages.
 */
const stableFields = ['ReferenceId', 'StartDate'];

/** Creates the reader of pages, oldest first; it remembers by which field the server sorts. */
export function createReadPage(deps: {
  readonly client: Pick<Client, 'get' | 'unexpected'>;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadPage {
  const { client, server, log } = deps;
  const { name: system } = server;
  let sortFields: readonly string[] = stableFields;

  /** A 400 may be about the query as well, so only a field that was taken is remembered. */
  async function ask(listed: Listed, { page, fields }: Attempt): Promise<HttpResponse> {
    const { list, queryString, as } = listed;
    const [sortField, ...others] = fields;
    const { pageSize } = server;
    // New rows come at the end, where they move no others.
    const query = pageQuery(list, { queryString, page, pageSize, sortField, order: 'ascending' }, server);
    const response = await client.get(list, { version: server.apiVersion.instances, query, as });
    if (isSuccess(response)) return response;
    if (response.status !== 400 || others.length === 0) throw client.unexpected(response, 'GET', list);
    const later = await ask(listed, { page, fields: others });
    const correlationId = correlationIdOf(response);
    log.warn({ system, sortField, correlationId }, 'The server does not sort by this field');
    sortFields = others;
    return later;
  }

  return async (listed, page) => {
    const response = await ask(listed, { page, fields: sortFields });
    const read = () => readRows(response, instanceRow, { system, path: listed.list, log });
    return listed.cache ? listed.cache.recall(page, response, read) : read();
  };
}

interface Attempt {
  readonly page: number;
  /** Fields to sort by that are still to be tried. */
  readonly fields: readonly string[];
}

type PagePageMemory = Rows<InstanceRow>;

/** Knows the pages of the last walk through a list, so that one which has not changed is not read anew. */
export interface PageCache {
  /** Gives what the same page was read as in the last walk if it says the same as then; else reads it. */
  recall(page: number, response: HttpResponse, read: () => PagePageMemory): PagePageMemory;
}

/** Creates that memory for one list. */
export function createPageCache(): PageCache {
  let last = new Map<number, Known>();
  let current = new Map<number, Known>();
  return {
    recall(page, response, read) {
      if (page === 1) {
        last = current;
        current = new Map();
      }
      const said = `${response.headers[totalHeader]} ${hash('sha256', response.body, 'base64url')}`;
      const known = last.get(page);
      const entry = known?.said === said ? known : { said, page: read() };
      current.set(page, entry);
      return entry.page;
    },
  };
}

interface Known {
  /** Sums up its text, which would take more room than its rows. */
  readonly said: string;
  readonly page: PagePageMemory;
}

/** Which page of a list is wanted, and in what order. */
interface WantedPage {
  readonly queryString: string | undefined;
  /** Counted from 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly sortField: string | undefined;
  readonly order: 'ascending' | 'descending';
}

/** Writes the paging parameters of a list under the names its server knows. */
export function pageQuery(
  path: string,
  { queryString, page, pageSize, sortField, order }: WantedPage,
  { queryPrefix }: Pick<KeyfactorServer, 'queryPrefix'>,
): Query {
  const name = (bare: string) =>
    queryPrefix === 'pq' ? `${oldPrefixOf(path)}.${bare.charAt(0).toLowerCase()}${bare.slice(1)}` : bare;
  return {
    [name('QueryString')]: queryString,
    [name('PageReturned')]: page,
    [name('ReturnLimit')]: pageSize,
    [name('SortField')]: sortField,
    // The parameter is an enumeration, in which 1 means descending whatever its name says.
    [name('SortAscending')]: order === 'ascending' ? 0 : 1,
  };
}

/** Old servers name the parameters after the kind of query a list takes. */
function oldPrefixOf(path: string): string {
  if (path.startsWith('/Workflow/Definitions')) return 'query';
  return path.endsWith('/My') ? 'instanceQuery' : 'pq';
}

/** Status values without a known name that mean waiting on this server. */
interface WaitingStatuses {
  /** Learns from rows that wait for us, whatever their status is called. */
  learn(rows: readonly InstanceRow[]): Promise<void>;
  /** Tells whether a status, as the server writes it, means waiting. */
  isWaiting(raw: string | undefined): Promise<boolean>;
}

/** Creates the memory of such values; they are kept across restarts. */
export function createWaitingStatuses(
  system: string,
  notes: Pick<NoteRepository, 'getNote' | 'putNote'>,
): WaitingStatuses {
  const key = `keyfactor/${system}/waiting-statuses`;
  let loading: Promise<Set<string>> | undefined;

  async function load(): Promise<Set<string>> {
    const note = await notes.getNote(key);
    return new Set(note === undefined ? [] : note.split('\n'));
  }

  async function known(): Promise<Set<string>> {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }

  return {
    async learn(rows) {
      const values = await known();
      const fresh = rows
        .map(({ status }) => toStatus(status))
        .filter(({ kind, raw }) => kind === 'unknown' && raw !== '' && !values.has(raw));
      if (fresh.length === 0) return;
      for (const { raw } of fresh) values.add(raw);
      await notes.putNote(key, [...values].join('\n'));
    },
    async isWaiting(raw) {
      if (toStatus(raw).kind === 'suspended') return true;
      return raw !== undefined && (await known()).has(raw);
    },
  };
}

/** Name of the signal an approval step takes. */
export const approvalSignal = 'ApprovalStatus';

/** Makes an instance of a row or a detail, given what it asks and whether its status means waiting. */
function toInstance(
  row: InstanceRow | InstanceDetail,
  known: { readonly system: string; readonly facts: RequestFacts; readonly isWaiting: boolean },
): Instance {
  const { definition, currentstepuniquename: stepName } = row;
  const startedAtMs = parseTime(row.startdate);
  const modifiedAtMs = parseTime(row.lastmodified);
  const status = toStatus(row.status);
  return {
    ref: { system: known.system, id: row.id },
    ...defined({ referenceId: row.referenceid }),
    title: row.title ?? '',
    definition: {
      id: definition?.id ?? '',
      name: definition?.displayname ?? '',
      version: definition?.version ?? 0,
      type: definition?.workflowtype ?? '',
    },
    status,
    ...defined({ statusMessage: row.statusmessage }),
    ...(stepName === undefined
      ? {}
      : { step: { uniqueName: stepName, name: row.currentstepdisplayname ?? stepName } }),
    ...signalsOf(row),
    awaitsApproval: known.isWaiting && !hasEnded(status) && stepName !== undefined && takesApproval(row),
    ...defined({ startedAtMs, modifiedAtMs }),
    facts: known.facts,
    fingerprint: fingerprintOfRow(row),
  };
}

/** Whether a signal counts as received for the caller or for all is not documented; it is told as it is. */
function signalsOf(row: InstanceRow | InstanceDetail): Pick<Instance, 'signals'> {
  if (!('signals' in row)) return {};
  const signals = row.signals.flatMap(({ signalname: name, signalreceived: isReceived }) =>
    name === undefined || isReceived === undefined ? [] : [{ name, isReceived }],
  );
  return signals.length === 0 ? {} : { signals };
}

/** A row does not list signals, and neither may an old server; then the status alone has to do. */
function takesApproval(row: InstanceRow | InstanceDetail): boolean {
  if (!('signals' in row) || row.signals.length === 0) return true;
  return row.signals.some(({ signalname }) => signalname?.toLowerCase() === approvalSignal.toLowerCase());
}

/** Rows that have not changed are the same objects from look to look. */
const known = new WeakMap<InstanceRow, string>();

/** Sums up what a list shows of an instance; the same for its row and for its detail. */
export function fingerprintOfRow(row: InstanceRow): string {
  const before = known.get(row);
  if (before !== undefined) return before;
  const fingerprint = fingerprintOf([
    row.status ?? '',
    row.currentstepuniquename ?? '',
    parseTime(row.lastmodified) ?? row.lastmodified ?? '',
    row.statusmessage ?? '',
    row.definition?.version ?? 0,
  ]);
  known.set(row, fingerprint);
  return fingerprint;
}

const mark = ' as listed';

/** Marks what a list shows of an instance that could not be read in full. */
function asListedOnly(fingerprint: string): string {
  return fingerprint + mark;
}

/** Tells whether an instance could not be read in full. */
export function isAsListedOnly(fingerprint: string): boolean {
  return fingerprint.endsWith(mark);
}

const kinds: Readonly<Record<string, InstanceStatus['kind']>> = {
  running: 'running',
  suspended: 'suspended',
  complete: 'complete',
  completed: 'complete',
  rejected: 'rejected',
  failed: 'failed',
  canceledforrestart: 'canceled-for-restart',
  cancelledforrestart: 'canceled-for-restart',
};

/**
 * Reads a status by its name.
 *
 * Integers stay unknown: which one means what is published nowhere, and a wrong guess would call something
 * approved that is not.
 */
export function toStatus(raw: string | undefined): InstanceStatus {
  const name = (raw ?? '').replace(/[\s_-]/g, '').toLowerCase();
  return { kind: Object.hasOwn(kinds, name) ? (kinds[name] ?? 'unknown') : 'unknown', raw: raw ?? '' };
}
