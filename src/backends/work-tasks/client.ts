import type { PersonAccess } from '../../ports/backend.js';
import type { Dialect, HttpClient } from '../http/client.js';
import type { HttpResponse } from '../http/errors.js';
import type { WorkTasksServer } from './settings.js';
import { WebApiResponse } from './wire.js';

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
