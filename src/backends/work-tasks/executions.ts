import { z } from 'zod';
import type { Snapshot } from '../../domain/approval-lifecycle.js';
import { hasEnded, type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import type {
  Changes,
  InstanceReading,
  Observation,
  PersonAccess,
  Remembered,
  Since,
  ValueReading,
} from '../../ports/backend.js';
import { type BackendError, ContractError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { mapAtMost } from '../../shared/async.js';
import { defined } from '../../shared/language.js';
import type { Dialect, HttpClient } from '../http/client.js';
import type { HttpResponse } from '../http/connection.js';
import type { RepositorySettings, WorkTasksServer } from './settings.js';
import { executionRef, parseExecutionRef, type StatusReading, toInstance, WebApiResponse } from './wire.js';

const readsAtOnce = 4;

/** Executions of one repository. Everything throws `BackendError` and `ContractError`. */
export class Executions {
  readonly #client: WorkTasksClient;
  readonly #workflows: RepositorySettings['workflows'];
  readonly #log: Log;

  constructor(
    client: WorkTasksClient,
    { workflows, log }: { readonly workflows: RepositorySettings['workflows']; readonly log: Log },
  ) {
    this.#client = client;
    this.#workflows = workflows;
    this.#log = log;
  }

  /** Reads where an execution stands; undefined if there is none. */
  async readStatus(executionId: string): Promise<StatusReading | undefined> {
    const answer = await this.#client.status(executionId);
    // A run that failed may name its error beside its status, so the status counts before the error.
    const reported = answer.ofSuccess.status();
    if (reported === undefined) this.#expectNothing(answer);
    return reported;
  }

  /** Reads one execution; all the API tells of it is its status. */
  async read(ref: InstanceRef, readStatus = this.#readStatus): Promise<InstanceReading> {
    const execution = parseExecutionRef(ref.id);
    const reading = execution && (await readStatus(execution.executionId));
    if (execution === undefined || reading === undefined) return { kind: 'not-visible' };
    return { kind: 'found', instance: toInstance(this.#client.system, execution, reading) };
  }

  /**
   * Reads a workflow's latest execution, whoever started it.
   *
   * Its status is asked for by id, because whether and how this call tells it is documented nowhere.
   */
  async readLast(workflow: string, readStatus = this.#readStatus): Promise<Instance | undefined> {
    const answer = await this.#client.lastInstance(workflow);
    const found = answer.ofSuccess.executionId();
    if (found.kind === 'absent') this.#expectNothing(answer);
    if (found.kind !== 'id') return undefined;
    const { executionId } = found;
    const reading = (await readStatus(executionId)) ??
      answer.ofSuccess.status() ?? { status: { kind: 'unknown', raw: '' } };
    return toInstance(this.#client.system, { workflow, executionId }, reading);
  }

  /**
   * Finds what a person typed: `<workflow>#<execution id>`, or the id alone where there is but one workflow it can
   * belong to. The API searches nothing.
   */
  async find(text: string, limit: number): Promise<readonly Instance[]> {
    const names = this.#workflows.map(({ name }) => name);
    const typed = refTyped(text.trim(), names);
    if (typed === undefined || limit < 1) return [];
    const reading = await this.read(executionRef(this.#client.system, typed));
    return reading.kind === 'found' ? [reading.instance] : [];
  }

  /** Reads what an activity has put out. */
  async output({ id }: InstanceRef, activity: string): Promise<ValueReading> {
    const executionId = parseExecutionRef(id)?.executionId;
    if (executionId === undefined) return { kind: 'not-found' };
    return this.#valueIn(await this.#client.activityOutput(executionId, activity), activity);
  }

  /** Reads a variable. */
  async variable({ id }: InstanceRef, name: string): Promise<ValueReading> {
    const executionId = parseExecutionRef(id)?.executionId;
    if (executionId === undefined) return { kind: 'not-found' };
    return this.#valueIn(await this.#client.variable(executionId, name), name);
  }

  /**
   * Looks at everything remembered and watched; what else there is, the API does not tell.
   *
   * An execution that cannot be read for now is left out. When none can be, that is thrown.
   */
  async observe(remembered: readonly Remembered[], since?: Since): Promise<Observation> {
    const readStatus = once(this.#readStatus);
    const readings = await this.#readAll(
      remembered.map(({ ref }) => ref),
      readStatus,
    );
    const watched = since && (await this.#watch(since, readStatus));
    const polls = [...readings, ...(watched?.polls ?? [])];
    const [first] = polls;
    if (isBackendFailure(first) && polls.every(isBackendFailure)) throw first;
    return {
      snapshots: remembered.flatMap((before, index) => snapshotOf(readings[index], before)),
      ...defined({ changes: watched?.changes }),
    };
  }

  readonly #readStatus: ReadStatus = (executionId) => this.readStatus(executionId);

  /**
   * Reads every execution that is watched: those the caller names, those followed from looks before, and the latest
   * of each workflow.
   *
   * Everything read is told, what went on as well as what failed. What cannot be read for now is left out.
   */
  async #watch({ watched, mark }: Since, readStatus: ReadStatus): Promise<Watched> {
    const { system } = this.#client;
    const followed = followedIn(mark);
    const ids = [...new Set([...watched.map(({ id }) => id), ...followed])];
    const readings = await this.#readAll(
      ids.map((id) => ({ system, id })),
      readStatus,
    );
    const names = this.#workflows.flatMap(({ name, watch }) => (watch === 'on' ? [name] : []));
    const lasts = await mapAtMost(readsAtOnce, names, (workflow) =>
      tryReading(() => this.readLast(workflow, readStatus), {
        log: this.#log,
        workflow: `${system}/${workflow}`,
      }),
    );
    const latest = lasts.flatMap((last) => (last === undefined || isBackendFailure(last) ? [] : [last]));
    const found = readings.flatMap((one) => ('kind' in one && one.kind === 'found' ? [one.instance] : []));
    const gone = new Set(ids.filter((_, index) => isGone(readings[index])));
    const instances = [...new Map([...found, ...latest].map((one) => [one.ref.id, one])).values()];
    const next = followOn(followed, { found: instances, gone, latest: latest.map(({ ref }) => ref.id) });
    if (next.dropped > 0) {
      this.#log.warn({ system, executions: next.dropped }, 'Too many runs to follow them all');
    }
    return { changes: { kind: 'read', instances, mark: next.mark }, polls: [...readings, ...lasts] };
  }

  #readAll(refs: readonly InstanceRef[], readStatus: ReadStatus) {
    return mapAtMost(readsAtOnce, refs, (ref) =>
      tryReading(() => this.read(ref, readStatus), { log: this.#log, instance: refKey(ref) }),
    );
  }

  #valueIn(answer: WebApiResponse, name: string): ValueReading {
    const outcome = answer.outcome();
    if (outcome.kind === 'done') return answer.value(name);
    if (outcome.kind === 'unclear' || !['not-found', 'bad-request'].includes(outcome.reason)) {
      throw this.#client.unexpected(answer);
    }
    return { kind: 'not-found', ...(outcome.said === '' ? {} : { said: outcome.said }) };
  }

  /**
   * Judges an answer in which the thing asked for was not found: returns when that means that there is none.
   *
   * Throws `BackendError` when the server refused or failed, and `ContractError` when it said something else. A
   * repository that does not exist is a mistake in the settings, so that is thrown too.
   */
  #expectNothing(answer: WebApiResponse): void {
    const outcome = answer.outcome();
    if (outcome.kind === 'done') {
      if (answer.isNothing) return;
      const { system, path } = answer.request;
      throw new ContractError(`${path} was answered in a form that is not known`, {
        system,
        paths: answer.names,
      });
    }
    const isNone =
      outcome.kind === 'refused' && outcome.reason === 'not-found' && !/repositor/i.test(outcome.said);
    if (!isNone) throw this.#client.unexpected(answer);
  }
}

type ReadStatus = (executionId: string) => Promise<StatusReading | undefined>;

/** What watching came to, failures to read included. */
interface Watched {
  readonly changes: Changes;
  readonly polls: readonly (InstanceReading | Instance | Failed | undefined)[];
}

function refTyped(text: string, workflows: readonly string[]) {
  const [only] = workflows;
  if (/^\d+$/.test(text)) {
    return only !== undefined && workflows.length === 1
      ? { workflow: only, executionId: withoutZeros(text) }
      : undefined;
  }
  const typed = parseExecutionRef(text);
  if (typed === undefined || !/^\d+$/.test(typed.executionId)) return undefined;
  const known = workflows.find((name) => name.toLowerCase() === typed.workflow.trim().toLowerCase());
  return { workflow: known ?? typed.workflow.trim(), executionId: withoutZeros(typed.executionId) };
}

/** One execution has one name, as workflows that ask for people are taken to name it. */
function withoutZeros(id: string): string {
  return id.replace(/^0+(?=\d)/, '');
}

/** Reads each execution but once in a look, whoever asks for it. */
function once(readStatus: ReadStatus): ReadStatus {
  const readings = new Map<string, ReturnType<ReadStatus>>();
  return (executionId) => {
    const reading = readings.get(executionId) ?? readStatus(executionId);
    readings.set(executionId, reading);
    return reading;
  };
}

function snapshotOf(reading: InstanceReading | Error | undefined, before: Remembered): readonly Snapshot[] {
  if (reading === undefined || reading instanceof Error) return [];
  if (reading.kind === 'not-visible') return [{ kind: 'not-visible', ref: before.ref }];
  const { instance } = reading;
  const isSame = instance.fingerprint === before.fingerprint && !before.isAssigned;
  return isSame ? [] : [{ kind: 'seen', instance, isAssigned: false }];
}

function isGone(reading: InstanceReading | Failed | undefined): boolean {
  return reading !== undefined && 'kind' in reading && reading.kind === 'not-visible';
}

/** So many executions of others are followed at a time; each is a request per look. */
const mostFollowed = 100;

const written = z.array(z.string());

/** Reads from a mark which executions of others are followed; none from a mark that is not ours. */
export function followedIn(mark: string | undefined): readonly string[] {
  try {
    const read = written.safeParse(JSON.parse(mark ?? '[]'));
    return read.success ? read.data : [];
  } catch {
    return [];
  }
}

/**
 * Writes a mark: which executions to go on following, and how many had to be dropped, the oldest first.
 *
 * The latest execution of a workflow is followed to its end, also once another one is the latest. One that failed
 * may be resumed, so that is no end.
 */
export function followOn(
  before: readonly string[],
  seen: {
    readonly found: readonly Instance[];
    readonly gone: ReadonlySet<string>;
    readonly latest: readonly string[];
  },
): { readonly mark: string; readonly dropped: number } {
  const over = new Set(seen.found.filter(({ status }) => hasEnded(status)).map(({ ref }) => ref.id));
  const all = [...new Set([...before, ...seen.latest])];
  const open = all.filter((id) => !over.has(id) && !seen.gone.has(id));
  const kept = open.slice(-mostFollowed);
  return { mark: JSON.stringify(kept), dropped: open.length - kept.length };
}

/** A reading that failed, and may work another time. */
type Failed = BackendError | ContractError;

/** Reads, and gives the failure instead of throwing it, with a line in the log. */
async function tryReading<Value>(
  read: () => Promise<Value>,
  { log, ...about }: { readonly log: Log; readonly instance?: string; readonly workflow?: string },
): Promise<Value | Failed> {
  try {
    return await read();
  } catch (error) {
    if (!isBackendFailure(error)) throw error;
    log.warn({ ...about, err: error }, 'A run could not be read');
    return error;
  }
}

/** The calls of the API. */
type CallName = keyof WorkTasksServer['paths'];

type ReadCall = 'status' | 'lastInstance' | 'activityOutput' | 'variableValue';

/** The calls that change something. */
type WriteCall = Exclude<CallName, ReadCall>;

/** A server that is away, or has too much to do. */
const awayStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/**
 * The API of one repository.
 *
 * Answers are given whatever their status, because the API refuses with 500 as well as with 200; only those of
 * a server that is away, and of a read that is not signed in, are thrown as `BackendError`. Reads are repeated where
 * that helps, writes are not.
 */
export class WorkTasksClient {
  readonly system: string;
  readonly repository: string;
  readonly #server: WorkTasksServer;
  readonly #http: Pick<HttpClient, 'send' | 'unexpected'>;
  #variableCall: 'activityOutput' | 'variableValue' = 'activityOutput';

  constructor(
    server: WorkTasksServer,
    { system, repository }: { readonly system: string; readonly repository: string },
    http: Pick<HttpClient, 'send' | 'unexpected'>,
  ) {
    this.system = system;
    this.repository = repository;
    this.#server = server;
    this.#http = http;
  }

  /** Reads the status of an execution. */
  status(executionid: string): Promise<WebApiResponse> {
    return this.#get('status', { executionid });
  }

  /** Finds the latest execution of a workflow. */
  lastInstance(workflow: string): Promise<WebApiResponse> {
    return this.#get('lastInstance', { workflow });
  }

  /** Reads what an activity has put out. */
  activityOutput(executionid: string, activityname: string): Promise<WebApiResponse> {
    return this.#get('activityOutput', { executionid, activityname });
  }

  /** Reads a variable: the vendor's page prints one call for it and heads its table with another. */
  async variable(executionid: string, variablename: string): Promise<WebApiResponse> {
    const query = { executionid, variablename };
    const answer = await this.#get(this.#variableCall, query);
    if (!answer.saysNoSuchCall || this.#variableCall === 'variableValue') return answer;
    const other = await this.#get('variableValue', query);
    if (other.saysNoSuchCall) return answer;
    this.#variableCall = 'variableValue';
    return other;
  }

  /**
   * Writes once, with keys spelt as AVEVA prints them, by the account of a person where one is given; twice only when
   * signing in anew worked after a 401.
   */
  write(
    call: WriteCall,
    body: Readonly<Record<string, unknown>>,
    as?: PersonAccess,
  ): Promise<WebApiResponse> {
    return this.#send('POST', call, { body, accessToken: as?.accessToken });
  }

  /** Makes the error for an answer that the caller has no use for; `said` stands in for what the server said. */
  unexpected({ response, request }: WebApiResponse, said?: string): Error {
    return this.#http.unexpected(response, request, said);
  }

  #get(call: ReadCall, query: Readonly<Record<string, string>>): Promise<WebApiResponse> {
    return this.#send('GET', call, { query: { repo: this.repository, ...query } });
  }

  async #send(
    method: 'GET' | 'POST',
    call: CallName,
    rest: Pick<Parameters<HttpClient['send']>[0], 'query' | 'body' | 'accessToken'>,
  ): Promise<WebApiResponse> {
    const request = { system: this.system, method, path: this.#server.paths[call] };
    const response = await this.#http.send({ ...rest, ...request });
    const { status } = response;
    if (method === 'GET' && status === 401) throw this.#http.unexpected(response, request);
    if (awayStatuses.has(status)) throw this.#http.unexpected(response, request, '');
    return new WebApiResponse(response, request);
  }
}

/** What the Web API for Workflow has of its own. */
export const workTasksDialect: Dialect = {
  name: 'Work Tasks',
  // A 500 is not among them: the API refuses with it.
  retryableStatuses: [429, 502, 503, 504],
  keepAlive: false,
  responseLimitBytes: 8 * 1024 * 1024,
  bodyType: 'application/json; charset=utf-8',
  said: (response) => toWebApiResponse(response).said,
  hint(response) {
    const { status } = response;
    const { isPage } = toWebApiResponse(response);
    if (status === 404 && isPage) {
      return '; the web server knows no such application: convert Workflow.WebAPI to an application in IIS, and check baseUrl';
    }
    if (status === 404) return '; this version of the API has no such call: check paths';
    if (status === 405) return '; this looks like an old version of the API, which is not supported';
    if (status >= 300 && status < 400) return '; it wants to send us elsewhere: check baseUrl';
    return isPage && status < 300 ? '; that is a web page: check baseUrl' : '';
  },
};

function toWebApiResponse(response: HttpResponse): WebApiResponse {
  return new WebApiResponse(response, { system: '', method: 'GET', path: '' });
}
