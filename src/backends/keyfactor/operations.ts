import type { Change } from '../../domain/change.js';
import type { Definition, Instance, InstanceRef } from '../../domain/instance.js';
import type {
  ChangeRefusal,
  ChangeResult,
  InstanceFilter,
  InstancePage,
  Operations,
} from '../../ports/backend.js';
import { BackendError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { assertNever } from '../../shared/assert-never.js';
import { defined } from '../../shared/defined.js';
import { type Client, type HttpResponse, isSuccess, judgeWrite, messageIn, type Query } from './client.js';
import {
  createWideAccess,
  type FindSuccessors,
  type Instances,
  instancePath,
  type ListName,
  pageQuery,
  toStatus,
  type WideAccess,
} from './instances.js';
import type { KeyfactorServer } from './settings.js';
import {
  type DefinitionRow,
  definitionRow,
  type InstanceRow,
  initiatorOf,
  instanceRow,
  parseTime,
  type Rows,
  readRows,
} from './wire.js';

/** Creates what operators can do to one server. Nothing here deletes. */
export function createOperations(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
  readonly instances: Instances;
  readonly findSuccessors: FindSuccessors;
  /** After so long a change's request cannot arrive any more. */
  readonly changeTimeoutMs: number;
  readonly now: () => number;
  readonly log: Log;
}): Operations {
  const { server, client, instances, findSuccessors, changeTimeoutMs, now, log } = deps;
  const system = server.name;
  const newest = createNewestInstances({ client, server, log, wideAccess: createWideAccess(server, now) });
  const listDefinitions = createListDefinitions({ client, server, log });
  return {
    find: createFind({ system, instances, newest }),
    list: createList({ instances, newest, listDefinitions }),
    definitions: listDefinitions,
    last: createLast({ system, instances, newest, listDefinitions }),
    change: createChange({ server, client }),
    changes: keyfactorChanges,
    changeTimeoutMs,
    findSuccessors: createFindRestarted(findSuccessors, newest),
  };
}

/** The kinds of change this platform takes. */
const keyfactorChanges = ['restart', 'stop'] as const satisfies readonly Change['kind'][];

/**
 * Creates the maker of changes; each is sent once, whatever comes of it.
 *
 * Throws `BackendError` for everything that leaves open what happened. The answer to a restart does not name the
 * run that was started.
 */
function createChange(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
}): (change: Change) => Promise<ChangeResult> {
  const { server, client } = deps;
  return async (change) => {
    const { id, action, query } = orderOf(change);
    // Anything else in the place of an id could lead to another address.
    if (!/^[\w-]+$/.test(id)) return { kind: 'refused', reason: 'not-found' };
    const path = `${instancePath(id)}/${action}`;
    const response = await client.post(path, {
      version: server.apiVersion.instances,
      query,
      deadline: AbortSignal.timeout(server.signalTimeout),
    });
    const judged = judge(response);
    if (judged === undefined) throw client.unexpected(response, 'POST', path);
    return judged;
  };
}

function orderOf(change: Change): {
  readonly id: string;
  readonly action: 'Restart' | 'Stop';
  readonly query: Query;
} {
  switch (change.kind) {
    case 'restart':
      return { id: change.instance.id, action: 'Restart', query: { version: change.version } };
    case 'stop':
      return { id: change.instance.id, action: 'Stop', query: {} };
    default:
      throw new Error(`Keyfactor Command takes no change of the kind ${change.kind}.`);
  }
}

function judge(response: HttpResponse): ChangeResult | undefined {
  const judgement = judgeWrite(response);
  if (judgement === undefined) return undefined;
  if (judgement === 'done') return { kind: 'accepted' };
  const said = messageIn(response);
  const reason = judgement === 'bad-request' ? rejectionOf(response) : reasons[judgement];
  return { kind: 'refused', reason, ...defined({ said }) };
}

const reasons = {
  'sign-in': 'sign-in',
  forbidden: 'no-permission',
  'not-there': 'not-found',
} as const;

/** The server rejects what does not fit the state of a run, and has no other code for a bad request. */
function rejectionOf({ status }: HttpResponse): ChangeRefusal {
  return status === 400 || status === 409 ? 'wrong-state' : 'bad-request';
}

/** More runs than these with one title and one definition are no answer to the question which one it is. */
const candidatesLimit = 20;

/**
 * Creates the search for what a restarted run became, told from how it looks after the restart.
 *
 * Without access to every run it looks among those that wait for the account or were started by it. Throws
 * `BackendError` and `ContractError`.
 */
function createFindRestarted(
  findSuccessors: FindSuccessors,
  newest: NewestInstances,
): (restarted: Instance) => Promise<readonly InstanceRef[]> {
  return async (restarted) => {
    const { definition, title } = restarted;
    const ours = await newest.findOurs({
      ...(/^[\w-]+$/.test(definition.id) ? { queryString: `DefinitionId -eq "${definition.id}"` } : {}),
      fits: (row) => row.definition?.id === definition.id && (row.title ?? '') === title,
      count: candidatesLimit,
    });
    return findSuccessors(restarted, ours ?? []);
  };
}

/**
 * Creates the search for what a person typed. It throws `BackendError` and `ContractError`.
 *
 * One hit is read in full; of several, what their rows tell has to do.
 */
function createFind(deps: {
  readonly system: string;
  readonly instances: Instances;
  readonly newest: NewestInstances;
}): (text: string, limit: number) => Promise<readonly Instance[]> {
  const { system, instances, newest } = deps;

  async function readFully(row: InstanceRow): Promise<Instance> {
    const reading = await instances.read({ system, id: row.id });
    return reading.kind === 'found' ? reading.instance : instances.fromAnyRow(row);
  }

  return async (text, limit) => {
    const typed = text.trim();
    if (isGuid(typed)) {
      const reading = await instances.read({ system, id: typed.toLowerCase() });
      return reading.kind === 'found' ? [reading.instance] : [];
    }
    const sought = soughtBy(typed);
    if (sought === undefined || limit < 1) return [];
    // One more than wanted, so that the first of many is not taken for the only one.
    const rows = await newest.find({ ...sought, count: Math.max(limit, 2) });
    const [first, second] = rows;
    if (first !== undefined && second === undefined) return [await readFully(first)];
    return Promise.all(rows.slice(0, limit).map((row) => instances.fromAnyRow(row)));
  };
}

function soughtBy(typed: string): Omit<Sought<InstanceRow>, 'count'> | undefined {
  const number = /^#?0*(\d{1,15})$/.exec(typed)?.[1];
  if (number !== undefined) {
    return {
      queryString: `ReferenceId -eq ${number}`,
      fits: ({ referenceid }) => referenceid === number,
    };
  }
  const terms = termsOf(typed);
  if (terms.length === 0) return undefined;
  return { queryString: containsAll('Title', terms), fits: ({ title }) => hasTerms(title, terms) };
}

/** Creates the look at the latest run of a definition. It throws `BackendError` and `ContractError`. */
function createLast(deps: {
  readonly system: string;
  readonly instances: Instances;
  readonly newest: NewestInstances;
  readonly listDefinitions: ListDefinitions;
}): (definition: string) => Promise<Instance | undefined> {
  const { system, instances, newest, listDefinitions } = deps;

  /** Gives undefined if definitions may not be read. */
  async function idsOf(name: string): Promise<readonly string[] | undefined> {
    try {
      const found = await listDefinitions(name);
      return found.filter((definition) => isSameName(definition.name, name)).map(({ id }) => id);
    } catch (error) {
      if (error instanceof BackendError && error.code === 'forbidden') return undefined;
      throw error;
    }
  }

  return async (definition) => {
    const wanted = definition.trim();
    if (wanted === '') return undefined;
    const ids = isGuid(wanted) ? [wanted.toLowerCase()] : await idsOf(wanted);
    const sought = ids === undefined ? runOfName(wanted) : runOfAny(ids);
    if (sought === undefined) return undefined;
    const [row] = await newest.find({ ...sought, count: 1 });
    if (row === undefined) return undefined;
    const reading = await instances.read({ system, id: row.id });
    return reading.kind === 'found' ? reading.instance : instances.fromAnyRow(row);
  };
}

type Condition = Omit<Sought<InstanceRow>, 'count'>;

/** Names are not unique, so there may be several ids. */
function runOfAny(ids: readonly string[]): Condition | undefined {
  const plain = ids.filter((id) => /^[\w-]+$/.test(id)).slice(0, 8);
  if (plain.length === 0) return undefined;
  return {
    queryString: plain.map((id) => `DefinitionId -eq "${id}"`).join(' OR '),
    fits: (row) => plain.includes(row.definition?.id?.toLowerCase() ?? ''),
  };
}

function runOfName(name: string): Condition {
  return { fits: (row) => isSameName(row.definition?.displayname ?? '', name) };
}

function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/**
 * Creates the list of runs, newest first. It throws `BackendError` and `ContractError`.
 *
 * A page is cut out of all rows up to its end, which are read at once, so that no row is told twice or left out
 * because others moved while it was read.
 */
function createList(deps: {
  readonly instances: Instances;
  readonly newest: NewestInstances;
  readonly listDefinitions: ListDefinitions;
}): (filter: InstanceFilter) => Promise<InstancePage> {
  const { instances, newest, listDefinitions } = deps;

  /** Without access to definitions their names cannot be searched; titles still can. */
  async function definitionIds(text: string): Promise<readonly string[]> {
    try {
      return (await listDefinitions(text)).map(({ id }) => id);
    } catch (error) {
      if (error instanceof BackendError && error.code === 'forbidden') return [];
      throw error;
    }
  }

  return async ({ page, pageSize, text = '', ...filter }) => {
    const terms = termsOf(text);
    const isUnaskable = filter.initiator !== undefined && !canAskForInitiator(filter.initiator);
    if (isUnaskable || (terms.length === 0 && text.trim() !== '')) return { instances: [], hasMore: false };
    const ids = terms.length === 0 ? [] : await definitionIds(text);
    const end = page * pageSize;
    const sought = soughtByFilter(filter, { terms, definitionIds: ids });
    const rows = await newest.find({ ...sought, count: end + 1 });
    const shown = rows.slice(end - pageSize, end).map((row) => instances.fromAnyRow(row));
    return { instances: await Promise.all(shown), hasMore: rows.length > end };
  };
}

/** One condition: in the server's words, and as a check of what came back. */
type ConditionSoughtByFilter = Pick<Sought<InstanceRow>, 'queryString' | 'fits'>;

/** More ids than these would not fit into the address of a request. */
const definitionsLimit = 8;

/** Puts the conditions of a filter together; all of them have to hold. */
export function soughtByFilter(
  { state, initiator }: Pick<InstanceFilter, 'state' | 'initiator'>,
  text: { readonly terms: readonly string[]; readonly definitionIds: readonly string[] },
): ConditionSoughtByFilter {
  const conditions = [
    ...(state === 'any' ? [] : [inState(state)]),
    ...(initiator === undefined ? [] : [startedBy(initiator)]),
    ...(text.terms.length === 0 ? [] : [aboutTerms(text)]),
  ];
  const queries = conditions.flatMap(({ queryString }) => queryString ?? []);
  return {
    queryString: queries.length === 0 ? undefined : queries.join(' AND '),
    fits: (row, requested) => conditions.every(({ fits }) => fits(row, requested)),
  };
}

/** Tells whether runs of this name can be asked for; how a query would escape some characters is not known. */
function canAskForInitiator(name: string): boolean {
  return name.trim() !== '' && name.length <= 200 && !/["%*\p{C}]/u.test(name);
}

function inState(state: Exclude<InstanceFilter['state'], 'any'>): ConditionSoughtByFilter {
  const { name, kind } = statusOf(state);
  return {
    queryString: `Status -eq "${name}"`,
    fits({ status }, requested) {
      const read = toStatus(status).kind;
      return read === kind || (requested && read === 'unknown');
    },
  };
}

function statusOf(state: Exclude<InstanceFilter['state'], 'any'>) {
  switch (state) {
    case 'waiting':
      return { name: 'Suspended', kind: 'suspended' } as const;
    case 'failed':
      return { name: 'Failed', kind: 'failed' } as const;
    case 'running':
      return { name: 'Running', kind: 'running' } as const;
    default:
      return assertNever(state);
  }
}

/** A row does not tell who started it, but its title usually begins with that name. */
function startedBy(initiator: string): ConditionSoughtByFilter {
  return {
    queryString: `InitiatingUserName -eq "${initiator}"`,
    fits({ title }, requested) {
      const named = initiatorOf(title)?.toLowerCase();
      if (named === initiator.toLowerCase()) return true;
      // A first word of an unusual title is not a name; an account is one word.
      return requested && (named === undefined || (named !== 'timer service' && named.includes(' ')));
    },
  };
}

function aboutTerms({
  terms,
  definitionIds,
}: {
  readonly terms: readonly string[];
  readonly definitionIds: readonly string[];
}): ConditionSoughtByFilter {
  const ids = definitionIds.filter((id) => /^[\w-]+$/.test(id));
  const byTitle = containsAll('Title', terms);
  const byEither = [`(${byTitle})`, ...ids.map((id) => `DefinitionId -eq "${id}"`)].join(' OR ');
  const queryString = ids.length === 0 ? byTitle : `(${byEither})`;
  return {
    queryString: ids.length > definitionsLimit ? undefined : queryString,
    fits: ({ title, definition }) => hasTerms(title, terms) || hasTerms(definition?.displayname, terms),
  };
}

/** Tells whether a text has the form of the ids this platform gives. */
function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

/** Lists definitions whose name has all words of a text in it, by name. */
export type ListDefinitions = (text: string) => Promise<readonly Definition[]>;

const path = '/Workflow/Definitions';

/** Far more than one server has. */
const definitionsLimitListDefinitions = 1_000;

/** Creates the list of definitions. It throws `BackendError` and `ContractError`. */
export function createListDefinitions(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ListDefinitions {
  const { client, server, log } = deps;
  const wanted = server.apiVersion.definitions;
  // What a list shows is the same in both versions, and every server has the first.
  const version = wanted === 'auto' ? '1' : wanted;

  async function read(page: number, pageSize: number, queryString: string | undefined) {
    const order = { sortField: 'DisplayName', order: 'ascending' } as const;
    const query = pageQuery(path, { queryString, page, pageSize, ...order }, server);
    const response = await client.get(path, { version, query });
    if (!isSuccess(response)) throw client.unexpected(response, 'GET', path);
    return readRows(response, definitionRow, { system: server.name, path, log });
  }

  return async (text) => {
    const terms = termsOf(text);
    if (terms.length === 0 && text.trim() !== '') return [];
    const rows = await collectRows(read, {
      queryString: terms.length === 0 ? undefined : containsAll('DisplayName', terms),
      fits: ({ displayname }) => hasTerms(displayname, terms),
      count: definitionsLimitListDefinitions,
    });
    return rows.map(toDefinition).sort((a, b) => a.name.localeCompare(b.name));
  };
}

/** Tells the version that runs; one that was never published has only its draft. */
function toDefinition({ id, displayname, workflowtype, ...row }: DefinitionRow): Definition {
  const version = Number(row.publishedversion ?? row.draftversion ?? 0);
  return {
    id,
    name: displayname ?? '',
    version: Number.isInteger(version) ? version : 0,
    type: workflowtype ?? '',
  };
}

/** More words, and longer ones, would not fit into the address of a request. */
const termsLimit = 6;

const longestTerm = 60;

/**
 * Splits what a person typed into words that can stand in a query.
 *
 * Quotation marks, wildcards and characters that cannot be seen part words: how a query would escape them is
 * documented nowhere.
 */
export function termsOf(text: string): readonly string[] {
  return text
    .replace(/["%*?\p{C}]/gu, ' ')
    .split(/\s+/)
    .filter((term) => term !== '')
    .slice(0, termsLimit)
    .map((term) => [...term].slice(0, longestTerm).join(''));
}

/** Tells whether a text has every one of the words in it; case does not matter. */
export function hasTerms(text: string | undefined, terms: readonly string[]): boolean {
  const whole = (text ?? '').toLowerCase();
  return terms.every((term) => whole.includes(term.toLowerCase()));
}

/** Asks that a field has every one of the words in it. */
function containsAll(field: string, terms: readonly string[]): string {
  return terms.map((term) => `${field} -contains "${term}"`).join(' AND ');
}

/** Finds instances, newest first. Everything throws `BackendError` and `ContractError`. */
interface NewestInstances {
  /** Looks among all instances, or else among those the account may see. */
  find(sought: Sought<InstanceRow>): Promise<readonly InstanceRow[]>;
  /** Looks among those that wait for the account or were started by it; undefined if it may see neither. */
  findOurs(sought: Sought<InstanceRow>): Promise<readonly InstanceRow[] | undefined>;
}

const everyInstance: ListName = '/Workflow/Instances';

const ourInstances: readonly ListName[] = ['/Workflow/Instances/AssignedToMe', '/Workflow/Instances/My'];

/** Creates that search. */
export function createNewestInstances(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly wideAccess: WideAccess;
  readonly log: Log;
}): NewestInstances {
  const { client, server, wideAccess, log } = deps;

  /** Gives undefined if the account may not read the list. */
  async function findIn(list: ListName, sought: Sought<InstanceRow>) {
    const read = async (page: number, pageSize: number, queryString: string | undefined) => {
      const order = { sortField: 'StartDate', order: 'descending' } as const;
      const query = pageQuery(list, { queryString, page, pageSize, ...order }, server);
      const response = await client.get(list, { version: server.apiVersion.instances, query });
      if (!isSuccess(response)) throw client.unexpected(response, 'GET', list);
      return readRows(response, instanceRow, { system: server.name, path: list, log });
    };
    try {
      return await collectRows(read, sought);
    } catch (error) {
      if (error instanceof BackendError && error.code === 'forbidden') return undefined;
      throw error;
    }
  }

  async function findOurs(sought: Sought<InstanceRow>) {
    const found = await Promise.all(ourInstances.map((list) => findIn(list, sought)));
    const readable = found.filter((rows) => rows !== undefined);
    return readable.length === 0 ? undefined : newestOf(readable.flat(), sought.count);
  }

  return {
    findOurs,
    async find(sought) {
      if (wideAccess.isWorthTrying()) {
        const all = await findIn(everyInstance, sought);
        if (all !== undefined) return newestOf(all, sought.count);
        wideAccess.noteRefusal();
      }
      const ours = await findOurs(sought);
      if (ours !== undefined) return ours;
      throw new BackendError('The account may read no list of instances', {
        code: 'forbidden',
        system: server.name,
        retryable: false,
        applied: 'no',
      });
    },
  };
}

/** Puts rows of several lists into one order; among those that started together the higher number is newer. */
function newestOf(rows: readonly InstanceRow[], count: number): readonly InstanceRow[] {
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()];
  return distinct
    .sort((a, b) => startOf(b) - startOf(a) || Number(b.referenceid ?? 0) - Number(a.referenceid ?? 0))
    .slice(0, count);
}

function startOf({ startdate }: InstanceRow): number {
  return parseTime(startdate) ?? 0;
}

/** Which rows of a list are wanted. */
interface Sought<Row> {
  /** Asks the server for them; absent asks for all rows. */
  readonly queryString?: string | undefined;
  /**
   * Tells whether a row is one of them: a server that does not know a parameter ignores it.
   *
   * Where the server took the query, what a row does not tell may be believed.
   */
  fits(row: Row, requested: boolean): boolean;
  /** How many are enough. */
  readonly count: number;
}

/** Reads one page, counted from 1. */
type ReadRows<Row> = (page: number, pageSize: number, queryString: string | undefined) => Promise<Rows<Row>>;

/** Small enough to be answered fast, large enough for most lists at once. */
const pageSizes = { least: 50, most: 500 };

/** Nobody waits for more rows than these to be looked through. */
const rowsLimit = 5_000;

/**
 * Collects the first rows that fit, each once.
 *
 * As far as possible with one request, because rows move between pages. A query that the server rejects is left
 * out, and its rows are found among all.
 */
export async function collectRows<Row extends { readonly id: string }>(
  read: ReadRows<Row>,
  sought: Sought<Row>,
): Promise<readonly Row[]> {
  try {
    return await readThrough(read, sought);
  } catch (error) {
    const isRejected = error instanceof BackendError && error.code === 'rejected';
    if (!isRejected || sought.queryString === undefined) throw error;
    const { fits, count } = sought;
    return readThrough(read, { fits, count });
  }
}

async function readThrough<Row extends { readonly id: string }>(
  read: ReadRows<Row>,
  { queryString, fits, count }: Sought<Row>,
): Promise<readonly Row[]> {
  const pageSize = Math.min(Math.max(count, pageSizes.least), pageSizes.most);
  const seen = new Set<string>();
  const found: Row[] = [];
  let received = 0;
  for (let page = 1; received < rowsLimit; page += 1) {
    const response = await read(page, pageSize, queryString);
    const fresh = response.rows.filter(({ id }) => !seen.has(id));
    for (const row of fresh) {
      seen.add(row.id);
      if (fits(row, queryString !== undefined)) found.push(row);
    }
    received += response.received;
    const isLast = response.total === undefined ? response.received < pageSize : received >= response.total;
    if (found.length >= count || isLast || fresh.length === 0) break;
  }
  return found;
}
