import type { PersonAccess } from '../../ports/backend.js';
import { ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import type { Dialect, HttpClient } from '../http/client.js';
import { type HttpResponse, isSuccess, withoutCredentials } from '../http/connection.js';
import type { KeyfactorServer } from './settings.js';
import {
  catalogueEntry,
  correlationHeader,
  type DefinitionRow,
  definitionRow,
  definitionWire,
  type InstanceDetail,
  type InstanceRow,
  instanceDetail,
  instanceRow,
  namedRow,
  type PageCache,
  type Rows,
  readJson,
  readRows,
  type StepWire,
  workflowTypeNames,
} from './wire.js';

/** Lists of instances the server keeps. */
export type InstanceList =
  | '/Workflow/Instances'
  | '/Workflow/Instances/AssignedToMe'
  | '/Workflow/Instances/My';

const definitionsPath = '/Workflow/Definitions';

/** Lists of what requests name and workflows do not tell. */
export type NameList = '/Templates' | '/CertificateAuthority';

/** Which page of a list is wanted. */
interface WantedPage {
  /** Counted from 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly queryString?: string | undefined;
}

/** What is kept of a page from walk to walk. */
interface KeptRows {
  /** How many rows came, those that could not be read included. */
  readonly received: number;
  /** Each state on it once. */
  readonly statuses: readonly { readonly status: string | undefined }[];
}

/** What to keep of a page, and where. */
interface WantedSummary<Kept> {
  readonly cache: PageCache<Kept>;
  readonly keep: (rows: Rows<InstanceRow>) => Kept;
}

/** The row of a list that changed last, and how many rows there are; absent what the server does not tell. */
export interface NewestRow {
  readonly row: InstanceRow | undefined;
  readonly total: number | undefined;
}

interface Order {
  readonly sortField?: string | undefined;
  readonly order: 'ascending' | 'descending';
}

/** In whose name a request is sent; in the bot's own without. */
interface Sender {
  readonly as?: PersonAccess | undefined;
}

/** What goes with a request, besides its path. */
interface Parts extends Sender {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
  readonly deadline?: AbortSignal;
  readonly isOptional?: boolean;
}

/** What the server made of a write; all but `done` changed nothing. */
export interface WriteResult {
  readonly judgement: 'done' | 'sign-in' | 'bad-request' | 'forbidden' | 'not-there';
  readonly status: number;
  /** The server's own sentence, in brief. */
  readonly said: string | undefined;
}

/**
 * Fields to sort by, in the order in which they are tried; both stay put while instances move on.
 *
 * Only the first is unique: among rows that started together a server need not keep an order between pages.
 */
const stableFields = ['ReferenceId', 'StartDate'];

/**
 * The API of one Command server.
 *
 * Reads are repeated where that helps, writes are not. Everything throws `BackendError`, and `ContractError` for an
 * answer in a form that is not known.
 */
export class KeyfactorClient {
  readonly server: KeyfactorServer;
  readonly #http: Pick<HttpClient, 'send' | 'unexpected'>;
  readonly #log: Log;
  readonly #statusNumbers: StatusNumbers;
  readonly #longestPages = new Map<ListPath, number>();
  #sortFields: readonly string[] = stableFields;
  #hasWarned = false;

  constructor(server: KeyfactorServer, http: Pick<HttpClient, 'send' | 'unexpected'>, log: Log) {
    this.server = server;
    this.#http = http;
    this.#log = log;
    this.#statusNumbers = new StatusNumbers((queryString) => this.#rowsWith(queryString));
  }

  /** Whether the server writes states as numbers, and which of them means failed is not known. */
  get hasUnreadableFailures(): boolean {
    return this.#statusNumbers.hasUnreadableFailures;
  }

  /** Reads a page of a list of instances. */
  async listInstances(
    list: InstanceList,
    { as, ...wanted }: WantedPage & Order & Sender,
  ): Promise<Rows<InstanceRow>> {
    const response = await this.#getPage(list, { ...wanted, as });
    return this.#statusNumbers.named(this.#rowsOf(list, instanceRow, response));
  }

  /** Reads a page of a list of instances in an order in which none moves; remembers by which field it sorts. */
  async listOldest(list: InstanceList, wanted: WantedPage & Sender): Promise<Rows<InstanceRow>> {
    const response = await this.#getSorted(list, wanted, this.#sortFields);
    return this.#statusNumbers.named(this.#rowsOf(list, instanceRow, response));
  }

  /** Gives what `keep` makes of such a page; one that says the same as in the last walk is not read anew. */
  async listKept<Kept extends KeptRows>(
    list: InstanceList,
    { cache, keep, ...wanted }: WantedPage & Sender & WantedSummary<Kept>,
  ): Promise<{ readonly kept: Kept; readonly longest: number }> {
    const response = await this.#getSorted(list, wanted, this.#sortFields);
    let isKnown = true;
    const read = async (): Promise<Kept> => {
      isKnown = false;
      return keep(await this.#statusNumbers.named(this.#rowsOf(list, instanceRow, response)));
    };
    const kept = await cache.recall(wanted.page, response, read, this.#statusNumbers.known);
    // What is learned now counts from the next walk on.
    if (isKnown) await this.#statusNumbers.named({ rows: kept.statuses });
    return { kept, longest: this.#longestPage(list, kept.received) };
  }

  /** Reads the row of a list that changed last, in one request that is not repeated and may take `timeoutMs`. */
  async newest(
    list: InstanceList,
    { queryString, timeoutMs }: { readonly queryString?: string | undefined; readonly timeoutMs: number },
  ): Promise<NewestRow> {
    const wanted = {
      queryString,
      page: 1,
      pageSize: 1,
      sortField: 'LastModified',
      order: 'descending',
    } as const;
    const query = pageQuery(list, wanted, this.server);
    const deadline = AbortSignal.timeout(timeoutMs);
    const response = await this.#send('GET', list, this.#versionOf(list), {
      query,
      deadline,
      isOptional: true,
    });
    if (!isSuccess(response)) throw this.#unexpected(response, 'GET', list);
    const { rows, total } = readRows(response, instanceRow, {
      system: this.server.name,
      path: list,
      log: this.#log,
    });
    return { row: rows[0], total };
  }

  /** Reads one instance in full; undefined if it is not there, or not for us. */
  async getInstance(id: string): Promise<InstanceDetail | undefined> {
    const path = instancePath(id);
    const { name: system, apiVersion } = this.server;
    const response = await this.#get(path, apiVersion.instances);
    if (saysNothingThere(response)) return undefined;
    if (!isSuccess(response)) throw this.#unexpected(response, 'GET', path);
    const detail = readJson(response, instanceDetail, { system, path });
    if (detail.id === id.toLowerCase()) {
      const { rows } = await this.#statusNumbers.named({ rows: [detail] });
      return rows[0];
    }
    throw new ContractError(`${path} was answered with another instance`, { system, paths: ['Id'] });
  }

  /** Reads a page of the definitions, by name. */
  async listDefinitions(wanted: WantedPage): Promise<Rows<DefinitionRow>> {
    const order = { sortField: 'DisplayName', order: 'ascending' } as const;
    const response = await this.#getPage(definitionsPath, { ...wanted, ...order });
    return this.#rowsOf(definitionsPath, definitionRow, response);
  }

  /** Names the types of workflows the server knows; undefined if they may not be read. */
  async listTypes(): Promise<readonly string[] | undefined> {
    const path = `${definitionsPath}/Types`;
    const response = await this.#getDefinition(path, '1');
    return response && readJson(response, workflowTypeNames, { system: this.server.name, path });
  }

  /** Names the templates or authorities the server has; undefined if they may not be read. */
  async listNames(path: NameList): Promise<readonly string[] | undefined> {
    const names: string[] = [];
    for (let page = 1; page <= mostPagesOfNames; page += 1) {
      const response = await this.#ask(path, { page, pageSize: namesOnPage, order: 'ascending' });
      if (saysNothingThere(response)) return undefined;
      if (!isSuccess(response)) throw this.#unexpected(response, 'GET', path);
      const { rows, received } = this.#rowsOf(path, namedRow, response);
      names.push(...rows.flat());
      if (received < namesOnPage) return names;
    }
    // Of a list that is not known whole, nothing can be said to be missing.
    return undefined;
  }

  /** Gives the steps of one version of a definition; undefined if they may not be read. */
  async getSteps(id: string, definitionVersion: number): Promise<readonly StepWire[] | undefined> {
    const path = `${definitionsPath}/${encodeURIComponent(id)}`;
    const wanted = this.server.apiVersion.definitions;
    const query = { definitionVersion };
    const first = await this.#getDefinition(path, this.#versionOf(definitionsPath), query);
    if (first === undefined) return undefined;
    const parse = (response: HttpResponse) =>
      readJson(response, definitionWire, { system: this.server.name, path }).steps;
    if (wanted !== 'auto' || !offersVersion2(first)) return parse(first);
    // Version 2 names the roles, version 1 only numbers them.
    const better = await this.#get(path, '2', { query });
    return parse(isSuccess(better) ? better : first);
  }

  /** Gives the defaults of the parameters of approval steps; undefined if they may not be read. */
  async getApprovalDefaults(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const path = `${definitionsPath}/Steps/RequireApproval`;
    const response = await this.#getDefinition(path, '1');
    return response && readJson(response, catalogueEntry, { system: this.server.name, path });
  }

  /** Asks for one row of a list; tells whether the account may read it, and the server's clock. */
  async probe(
    list: InstanceList | typeof definitionsPath,
  ): Promise<{ readonly isPermitted: boolean; readonly date: string | undefined }> {
    const sortField = list === definitionsPath ? 'DisplayName' : undefined;
    const wanted = { page: 1, pageSize: 1, sortField, order: 'ascending' } as const;
    const response = await this.#ask(list, wanted);
    const isRefused = response.status === 403 && (isFromApi(response) || response.body.trim() === '');
    if (!isRefused && !isSuccess(response)) throw this.#unexpected(response, 'GET', list);
    return { isPermitted: !isRefused, date: response.headers.date };
  }

  /** Sends a signal to the approval step of an instance, once. */
  signal(
    id: string,
    body: object,
    options: Sender & { readonly deadline: AbortSignal },
  ): Promise<WriteResult> {
    return this.#post(`${instancePath(id)}/Signals`, { body, ...options });
  }

  /** Runs an instance again from its first step, as a new one that the answer does not name. */
  restart(id: string, version: number | undefined): Promise<WriteResult> {
    const inQuery = this.server.restartVersion === 'query' || version === undefined;
    return this.#post(
      `${instancePath(id)}/Restart`,
      inQuery ? { query: { version } } : { body: { version } },
    );
  }

  /** Ends an instance. */
  stop(id: string): Promise<WriteResult> {
    return this.#post(`${instancePath(id)}/Stop`, {});
  }

  /** A 400 may be about the query as well, so only a field that was taken is remembered. */
  async #getSorted(
    list: InstanceList,
    wanted: WantedPage & Sender,
    [sortField, ...others]: readonly string[],
  ): Promise<HttpResponse> {
    // New rows come at the end, where they move no others.
    const response = await this.#ask(list, { ...wanted, sortField, order: 'ascending' });
    if (isSuccess(response)) return response;
    if (response.status !== 400 || others.length === 0) throw this.#unexpected(response, 'GET', list);
    const later = await this.#getSorted(list, wanted, others);
    this.#warn(response, { sortField }, 'The server does not sort by this field');
    this.#sortFields = others;
    return later;
  }

  async #getDefinition(
    path: string,
    version: string,
    query: Parts['query'] = {},
  ): Promise<HttpResponse | undefined> {
    const response = await this.#get(path, version, { query });
    if (isSuccess(response)) return response;
    if (!saysNothingThere(response)) throw this.#unexpected(response, 'GET', path);
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      const fields = { path, status: response.status };
      this.#warn(response, fields, 'Definitions may not be read; cards will not say who may approve');
    }
    return undefined;
  }

  /** Reads a few rows that a query finds; none where the account may not read the list. */
  async #rowsWith(queryString: string): Promise<readonly InstanceRow[]> {
    const list = '/Workflow/Instances';
    const wanted = {
      queryString,
      page: 1,
      pageSize: 50,
      sortField: 'StartDate',
      order: 'descending',
    } as const;
    const response = await this.#ask(list, wanted);
    return isSuccess(response) ? this.#rowsOf(list, instanceRow, response).rows : [];
  }

  async #getPage(path: ListPath, wanted: WantedPage & Order & Sender): Promise<HttpResponse> {
    const response = await this.#ask(path, wanted);
    if (!isSuccess(response)) throw this.#unexpected(response, 'GET', path);
    return response;
  }

  #ask(path: ListPath, wanted: WantedPage & Order & Sender): Promise<HttpResponse> {
    const query = pageQuery(path, wanted, this.server);
    return this.#get(path, this.#versionOf(path), { query, as: wanted.as });
  }

  /** What a list of definitions shows is the same in both versions, and every server has the first. */
  #versionOf(path: ListPath): string {
    const { instances, definitions } = this.server.apiVersion;
    if (path === '/Templates' || path === '/CertificateAuthority') return '1';
    if (path !== definitionsPath) return instances;
    return definitions === 'auto' ? '1' : definitions;
  }

  #rowsOf<Schema extends Parameters<typeof readRows>[1]>(
    path: ListPath,
    row: Schema,
    response: HttpResponse,
  ) {
    const rows = readRows(response, row, { system: this.server.name, path, log: this.#log });
    return { ...rows, longest: this.#longestPage(path, rows.received) };
  }

  /** Remembers how long pages of a list get, since a server may give no longer ones whatever it is asked for. */
  #longestPage(path: ListPath, received: number): number {
    const longest = Math.max(received, this.#longestPages.get(path) ?? 0);
    this.#longestPages.set(path, longest);
    return longest;
  }

  /** Gives answers up to 4xx, save 401 and 429. */
  async #get(path: string, version: string, parts: Parts = {}): Promise<HttpResponse> {
    const response = await this.#send('GET', path, version, parts);
    const { status } = response;
    if (status === 401 || status === 429 || status >= 500) throw this.#unexpected(response, 'GET', path);
    return response;
  }

  /** Throws for everything that leaves open what the server made of it. */
  async #post(path: string, parts: Parts): Promise<WriteResult> {
    const { apiVersion, signalTimeout } = this.server;
    const deadline = AbortSignal.timeout(signalTimeout);
    const response = await this.#send('POST', path, apiVersion.instances, { deadline, ...parts });
    const judgement = judge(response);
    if (judgement === undefined) throw this.#unexpected(response, 'POST', path);
    return { judgement, status: response.status, said: messageIn(response) };
  }

  #send(
    method: 'GET' | 'POST',
    path: string,
    version: string,
    { as, ...parts }: Parts,
  ): Promise<HttpResponse> {
    const headers = { 'x-keyfactor-requested-with': 'APIClient', 'x-keyfactor-api-version': version };
    const { name: system } = this.server;
    return this.#http.send({ system, method, path, headers, accessToken: as?.accessToken, ...parts });
  }

  #warn({ headers }: HttpResponse, fields: object, sentence: string): void {
    const correlationId = headers[correlationHeader];
    this.#log.warn({ system: this.server.name, ...fields, correlationId }, sentence);
  }

  #unexpected(response: HttpResponse, method: 'GET' | 'POST', path: string): Error {
    return this.#http.unexpected(response, { system: this.server.name, method, path });
  }
}

/** States as Command names them; its specification numbers them and says nowhere how. */
const statusNames = ['Failed', 'Suspended', 'Complete', 'Rejected', 'CanceledForRestart', 'Running'];

/** So many reads go by before an unknown number is asked about again. */
const readsBetween = 50;

/**
 * Knows which number a server writes for which state, where it writes numbers.
 *
 * A number is learned only from rows that the server itself finds under a name, all with that number, while it is on
 * no row that the server finds under any other name.
 */
class StatusNumbers {
  readonly #rowsWith: (queryString: string) => Promise<readonly InstanceRow[]>;
  #names: ReadonlyMap<string, string> = new Map();
  #waits = 0;
  #seen = false;

  constructor(rowsWith: (queryString: string) => Promise<readonly InstanceRow[]>) {
    this.#rowsWith = rowsWith;
  }

  get hasUnreadableFailures(): boolean {
    return this.#seen && ![...this.#names.values()].includes('Failed');
  }

  /** How many numbers have a name. */
  get known(): number {
    return this.#names.size;
  }

  /** Gives rows with the names of their states, as far as they are known. */
  async named<
    Row extends { readonly status?: string | undefined },
    All extends { readonly rows: readonly Row[] },
  >(all: All): Promise<All> {
    const isNumber = ({ status }: Row) => status !== undefined && /^\d+$/.test(status);
    if (!all.rows.some(isNumber)) return all;
    this.#seen = true;
    if (all.rows.some((row) => isNumber(row) && !this.#names.has(row.status ?? ''))) await this.#learn();
    const rows = all.rows.map((row) => ({ ...row, status: this.#names.get(row.status ?? '') ?? row.status }));
    return { ...all, rows };
  }

  async #learn(): Promise<void> {
    if (this.#waits > 0) {
      this.#waits -= 1;
      return;
    }
    this.#waits = readsBetween;
    // What was learned once stays, also while nothing stands in that state.
    const learned = new Map(this.#names);
    const known = new Set(learned.values());
    for (const name of statusNames.filter((one) => !known.has(one))) {
      const numbers = new Set((await this.#rowsWith(`Status -eq "${name}"`)).map(({ status }) => status));
      const [number] = numbers;
      if (numbers.size !== 1 || number === undefined) continue;
      const others = await this.#rowsWith(`Status -ne "${name}"`);
      const isDoubtful = learned.has(number) || others.some(({ status }) => status === number);
      if (!isDoubtful) learned.set(number, name);
    }
    this.#names = learned;
  }
}

const namesOnPage = 200;
const mostPagesOfNames = 20;

type ListPath = InstanceList | typeof definitionsPath | NameList;

function instancePath(id: string): string {
  return `/Workflow/Instances/${encodeURIComponent(id)}`;
}

function offersVersion2(response: HttpResponse): boolean {
  return /(^|[\s,])2(\.0)?($|[\s,])/.test(response.headers['api-supported-versions'] ?? '');
}

/** Writes the paging parameters of a list under the names its server knows. */
function pageQuery(
  path: ListPath,
  { queryString, page, pageSize, sortField, order }: WantedPage & Order,
  { queryPrefix }: Pick<KeyfactorServer, 'queryPrefix'>,
): NonNullable<Parts['query']> {
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
function oldPrefixOf(path: ListPath): string {
  if (path === definitionsPath) return 'query';
  return path === '/Workflow/Instances/My' ? 'instanceQuery' : 'pq';
}

/** Tells what the server made of a write; undefined if the answer does not come from the API itself. */
function judge(response: HttpResponse): WriteResult['judgement'] | undefined {
  const { status } = response;
  if (isSuccess(response)) return 'done';
  if (status === 429 || status >= 500) return undefined;
  if (status === 401) return 'sign-in';
  if (status === 400) return 'bad-request';
  if (saysNothingThere(response)) return status === 403 ? 'forbidden' : 'not-there';
  return status > 400 && isFromApi(response) && status !== 408 ? 'bad-request' : undefined;
}

/**
 * Tells whether an answer says that there is nothing under an address, or nothing for us.
 *
 * A gateway's page, or the error page for a wrong base path, says nothing of the kind.
 */
export function saysNothingThere(response: HttpResponse): boolean {
  if (response.status !== 403 && response.status !== 404) return false;
  if (isFromApi(response)) return true;
  const isBare = response.body.trim() === '';
  return isBare && (response.status === 403 || /json/i.test(response.headers['content-type'] ?? ''));
}

/** Tells whether an answer is a JSON object: from the API itself, not from a gateway or a wrong address. */
function isFromApi(response: HttpResponse): boolean {
  return fieldsOf(response) !== undefined;
}

/** Reads the body as a JSON object, its keys in lower case; undefined if it is anything else. */
function fieldsOf({ body }: HttpResponse): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return new Map(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
  } catch {
    return undefined;
  }
}

/** Gives the sentence in an error answer; undefined if there is none. */
function messageIn(response: HttpResponse): string | undefined {
  const { message } = textsOf(response);
  return message === undefined ? undefined : brief(message);
}

function brief(text: string): string {
  return withoutCredentials(text).slice(0, 200);
}

function textsOf(response: HttpResponse) {
  const fields = fieldsOf(response);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    code: text(fields?.get('errorcode')),
    message: text(fields?.get('message') ?? fields?.get('title')),
  };
}

/** What Command's API has of its own. */
export const keyfactorDialect: Dialect = {
  name: 'Keyfactor',
  retryableStatuses: [429, 500, 502, 503, 504],
  keepAlive: true,
  responseLimitBytes: 32 * 1024 * 1024,
  // Without a type of its own an empty body would be sent off as a form.
  bodyType: 'application/json',
  correlationHeader,
  said(response) {
    const { code, message } = textsOf(response);
    return brief([code, message].filter((part) => part !== undefined).join(' '));
  },
  hint: ({ status }) => (status === 404 ? '; nothing is there: check apiPath' : ''),
};
