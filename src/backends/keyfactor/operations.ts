import type { Change } from '../../domain/change.js';
import type { Instance, InstanceRef } from '../../domain/instance.js';
import type {
  ChangeRefusal,
  ChangeResult,
  InstanceFilter,
  InstancePage,
  Operations,
  PersonAccess,
} from '../../ports/backend.js';
import { BackendError } from '../../ports/errors.js';
import { defined } from '../../shared/language.js';
import type { InstanceList, KeyfactorClient, WriteResult } from './client.js';
import { type Instances, isPlainId, readAccess, toStatus, WideAccess, walkPages } from './instances.js';
import { type DefinitionRow, type InstanceRow, initiatorOf, parseTime, type Rows } from './wire.js';

/** Creates what operators can do to one server. Nothing here deletes. */
export function createOperations(deps: {
  readonly client: KeyfactorClient;
  readonly instances: Instances;
  /** After so long a change's request cannot arrive any more. */
  readonly changeTimeoutMs: number;
  readonly now: () => number;
}): Operations {
  const { client, changeTimeoutMs } = deps;
  const search = new Search(deps);
  return {
    find: (text, limit) => search.find(text, limit),
    list: (filter) => search.list(filter),
    definitions: async (text) =>
      (await listDefinitions(client, text)).map(({ latest: _newest, ...definition }) => definition),
    last: (definition) => search.last(definition),
    change: (change) => makeChange(client, change),
    changes: ['restart', 'stop', 'cancel'],
    latestVersion: (instance) => search.latestVersion(instance),
    changeTimeoutMs,
    findSuccessors: (restarted) => search.findSuccessors(restarted),
  };
}

/** Makes a change, once; throws `BackendError` for everything that leaves open what happened. */
async function makeChange(client: KeyfactorClient, change: Change): Promise<ChangeResult> {
  if (change.kind !== 'restart' && change.kind !== 'stop' && change.kind !== 'cancel') {
    throw new Error(`Keyfactor Command takes no change of the kind ${change.kind}.`);
  }
  const { id } = change.instance;
  // Anything else in the place of an id could lead to another address.
  if (!isPlainId(id)) return { kind: 'refused', reason: 'not-found' };
  const result = await (change.kind === 'restart' ? client.restart(id, change.version) : client.stop(id));
  const { judgement, said } = result;
  if (judgement === 'done') return { kind: 'accepted' };
  const reason = judgement === 'bad-request' ? rejectionOf(result) : reasons[judgement];
  return { kind: 'refused', reason, ...defined({ said }) };
}

const reasons = {
  'sign-in': 'sign-in',
  forbidden: 'no-permission',
  'not-there': 'not-found',
} as const;

/** The server rejects what does not fit the state of a run, and has no other code for a bad request. */
function rejectionOf({ status }: WriteResult): ChangeRefusal {
  return status === 400 || status === 409 ? 'wrong-state' : 'bad-request';
}

/** More runs than these with one title and one definition are no answer to the question which one it is. */
const candidatesLimit = 20;

/** Finds runs. Everything throws `BackendError` and `ContractError`. */
class Search {
  readonly #client: KeyfactorClient;
  readonly #instances: Instances;
  readonly #newest: NewestInstances;

  constructor(deps: {
    readonly client: KeyfactorClient;
    readonly instances: Instances;
    readonly now: () => number;
  }) {
    this.#client = deps.client;
    this.#instances = deps.instances;
    this.#newest = new NewestInstances(deps.client, deps.now);
  }

  /** Finds what a person typed. One hit is read in full; of several, what their rows tell has to do. */
  async find(text: string, limit: number): Promise<readonly Instance[]> {
    const typed = text.trim();
    if (isGuid(typed)) {
      const ref = { system: this.#client.server.name, id: typed.toLowerCase() };
      const reading = await this.#instances.read(ref);
      return reading.kind === 'found' ? [reading.instance] : [];
    }
    const sought = soughtBy(typed);
    if (sought === undefined || limit < 1) return [];
    // One more than wanted, so that the first of many is not taken for the only one.
    const rows = await this.#newest.find({ ...sought, count: Math.max(limit, 2) });
    const [first, second] = rows;
    if (first !== undefined && second === undefined) return [await this.#instances.readRow(first)];
    return Promise.all(rows.slice(0, limit).map((row) => this.#instances.fromAnyRow(row)));
  }

  /**
   * Lists runs, newest first.
   *
   * A page is cut out of all rows up to its end, which are read at once, so that no row is told twice or left out
   * because others moved while it was read.
   */
  async list({ page, pageSize, text = '', as, ...filter }: InstanceFilter): Promise<InstancePage> {
    const terms = termsOf(text);
    const isUnaskable = filter.initiator !== undefined && !canAskForInitiator(filter.initiator);
    if (isUnaskable || (terms.length === 0 && text.trim() !== '')) return { instances: [], hasMore: false };
    // Without access to definitions their names cannot be searched; titles still can.
    const definitions = terms.length === 0 ? [] : ((await this.#definitions(text)) ?? []);
    const end = page * pageSize;
    const sought = soughtByFilter(filter, { terms, definitionIds: definitions.map(({ id }) => id) });
    const rows = await (as
      ? this.#newest.findTheirs({ ...sought, count: end + 1 }, as)
      : this.#newest.find({ ...sought, count: end + 1 }));
    const shown = rows.slice(end - pageSize, end).map((row) => this.#instances.fromAnyRow(row));
    return {
      instances: await Promise.all(shown),
      hasMore: rows.length > end,
      ...(as || this.#newest.seesAll ? {} : { missingPermission: readAccess }),
    };
  }

  /** Gives the latest run of a definition. */
  async last(definition: string): Promise<Instance | undefined> {
    const wanted = definition.trim();
    if (wanted === '') return undefined;
    const sought = isGuid(wanted) ? runOfAny([wanted.toLowerCase()]) : await this.#runOf(wanted);
    if (sought === undefined) return undefined;
    const [row] = await this.#newest.find({ ...sought, count: 1 });
    return row === undefined ? undefined : this.#instances.readRow(row);
  }

  /**
   * Finds what a restarted run became, told from how it looks after the restart.
   *
   * Without access to every run it looks among those that wait for the account or were started by it.
   */
  async findSuccessors(restarted: Instance): Promise<readonly InstanceRef[]> {
    const { definition, title } = restarted;
    const ours = await this.#newest.findOurs({
      ...(isPlainId(definition.id) ? { queryString: `DefinitionId -eq "${definition.id}"` } : {}),
      fits: (row) => row.definition?.id === definition.id && (row.title ?? '') === title,
      count: candidatesLimit,
    });
    return this.#instances.findSuccessors(restarted, ours ?? []);
  }

  /** Gives the latest version of a run's definition; undefined if definitions may not be read. */
  async latestVersion({ definition }: Instance): Promise<number | undefined> {
    const found = (await this.#definitions(definition.name)) ?? [];
    return found.find(({ id }) => id === definition.id.toLowerCase())?.latest || undefined;
  }

  async #runOf(name: string): Promise<Condition | undefined> {
    const definitions = await this.#definitions(name);
    if (definitions === undefined) return runOfName(name);
    return runOfAny(definitions.filter((one) => isSameName(one.name, name)).map(({ id }) => id));
  }

  /** Gives undefined if definitions may not be read. */
  async #definitions(text: string): Promise<readonly DefinitionRow[] | undefined> {
    try {
      return await listDefinitions(this.#client, text);
    } catch (error) {
      if (BackendError.hasCode(error, 'forbidden')) return undefined;
      throw error;
    }
  }
}

/** One condition: in the server's words, and as a check of what came back. */
type Condition = Omit<Sought<InstanceRow>, 'count'>;

function soughtBy(typed: string): Condition | undefined {
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

/** Names are not unique, so there may be several ids. */
function runOfAny(ids: readonly string[]): Condition | undefined {
  const plain = ids.filter(isPlainId).slice(0, definitionsLimit);
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

/** More ids than these would not fit into the address of a request. */
const definitionsLimit = 8;

/** Puts the conditions of a filter together; all of them have to hold. */
export function soughtByFilter(
  { state, initiator }: Pick<InstanceFilter, 'state' | 'initiator'>,
  text: { readonly terms: readonly string[]; readonly definitionIds: readonly string[] },
): Condition {
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

/** Percent-encoded; a longer name would not fit beside the words. */
const longestInitiator = 300;

/** Tells whether runs of this name can be asked for; how a query would escape some characters is not known. */
function canAskForInitiator(name: string): boolean {
  if (name.trim() === '' || /["%*\p{C}]/u.test(name)) return false;
  return encodeURIComponent(name).length <= longestInitiator;
}

const statusNames = { waiting: 'Suspended', failed: 'Failed', running: 'Running' } as const;

function inState(state: Exclude<InstanceFilter['state'], 'any'>): Condition {
  const name = statusNames[state];
  const { kind } = toStatus(name);
  return {
    queryString: `Status -eq "${name}"`,
    fits({ status }, requested) {
      const read = toStatus(status).kind;
      return read === kind || (requested && read === 'unknown');
    },
  };
}

/** A row does not tell who started it, but its title usually begins with that name. */
function startedBy(initiator: string): Condition {
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

function aboutTerms({ terms, definitionIds }: Parameters<typeof soughtByFilter>[1]): Condition {
  const ids = definitionIds.filter(isPlainId);
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

/** Far more than one server has. */
const mostDefinitions = 1_000;

/** Lists definitions whose name has all words of a text in it, by name. Throws `BackendError` and `ContractError`. */
export async function listDefinitions(
  client: KeyfactorClient,
  text: string,
): Promise<readonly DefinitionRow[]> {
  const terms = termsOf(text);
  if (terms.length === 0 && text.trim() !== '') return [];
  const rows = await collectRows((wanted) => client.listDefinitions(wanted), {
    queryString: terms.length === 0 ? undefined : containsAll('DisplayName', terms),
    fits: ({ name }) => hasTerms(name, terms),
    count: mostDefinitions,
  });
  return [...rows].sort((a, b) => a.name.localeCompare(b.name));
}

/** More words, and longer ones, are no search. */
const termsLimit = 6;

const longestTerm = 60;

/** So much of a query string may be words, percent-encoded: IIS lets 2048 characters through, and ids need theirs. */
const encodedTermsLimit = 700;

/**
 * Splits what a person typed into words that can stand in a query.
 *
 * Quotation marks, wildcards and characters that cannot be seen part words: how a query would escape them is
 * documented nowhere.
 */
export function termsOf(text: string): readonly string[] {
  let left = encodedTermsLimit;
  return text
    .replace(/["%*?\p{C}]/gu, ' ')
    .split(/\s+/)
    .filter((term) => term !== '')
    .slice(0, termsLimit)
    .map((term) => {
      const characters = [...term].slice(0, longestTerm);
      while (encodeURIComponent(characters.join('')).length > left) characters.pop();
      const cut = characters.join('');
      left -= encodeURIComponent(cut).length;
      return cut;
    })
    .filter((term) => term !== '');
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

const ourInstances = ['/Workflow/Instances/AssignedToMe', '/Workflow/Instances/My'] as const;

/** Finds instances, newest first. Everything throws `BackendError` and `ContractError`. */
export class NewestInstances {
  readonly #client: Pick<KeyfactorClient, 'server' | 'listInstances'>;
  readonly #wideAccess: WideAccess;

  constructor(client: Pick<KeyfactorClient, 'server' | 'listInstances'>, now: () => number) {
    this.#client = client;
    this.#wideAccess = new WideAccess(client.server, now);
  }

  /** Looks among all instances, or else among those the account may see. */
  async find(sought: Sought<InstanceRow>): Promise<readonly InstanceRow[]> {
    if (this.#wideAccess.isWorthTrying()) {
      const all = await this.#findIn('/Workflow/Instances', sought);
      if (all !== undefined) return newestOf(all, sought.count);
      this.#wideAccess.noteRefusal();
    }
    const ours = await this.findOurs(sought);
    if (ours !== undefined) return ours;
    throw new BackendError('The account may read no list of instances', {
      code: 'forbidden',
      system: this.#client.server.name,
      retryable: false,
      applied: 'no',
    });
  }

  /** Whether every instance was seen the last time. */
  get seesAll(): boolean {
    return this.#wideAccess.isWorthTrying();
  }

  /** Looks among those a person started, in their own name. */
  async findTheirs(sought: Sought<InstanceRow>, as: PersonAccess): Promise<readonly InstanceRow[]> {
    return newestOf((await this.#findIn('/Workflow/Instances/My', sought, as)) ?? [], sought.count);
  }

  /** Looks among those that wait for the account or were started by it; undefined if it may see neither. */
  async findOurs(sought: Sought<InstanceRow>): Promise<readonly InstanceRow[] | undefined> {
    const found = await Promise.all(ourInstances.map((list) => this.#findIn(list, sought)));
    const readable = found.filter((rows) => rows !== undefined);
    return readable.length === 0 ? undefined : newestOf(readable.flat(), sought.count);
  }

  /** Gives undefined if the account may not read the list. */
  async #findIn(
    list: InstanceList,
    sought: Sought<InstanceRow>,
    as?: PersonAccess,
  ): Promise<readonly InstanceRow[] | undefined> {
    const order = { sortField: 'StartDate', order: 'descending' } as const;
    try {
      return await collectRows((page) => this.#client.listInstances(list, { ...page, ...order, as }), sought);
    } catch (error) {
      if (BackendError.hasCode(error, 'forbidden')) return undefined;
      throw error;
    }
  }
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
type ReadRows<Row> = (wanted: {
  readonly page: number;
  readonly pageSize: number;
  readonly queryString: string | undefined;
}) => Promise<Rows<Row>>;

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
  { queryString, fits, count }: Sought<Row>,
): Promise<readonly Row[]> {
  const pageSize = Math.min(Math.max(count, pageSizes.least), pageSizes.most);
  const found: Row[] = [];
  try {
    const pages = walkPages((page, size) => read({ page, pageSize: size, queryString }), pageSize);
    for await (const { fresh, received } of pages) {
      found.push(...fresh.filter((row) => fits(row, queryString !== undefined)));
      if (found.length >= count || received >= rowsLimit) break;
    }
    return found;
  } catch (error) {
    if (queryString === undefined || !BackendError.hasCode(error, 'rejected')) throw error;
    return collectRows(read, { fits, count });
  }
}
