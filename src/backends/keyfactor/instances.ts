import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  decisionFactsOf,
  factChanges,
  isAtStep,
  maxCommentLength,
  type SignalRefusal,
} from '../../domain/approval.js';
import { hasEnded, type Instance, type InstanceRef, type InstanceStatus } from '../../domain/instance.js';
import type { RequestFacts } from '../../domain/request.js';
import type { InstanceReading, OutgoingSignal, PersonAccess, SignalResult } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import type { NoteRepository } from '../../ports/store.js';
import { fingerprintOf } from '../../shared/fingerprint-of.js';
import { asError, defined } from '../../shared/language.js';
import { PackedList } from '../../shared/packed-list.js';
import type { InstanceList, KeyfactorClient, WriteResult } from './client.js';
import { readFacts } from './facts.js';
import type { KeyfactorServer } from './settings.js';
import {
  type InstanceDetail,
  type InstanceRow,
  PageCache,
  parseTime,
  type Rows,
  titleFacts,
} from './wire.js';

/**
 * Creates the sender of signals.
 *
 * After a 400 it may go out once more in the other form, if the run still waits as it did; everything that leaves its
 * outcome open is thrown and never repeated here.
 */
export function createSendSignal(deps: {
  readonly client: KeyfactorClient;
  readonly instances: Instances;
  readonly notes: Notes;
  readonly log: Log;
}): (instance: Instance, signal: OutgoingSignal) => Promise<SignalResult> {
  const { client, instances, notes, log } = deps;
  const { name: system, signalBody, signalTimeout } = client.server;
  const formKey = `keyfactor/${system}/signal-form`;

  function post(instance: Instance, signal: OutgoingSignal, form: SignalForm, deadline: AbortSignal) {
    const isApproval = signal.verdict === 'approve';
    const Approved = form === 'boolean' ? isApproval : isApproval ? 'True' : 'False';
    const SignalKey = `${stepOf(instance)}.${approvalSignal}`;
    const body = { SignalKey, Data: { Approved, Comment: signal.comment } };
    return client.signal(instance.ref.id, body, { deadline, as: signal.as });
  }

  async function currentForm(): Promise<SignalForm> {
    if (signalBody !== 'auto') return signalBody;
    return (await notes.getNote(formKey)) === 'boolean' ? 'boolean' : 'string';
  }

  /** The signal has been taken: a memory that fails now must not make its outcome doubtful. */
  async function rememberForm(form: SignalForm): Promise<void> {
    try {
      await notes.putNote(formKey, form);
    } catch (error) {
      const err = asError(error);
      log.warn({ system, form, err }, 'The signal format the server accepts could not be stored');
    }
  }

  return async (instance, signal) => {
    if (signal.comment.length > maxCommentLength) throw new Error('The comment of a signal is too long.');
    const deadline = AbortSignal.timeout(signalTimeout);
    const form = await currentForm();
    const first = await post(instance, signal, form, deadline);
    if (first.status !== 400) return toResult(first);
    const fresh = await readWaiting(instances, instance).catch(unreadable);
    if (fresh === undefined) return { kind: 'refused', reason: 'not-waiting' };
    const isOpen = signalBody === 'auto' && !deadline.aborted;
    if (fresh === 'unreadable' || !isOpen || !asksTheSame(fresh, instance)) {
      return { kind: 'refused', reason: 'bad-request' };
    }
    const other = form === 'string' ? 'boolean' : 'string';
    const second = await post(instance, signal, other, deadline);
    if (second.judgement === 'done') await rememberForm(other);
    return toResult(second);
  };
}

/** How the answer in a signal is written: `"True"`, or `true`. */
type SignalForm = 'string' | 'boolean';

/** What it means for a signal that the server did not take it. */
const reasons: Readonly<Record<Exclude<WriteResult['judgement'], 'done'>, SignalRefusal>> = {
  'sign-in': 'sign-in',
  'bad-request': 'bad-request',
  forbidden: 'no-role',
  'not-there': 'not-waiting',
};

function toResult({ judgement, said }: WriteResult): SignalResult {
  if (judgement === 'done') return { kind: 'accepted' };
  return { kind: 'refused', reason: reasons[judgement], ...defined({ said }) };
}

function stepOf({ step }: Instance): string {
  if (step === undefined) throw new Error('An instance without a step cannot be signalled.');
  return step.uniqueName;
}

/** Reads the instance afresh; undefined if it does not wait at the same step any more. */
async function readWaiting(instances: Instances, before: Instance): Promise<Instance | undefined> {
  const reading = await instances.read(before.ref);
  if (reading.kind === 'not-visible') return undefined;
  return isAtStep(reading.instance, { step: stepOf(before) }) ? reading.instance : undefined;
}

/** A signal has left by now: a read that fails must not look as if it had not. */
function unreadable(error: unknown): 'unreadable' {
  if (isBackendFailure(error)) return 'unreadable';
  throw error;
}

/** A decision is about certain facts; it must not be repeated for others. */
function asksTheSame(fresh: Instance, before: Instance): boolean {
  return factChanges(decisionFactsOf(before), decisionFactsOf(fresh)).length === 0;
}

const assignedToMe = '/Workflow/Instances/AssignedToMe';

/** What the bot can see of other people's work: what its own account holds no role for. */
const waitingForAnybody = { list: '/Workflow/Instances', queryString: 'Status -eq "Suspended"' } as const;

/** Names the list that shows what waits for the signalling identity, or for anybody. */
export function assignedList({ signalAs }: Pick<KeyfactorServer, 'signalAs'>): {
  readonly list: InstanceList;
  readonly queryString?: string;
} {
  return signalAs === 'person' ? waitingForAnybody : { list: assignedToMe };
}

/** The old instance is marked at about the moment the new one starts, in no promised order. */
const slackMs = 2_000;

/** Instances of one server in the bot's words. Everything throws `BackendError` and `ContractError`. */
export class Instances {
  readonly #client: ListingClient & Pick<KeyfactorClient, 'listKept' | 'getInstance'>;
  readonly #statuses: WaitingStatuses;
  readonly #wideAccess: WideAccess;
  readonly #cache = new PageCache<KeptPage>();

  constructor(
    client: ListingClient & Pick<KeyfactorClient, 'listKept' | 'getInstance'>,
    { notes, now }: { readonly notes: Notes; readonly now: () => number },
  ) {
    this.#client = client;
    this.#statuses = new WaitingStatuses(client.server.name, notes);
    this.#wideAccess = new WideAccess(client.server, now);
  }

  /** Lists what waits for the signalling identity; for anybody, where every signal is a person's. */
  async listAssigned(): Promise<AssignedWalk> {
    const { server } = this.#client;
    const summary = { cache: this.#cache, keep: keepPage };
    const pages = new Set<KeptPage>();
    const listOldest: ListingClient<ListedRow>['listOldest'] = async (list, wanted) => {
      const { kept, longest } = await this.#client.listKept(list, { ...wanted, ...summary });
      // What was read last is the truth about a row that stands on several pages.
      pages.delete(kept);
      pages.add(kept);
      return { rows: [...listedOn(kept)], received: kept.received, total: kept.total, longest };
    };
    const listing = await listAll<ListedRow>({ server, listOldest }, assignedList(server));
    await this.#statuses.learn([...pages].flatMap(({ statuses }) => statuses));
    return { list: new AssignedList(listing, [...pages]), rows: listing.rows };
  }

  /** Lists what waits for a person, as rows tell it. */
  async waitingFor(as: PersonAccess): Promise<readonly Instance[]> {
    const { rows } = await this.#listAndLearn({ list: assignedToMe, as });
    return rows.map((row) => this.fromRow(row));
  }

  /** Reads one instance in full; a row that was just listed tells that its status means waiting. */
  async read(ref: InstanceRef, listed?: InstanceRow): Promise<InstanceReading> {
    const detail = await this.#client.getInstance(ref.id);
    if (detail === undefined) return { kind: 'not-visible' };
    const isAsListed =
      listed !== undefined &&
      listed.status === detail.status &&
      listed.currentstepuniquename === detail.currentstepuniquename;
    const isWaiting = isAsListed || (await this.#statuses.isWaiting(detail.status));
    const known = { system: this.#client.server.name, isWaiting, facts: await readFacts(detail) };
    return { kind: 'found', instance: toInstance(detail, known) };
  }

  /** Makes the most of a row that waits for us when the instance may not be read in full. */
  fromRow(row: InstanceRow): Instance {
    return asListed(row, { system: this.#client.server.name, isWaiting: true });
  }

  /** Makes the most of a row of any list; its status tells whether it waits. */
  async fromAnyRow(row: InstanceRow): Promise<Instance> {
    const isWaiting = await this.#statuses.isWaiting(row.status);
    return asListed(row, { system: this.#client.server.name, isWaiting });
  }

  /** Reads in full what a row tells of, or makes the most of the row. */
  async readRow(row: InstanceRow): Promise<Instance> {
    const reading = await this.read({ system: this.#client.server.name, id: row.id });
    return reading.kind === 'found' ? reading.instance : this.fromAnyRow(row);
  }

  /** Tells whether an instance waits for the bot's account, or for a person. */
  async isAssigned(ref: InstanceRef, as?: PersonAccess): Promise<boolean> {
    if (this.#signsAsPerson && as === undefined) {
      const reading = await this.read(ref);
      return reading.kind === 'found' && reading.instance.awaitsApproval;
    }
    const id = ref.id.toLowerCase();
    // An id with a quotation mark in it could not be asked for; real ones are GUIDs.
    if (!isPlainId(id)) return false;
    const enough = (rows: readonly InstanceRow[]) => rows.some((row) => row.id === id);
    const wanted = { list: assignedToMe, enough, as } as const;
    const { rows } = await listOrAll(this.#client, { ...wanted, queryString: `Id -eq "${id}"` });
    return enough(rows);
  }

  /**
   * Lists the instances as which a restarted one may go on, among all that may be read or else among `rows`: its new
   * id is told nowhere.
   */
  async findSuccessors(restarted: Instance, rows: Iterable<InstanceRow>): Promise<readonly InstanceRef[]> {
    const { definition, modifiedAtMs, startedAtMs, title, ref } = restarted;
    const endedAtMs = modifiedAtMs ?? startedAtMs;
    if (endedAtMs === undefined || !isPlainId(definition.id)) return [];
    const sinceMs = endedAtMs - slackMs;
    const candidates = (await this.#listStarted(definition.id, sinceMs)) ?? rows;
    const ids = new Set<string>();
    for (const row of candidates) {
      const isAlike = row.definition?.id === definition.id && (row.title ?? '') === title;
      if (isAlike && row.id !== ref.id && (parseTime(row.startdate) ?? 0) >= sinceMs) ids.add(row.id);
    }
    return [...ids].map((id) => ({ system: this.#client.server.name, id }));
  }

  get #signsAsPerson(): boolean {
    return this.#client.server.signalAs === 'person';
  }

  async #listAndLearn(wanted: WantedList): Promise<Listing> {
    const listing = await listAll(this.#client, wanted);
    await this.#statuses.learn(listing.rows);
    return listing;
  }

  /** Gives undefined if the account may not read all instances, or not ask for these. */
  async #listStarted(definitionId: string, sinceMs: number): Promise<readonly InstanceRow[] | undefined> {
    if (!this.#wideAccess.isWorthTrying()) return undefined;
    const since = new Date(sinceMs).toISOString();
    const queryString = `DefinitionId -eq "${definitionId}" AND StartDate -ge "${since}"`;
    try {
      return (await listAll(this.#client, { list: '/Workflow/Instances', queryString })).rows;
    } catch (error) {
      if (!BackendError.hasCode(error, 'forbidden', 'rejected')) throw error;
      this.#wideAccess.noteRefusal();
      return undefined;
    }
  }
}

/** Where what was learnt of a server is kept across restarts. */
export type Notes = Pick<NoteRepository, 'getNote' | 'putNote'>;

/** Tells whether an id can stand in a query or an address as it is. */
export function isPlainId(id: string): boolean {
  return /^[\w-]+$/.test(id);
}

/** For so long a refusal is remembered: access may be granted at any time. */
const refusalMs = 600_000;

/** Access that lets an account read instances which do not wait for it. */
export const readAccess = '/workflows/instances/read/';

/** Knows whether the list of every instance is worth asking for: told by the settings, or else learnt. */
export class WideAccess {
  readonly #isSure: boolean;
  readonly #now: () => number;
  #refusedUntilMs: number;

  constructor({ readAll }: Pick<KeyfactorServer, 'readAll'>, now: () => number) {
    this.#isSure = readAll === 'yes';
    this.#now = now;
    this.#refusedUntilMs = readAll === 'no' ? Number.POSITIVE_INFINITY : 0;
  }

  /** Tells whether it is worth asking. */
  isWorthTrying(): boolean {
    return this.#isSure || this.#now() >= this.#refusedUntilMs;
  }

  /** Remembers for a while that it was refused. */
  noteRefusal(): void {
    this.#refusedUntilMs = Math.max(this.#refusedUntilMs, this.#now() + refusalMs);
  }
}

/** What is kept of a row in a form that is quickly gone through. */
export interface ListedRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly lastmodified: string | undefined;
  readonly currentstepuniquename: string | undefined;
  /** Where the whole row is. */
  readonly place: { readonly page: KeptPage; readonly at: number };
}

/** A page of a list as it is kept: a tenth of what its rows would take. */
interface KeptPage extends Pick<Rows<InstanceRow>, 'received' | 'total'> {
  readonly listed: PackedList<Omit<ListedRow, 'place'>, readonly (string | null)[]>;
  readonly statuses: readonly { readonly status: string | undefined }[];
  readonly isTimed: boolean;
  readonly changedAtMs: number;
  /** The rows themselves, deflated. */
  readonly whole: Uint8Array;
}

function keepPage({ rows, received, total }: Rows<InstanceRow>): KeptPage {
  const listed: KeptPage['listed'] = new PackedList(([id, fingerprint, lastmodified, step]) => ({
    id: id ?? '',
    fingerprint: fingerprint ?? '',
    lastmodified: lastmodified ?? undefined,
    currentstepuniquename: step ?? undefined,
  }));
  return {
    listed: listed.add(
      rows.map((row) => [
        row.id,
        fingerprintOfRow(row),
        row.lastmodified ?? null,
        row.currentstepuniquename ?? null,
      ]),
    ),
    statuses: [...new Set(rows.map(({ status }) => status))].map((status) => ({ status })),
    isTimed: rows.every(({ lastmodified }) => lastmodified !== undefined),
    changedAtMs: rows.reduce((latest, row) => Math.max(latest, parseTime(row.lastmodified) ?? 0), 0),
    whole: deflateRawSync(JSON.stringify(rows), { level: 1 }),
    received,
    total,
  };
}

function* listedOn(page: KeptPage): Generator<ListedRow, void> {
  let at = 0;
  for (const row of page.listed) {
    yield { ...row, place: { page, at } };
    at += 1;
  }
}

function wholeRows({ whole }: KeptPage): readonly InstanceRow[] {
  return JSON.parse(inflateRawSync(whole).toString('utf8'));
}

/** A list that was just walked through. */
interface AssignedWalk {
  readonly list: AssignedList;
  /** Its rows, for those who need them at once. */
  readonly rows: readonly ListedRow[];
}

/** Everything that waits, as a walk found it, packed: it is kept until the next walk. */
export class AssignedList implements Iterable<ListedRow> {
  /** With more than one page, rows that moved meanwhile may be missing. */
  readonly pages: number;
  /** How many rows the server says there are; absent where it does not. */
  readonly total: number | undefined;
  /** How many rows were found. */
  readonly length: number;
  /** Whether every row tells when it changed. */
  readonly isTimed: boolean;
  /** When the row that changed last did, in epoch milliseconds. */
  readonly changedAtMs: number;
  readonly #pages: readonly KeptPage[];

  /** Keeps what a walk found on some pages. */
  constructor({ rows, pages, total }: Listing<ListedRow>, kept: readonly KeptPage[]) {
    this.pages = pages;
    this.total = total;
    this.length = rows.length;
    this.isTimed = kept.every((page) => page.isTimed);
    this.changedAtMs = Math.max(0, ...kept.map((page) => page.changedAtMs));
    this.#pages = kept;
  }

  /** Goes through the rows, each once, as the last page says on which it stands. */
  *[Symbol.iterator](): Generator<ListedRow, void> {
    const isEachOnce = this.#pages.reduce((sum, { listed }) => sum + listed.length, 0) === this.length;
    if (isEachOnce) for (const page of this.#pages) yield* listedOn(page);
    else
      yield* new Map(this.#pages.flatMap((page) => [...listedOn(page)]).map((row) => [row.id, row])).values();
  }

  /** Goes through the rows in full; one that moved meanwhile may come more than once. */
  *whole(): Generator<InstanceRow, void> {
    for (const page of this.#pages) yield* wholeRows(page);
  }
}

/** Reads listed rows in full, those of a page one after another. */
export function createRowReader(): (row: ListedRow) => InstanceRow {
  let last: { readonly page: KeptPage; readonly rows: readonly InstanceRow[] } | undefined;
  return ({ id, place: { page, at } }) => {
    if (last?.page !== page) last = { page, rows: wholeRows(page) };
    const row = last.rows[at];
    if (row?.id !== id) throw new Error(`Row ${at} of a page is not that of ${id}`);
    return row;
  };
}

/** Rows of a list, each once. */
export interface Listing<Row = InstanceRow> {
  readonly rows: readonly Row[];
  /** With more than one page, rows that moved meanwhile may be missing. */
  readonly pages: number;
  /** How many rows the server says there are; absent where it does not. */
  readonly total?: number;
}

/** What lists are read with. */
interface ListingClient<Row = InstanceRow> extends Pick<KeyfactorClient, 'server'> {
  listOldest(list: InstanceList, wanted: Parameters<KeyfactorClient['listOldest']>[1]): Promise<Rows<Row>>;
}

/** What to list: all of it, or what a query leaves. */
interface WantedList<Row = InstanceRow> {
  readonly list: InstanceList;
  readonly queryString?: string | undefined;
  readonly as?: PersonAccess | undefined;
  /** Stops reading once it holds. */
  readonly enough?: (rows: readonly Row[]) => boolean;
}

/** A list with more pages than this does not end. */
const pagesLimit = 1_000;

/** How often a list is read again when rows moved between its pages. */
const readingsLimit = 3;

/** Reads a list to its end. Throws `BackendError` and `ContractError`. */
export async function listAll<Row extends { readonly id: string } = InstanceRow>(
  client: ListingClient<Row>,
  wanted: WantedList<Row>,
): Promise<Listing<Row>> {
  const rows = new Map<string, Row>();
  for (let reading = 1; ; reading += 1) {
    const { pages, total, isComplete } = await readThrough(client, wanted, rows);
    if (isComplete || pages === 1 || reading === readingsLimit)
      return { rows: [...rows.values()], pages, ...defined({ total }) };
  }
}

/** Does the same with a query; a server that refuses the query is asked for the whole list. */
export async function listOrAll(client: ListingClient, wanted: WantedList): Promise<Listing> {
  try {
    return await listAll(client, wanted);
  } catch (error) {
    if (!BackendError.hasCode(error, 'rejected')) throw error;
    return listAll(client, { ...wanted, queryString: undefined });
  }
}

/** Adds the rows from the first page to the last, and tells whether these are as many as there should be. */
async function readThrough<Row extends { readonly id: string }>(
  client: ListingClient<Row>,
  { list, enough, ...wanted }: WantedList<Row>,
  rows: Map<string, Row>,
): Promise<{ readonly pages: number; readonly total?: number | undefined; readonly isComplete: boolean }> {
  const { pageSize } = client.server;
  const read = (page: number, size: number) => client.listOldest(list, { ...wanted, page, pageSize: size });
  let pages = 0;
  for await (const { rows: page, total, isOver } of walkPages(read, pageSize)) {
    pages += 1;
    for (const row of page) rows.set(row.id, row);
    if (enough?.([...rows.values()])) return { pages, isComplete: true };
    if (isOver) return { pages, total, isComplete: rows.size >= (total ?? 0) };
    if (pages === pagesLimit) break;
  }
  return { pages, isComplete: true };
}

/** One page of a walk through a list. */
interface WalkedPage<Row> extends Rows<Row> {
  /** Rows that stood on no page before. */
  readonly fresh: readonly Row[];
  /** How many rows came so far, this page included. */
  readonly received: number;
  /** Whether the server has no more. */
  readonly isLast: boolean;
  /** Whether the walk ends here. */
  readonly isOver: boolean;
}

/**
 * Walks through the pages of a list.
 *
 * A server may give smaller pages than it was asked for. Where it tells no total, only a page that is shorter than
 * another was is surely the last. The next pages are asked for by the size of the first, so that it is no matter from
 * which size the server counts them.
 */
export async function* walkPages<Row extends { readonly id: string }>(
  read: (page: number, size: number) => Promise<Rows<Row>>,
  pageSize: number,
): AsyncGenerator<WalkedPage<Row>, void> {
  const seen = new Set<string>();
  let received = 0;
  let [size, longest] = [pageSize, 0];
  for (let page = 1; ; page += 1) {
    const { rows, total, received: count, longest: longestEver = 0 } = await read(page, size);
    const fresh = rows.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    received += count;
    longest = Math.max(longest, longestEver, count);
    const isLast = total === undefined ? count === 0 || count < Math.min(size, longest) : received >= total;
    if (page === 1 && count > 0) size = Math.min(size, count);
    // A server that does not know the paging parameters gives the same page again and again.
    const isOver = isLast || fresh.length === 0;
    yield { rows, fresh, total, received, isLast, isOver };
    if (isOver) return;
  }
}

/** Knows which status values without a known name mean waiting on this server; they are kept across restarts. */
class WaitingStatuses {
  readonly #key: string;
  readonly #notes: Notes;
  #loading: Promise<Set<string>> | undefined;

  constructor(system: string, notes: Notes) {
    this.#key = `keyfactor/${system}/waiting-statuses`;
    this.#notes = notes;
  }

  /** Learns from rows that wait for us, whatever their status is called. */
  async learn(rows: readonly { readonly status?: string | undefined }[]): Promise<void> {
    const values = await this.#known();
    const fresh = rows
      .map(({ status }) => toStatus(status))
      .filter(({ kind, raw }) => kind === 'unknown' && raw !== '' && !values.has(raw));
    if (fresh.length === 0) return;
    for (const { raw } of fresh) values.add(raw);
    await this.#notes.putNote(this.#key, [...values].join('\n'));
  }

  /** Tells whether a status, as the server writes it, means waiting. */
  async isWaiting(raw: string | undefined): Promise<boolean> {
    if (toStatus(raw).kind === 'suspended') return true;
    return raw !== undefined && (await this.#known()).has(raw);
  }

  async #known(): Promise<Set<string>> {
    this.#loading ??= this.#load();
    try {
      return await this.#loading;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }

  async #load(): Promise<Set<string>> {
    const note = await this.#notes.getNote(this.#key);
    return new Set(note === undefined ? [] : note.split('\n'));
  }
}

function asListed(
  row: InstanceRow,
  listed: { readonly system: string; readonly isWaiting: boolean },
): Instance {
  const instance = toInstance(row, { ...listed, facts: titleFacts(row.title) });
  // Told apart from a full reading, so that the next look tries again to read it in full.
  return { ...instance, isPartial: true, fingerprint: instance.fingerprint + partialMark };
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
    ...defined({ referenceId: row.referenceid, statusMessage: row.statusmessage, startedAtMs, modifiedAtMs }),
    title: row.title ?? '',
    definition: {
      id: definition?.id ?? '',
      name: definition?.displayname ?? '',
      version: definition?.version ?? 0,
      type: definition?.workflowtype ?? '',
    },
    status,
    ...(stepName === undefined
      ? {}
      : {
          step: { uniqueName: stepName, name: stepNames[stepName] ?? row.currentstepdisplayname ?? stepName },
        }),
    ...signalsOf(row),
    awaitsApproval: known.isWaiting && !hasEnded(status) && stepName !== undefined && takesApproval(row),
    facts: known.facts,
    fingerprint: fingerprintOfRow(row),
  };
}

/** The first and the last step of every definition do nothing, and have no name of their own. */
const stepNames: Readonly<Record<string, string | undefined>> = { StartNOOP: 'Start', EndNOOP: 'End' };

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

/** Sums up what a list shows of an instance; the same for its row and for its detail. */
export function fingerprintOfRow(row: InstanceRow): string {
  return fingerprintOf([
    row.status ?? '',
    row.currentstepuniquename ?? '',
    parseTime(row.lastmodified) ?? row.lastmodified ?? '',
    row.statusmessage ?? '',
    row.definition?.version ?? 0,
  ]);
}

const partialMark = ' as listed';

/** Tells whether an instance could not be read in full. */
export function isAsListedOnly(fingerprint: string): boolean {
  return fingerprint.endsWith(partialMark);
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
