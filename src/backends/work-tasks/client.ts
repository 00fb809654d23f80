import type { ChangeRefusal } from '../../ports/backend.js';
import type { Log } from '../../ports/runtime.js';
import { type Dialect, HttpClient, HttpConnection } from '../http/client.js';
import { type HttpResponse, isSuccess } from '../http/http.js';
import { clientCredentials } from '../http/oauth.js';
import type { RetryOptions } from '../http/retry.js';
import { bearer, type Credentials, needed } from '../http/sign-in.js';
import type { AuthSettings, WorkTasksSecrets, WorkTasksServer } from './settings.js';
import { type Body, readBody, reasonOf, saidBy } from './wire.js';

/** The calls of the API. */
export type CallName = keyof WorkTasksServer['paths'];

/** The calls that give a variable; the vendor's page prints one and heads its table with the other. */
export type VariableCall = 'activityOutput' | 'variableValue';

type ReadCall = VariableCall | 'status' | 'lastInstance';

/** The calls that change something. */
export type WriteCall = Exclude<CallName, ReadCall>;

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
  status(executionid: string): Promise<HttpResponse> {
    return this.#get('status', { executionid });
  }

  /** Finds the latest execution of a workflow. */
  lastInstance(workflow: string): Promise<HttpResponse> {
    return this.#get('lastInstance', { workflow });
  }

  /** Reads what an activity has put out. */
  activityOutput(executionid: string, activityname: string): Promise<HttpResponse> {
    return this.#get('activityOutput', { executionid, activityname });
  }

  /** Reads a variable by one of the two calls. */
  variable(call: VariableCall, executionid: string, variablename: string): Promise<HttpResponse> {
    return this.#get(call, { executionid, variablename });
  }

  /** Writes once, with keys spelt as AVEVA prints them; twice only when signing in anew worked after a 401. */
  async write(call: WriteCall, body: Readonly<Record<string, unknown>>): Promise<HttpResponse> {
    const request = this.#requestOf('POST', call);
    return this.#thereOrThrow(await this.#http.send({ ...request, body }), request);
  }

  /** Makes the error for an answer that the caller has no use for; `said` stands in for what the server said. */
  unexpected(response: HttpResponse, call: CallName, said?: string): Error {
    return this.#http.unexpected(response, this.#requestOf(isRead(call) ? 'GET' : 'POST', call), said);
  }

  async #get(call: ReadCall, query: Readonly<Record<string, string>>): Promise<HttpResponse> {
    const request = this.#requestOf('GET', call);
    const response = await this.#http.send({ ...request, query: { repo: this.repository, ...query } });
    if (response.status === 401) throw this.#http.unexpected(response, request);
    return this.#thereOrThrow(response, request);
  }

  #thereOrThrow(response: HttpResponse, request: Request): HttpResponse {
    if (awayStatuses.has(response.status)) throw this.#http.unexpected(response, request, '');
    return response;
  }

  #requestOf(method: 'GET' | 'POST', call: CallName): Request {
    return { system: this.system, method, path: this.#server.paths[call] };
  }
}

type Request = Parameters<HttpClient['unexpected']>[1];

const reads: readonly string[] = ['status', 'lastInstance', 'activityOutput', 'variableValue'];

function isRead(call: CallName): call is ReadCall {
  return reads.includes(call);
}

/** Tells whether there is no API where it was looked for, rather than nothing in the API. */
export function saysNoSuchCall(response: HttpResponse): boolean {
  if (response.status !== 404) return false;
  const body = readBody(response);
  return body.kind !== 'value' || /no http resource was found/i.test(body.text);
}

/** What an answer comes to; `unclear` is for `BackendError`. */
type Outcome =
  | { readonly kind: 'done'; readonly body: Body }
  | { readonly kind: 'refused'; readonly reason: ChangeRefusal; readonly said: string }
  | { readonly kind: 'unclear' };

/**
 * Judges an answer by its status and, because this API refuses with 500 and even with 200, by what it says.
 *
 * `failureOf` finds the error in an answer that is called a success. A 5xx that does not tell in known words
 * that something was refused stays unclear: it may have been done all the same.
 */
export function outcomeOf(response: HttpResponse, failureOf: (body: Body) => string | undefined): Outcome {
  const { status } = response;
  const body = readBody(response);
  if (isSuccess(response)) return outcomeOfSuccess(body, failureOf);
  const said = saidBy(body);
  const refused = (reason: ChangeRefusal): Outcome => ({ kind: 'refused', reason, said });
  const reason = reasonOf(said);
  if (status === 401) return refused('sign-in');
  if (status >= 500) return reason === undefined ? { kind: 'unclear' } : refused(reason);
  const isOurs = status >= 400 && status !== 405 && body.kind !== 'page' && !saysNoSuchCall(response);
  return isOurs ? refused(reason ?? usualReason(status)) : { kind: 'unclear' };
}

function outcomeOfSuccess(body: Body, failureOf: (body: Body) => string | undefined): Outcome {
  if (body.kind === 'page') return { kind: 'unclear' };
  const said = failureOf(body);
  if (said === undefined) return { kind: 'done', body };
  return { kind: 'refused', reason: reasonOf(said) ?? 'bad-request', said };
}

function usualReason(status: number): ChangeRefusal {
  if (status === 403) return 'no-permission';
  return status === 404 ? 'not-found' : 'bad-request';
}

/** What the Web API for Workflow has of its own. A 500 is no sign that a server is away: the API refuses with it. */
export const workTasksDialect: Dialect = {
  name: 'Work Tasks',
  alsoPassing: [],
  keepsConnections: false,
  responseLimitBytes: 8 * 1024 * 1024,
  bodyType: 'application/json; charset=utf-8',
  said: (response) => saidBy(readBody(response)),
  hint(response) {
    const { status } = response;
    const isPage = readBody(response).kind === 'page';
    if (status === 404 && isPage) {
      return '; the web server knows no such application: convert Workflow.WebAPI to an application in IIS, and check baseUrl';
    }
    if (status === 404) return '; this version of the API has no such call: check paths';
    if (status === 405) return '; this looks like an old version of the API, which is not supported';
    if (status >= 300 && status < 400) return '; it wants to send us elsewhere: check baseUrl';
    return isPage && status < 300 ? '; that is a web page: check baseUrl' : '';
  },
};

interface Configured {
  readonly server: WorkTasksServer;
  readonly secrets: WorkTasksSecrets;
}

interface ClientRuntime {
  readonly log: Log;
  readonly now: () => number;
  readonly retryOptions?: Partial<RetryOptions>;
}

/**
 * Opens the way to one server, which all its repositories share. Throws if a secret is missing or a certificate
 * authority cannot be read.
 */
export function openHttp(configured: Configured, runtime: ClientRuntime): HttpClient {
  const { server } = configured;
  return new HttpClient({
    dialect: workTasksDialect,
    connection: openConnection(server.caCert, server, runtime),
    baseUrl: `${server.baseUrl}/`,
    credentials: credentialsOf(configured, runtime),
    bareTokenHeader: server.extraAccessTokenHeader ? 'AccessToken' : undefined,
    log: runtime.log,
  });
}

function openConnection(
  caCert: string | undefined,
  { timeout: timeoutMs }: WorkTasksServer,
  { retryOptions }: ClientRuntime,
): HttpConnection {
  return new HttpConnection({ dialect: workTasksDialect, caCert, timeoutMs, retryOptions });
}

/** Undefined if the server takes none. */
function credentialsOf({ server, secrets }: Configured, runtime: ClientRuntime): Credentials | undefined {
  const { auth } = server;
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'token':
      return bearer(needed(secrets.accessToken, 'access token'));
    case 'aim':
    case 'entra': {
      const clientSecret = needed(secrets.clientSecret, 'client secret');
      const form = {
        clientId: auth.clientId,
        clientSecret,
        clientAuth: 'post',
        ...endpointOf(auth),
      } as const;
      const connection = openConnection(server.authCaCert, server, runtime);
      return clientCredentials(form, { system: server.name, connection, now: runtime.now });
    }
  }
}

function endpointOf(auth: Extract<AuthSettings, { kind: 'aim' | 'entra' }>) {
  if (auth.kind === 'aim') return { tokenUrl: auth.tokenUrl, scope: auth.scope };
  const usualUrl = `https://login.microsoftonline.com/${auth.tenant ?? ''}/oauth2/v2.0/token`;
  return {
    tokenUrl: auth.tokenUrl ?? usualUrl,
    scope: auth.scope ?? `api://${auth.clientId}/worktasks/.default`,
  };
}
