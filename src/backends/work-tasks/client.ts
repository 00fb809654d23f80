import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleType,
  type IRetryBackoffContext,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  retry,
  wrap,
} from 'cockatiel';
import { z } from 'zod';
import { BackendError, type BackendErrorCode, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { defined } from '../../shared/defined.js';
import {
  type Credentials,
  createTokenSource,
  type HttpResponse,
  type IssuedToken,
  retryAfterMs,
  TransportFailure,
  transportFailureFrom,
} from '../http/http.js';
import type { AuthSettings, WorkTasksSecrets, WorkTasksServer } from './settings.js';
import { fieldsOf, readBody, saidBy } from './wire.js';

/** Creates the credentials a server is configured with; undefined if it takes none. Throws if a secret is missing. */
export function createCredentials(
  auth: AuthSettings,
  secrets: WorkTasksSecrets,
  deps: {
    readonly fetchToken: (form: TokenForm) => Promise<IssuedToken>;
    readonly now: () => number;
  },
): Credentials | undefined {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'token': {
      const header = `Bearer ${needed(secrets.accessToken, 'access token')}`;
      return { authorization: async () => header, renew: async () => undefined };
    }
    case 'aim':
    case 'entra': {
      const form = tokenForm(auth, needed(secrets.clientSecret, 'client secret'));
      return createTokenSource({ fetchToken: () => deps.fetchToken(form), now: deps.now });
    }
  }
}

function tokenForm(auth: Extract<AuthSettings, { kind: 'aim' | 'entra' }>, clientSecret: string): TokenForm {
  const { clientId } = auth;
  if (auth.kind === 'aim') return { tokenUrl: auth.tokenUrl, clientId, clientSecret, scope: auth.scope };
  const usualUrl = `https://login.microsoftonline.com/${auth.tenant ?? ''}/oauth2/v2.0/token`;
  return {
    tokenUrl: auth.tokenUrl ?? usualUrl,
    clientId,
    clientSecret,
    scope: auth.scope ?? `api://${clientId}/worktasks/.default`,
  };
}

function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}

/** The calls of the API. */
export type CallName = keyof WorkTasksServer['paths'];

/** Query or body of a call, with keys spelt as AVEVA prints them. */
export type Sent = Readonly<Record<string, unknown>>;

/**
 * Speaks HTTP to one Work Tasks server, signed in.
 *
 * Answers are given whatever their status, because the API refuses with 500 as well as with 200; only those of
 * a server that is away (408, 429, 502 to 504), and of a read that is not signed in, are thrown as `BackendError`.
 */
export interface Client {
  /** Reads, and repeats that where it helps. */
  get(call: CallName, query: Readonly<Record<string, string>>): Promise<HttpResponse>;
  /** Writes once; twice only when the first was answered 401 and signing in anew worked. */
  post(call: CallName, body: Sent): Promise<HttpResponse>;
  /** Makes the error for an answer that the caller has no use for; `said` stands in for what the server said. */
  unexpected(response: HttpResponse, call: CallName, said?: string): Error;
}

/** Creates the client of one server, as one of its repositories. */
export function createClient(deps: {
  readonly system: string;
  readonly server: WorkTasksServer;
  readonly transport: Transport;
  readonly signing: Signing;
  readonly policies: Policies;
  readonly log: Log;
}): Client {
  const { system, server, transport, signing, policies, log } = deps;
  const requestOf = (call: CallName): RequestInfo => ({
    system,
    method: reads.has(call) ? 'GET' : 'POST',
    path: server.paths[call],
  });

  async function finish(request: RequestInfo, sending: Promise<HttpResponse>): Promise<HttpResponse> {
    try {
      const response = await sending;
      log.debug({ ...request, status: response.status }, 'Work Tasks answered');
      if (!awayStatuses.has(response.status)) return response;
      throw errorFromResponse(response, request, '');
    } catch (thrown) {
      throw errorFromFailure(thrown, request);
    }
  }

  const send = (request: RequestInfo, rest: { readonly query?: string; readonly body?: string }) =>
    sendSignedIn(
      { transport, ...signing },
      {
        method: request.method,
        url: `${server.baseUrl}/${request.path}${rest.query ?? ''}`,
        headers: { Accept: 'application/json', ...(rest.body === undefined ? {} : jsonType) },
        ...defined({ body: rest.body }),
        deadline: AbortSignal.timeout(server.timeout),
      },
    );

  return {
    async get(call, query) {
      const request = requestOf(call);
      const response = await finish(
        request,
        policies.read(() => send(request, { query: queryText(query) })),
      );
      if (response.status === 401) throw errorFromResponse(response, request);
      return response;
    },
    async post(call, body) {
      const request = requestOf(call);
      return finish(
        request,
        policies.write(() => send(request, { body: JSON.stringify(body) })),
      );
    },
    unexpected: (response, call, said) => errorFromResponse(response, requestOf(call), said),
  };
}

const reads: ReadonlySet<CallName> = new Set(['status', 'lastInstance', 'activityOutput', 'variableValue']);

const awayStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

/** Writes a query; names of activities and variables hold blanks, `^` and `#`. */
function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `?${pairs.join('&')}`;
}

/** What is asked of a token endpoint. */
interface TokenForm {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Empty asks for none. */
  readonly scope: string;
}

/** Assumed when the provider does not say how long a token lives. */
const assumedLifetimeS = 300;

const tokenResponse = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(assumedLifetimeS),
});

/** Creates the function that gets a token from the identity provider by client credentials. */
export function createFetchToken(deps: {
  readonly system: string;
  readonly transport: Transport;
  readonly policies: Policies;
  readonly timeoutMs: number;
}): (form: TokenForm) => Promise<IssuedToken> {
  const { system, transport, policies, timeoutMs } = deps;
  return async (form) => {
    const request = {
      method: 'POST' as const,
      url: form.tokenUrl,
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: formText(form),
    };
    const send = () => transport({ ...request, deadline: AbortSignal.timeout(timeoutMs) });
    return issuedToken(await askProvider(() => policies.read(send), system), system);
  };
}

/** Asks; a failure is told as one of a read, since a lost token changes nothing. */
async function askProvider(ask: () => Promise<HttpResponse>, system: string): Promise<HttpResponse> {
  try {
    return await ask();
  } catch (thrown) {
    throw errorFromFailure(thrown, { system, method: 'GET', path: 'token endpoint' });
  }
}

function formText({ clientId, clientSecret, scope }: TokenForm): string {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  if (scope !== '') form.set('scope', scope);
  return form.toString();
}

function issuedToken(response: HttpResponse, system: string): IssuedToken {
  const body = readBody(response);
  const value = body.kind === 'value' ? body.value : undefined;
  if (response.status < 200 || response.status >= 300) throw refusal(response.status, value, system);
  const parsed = tokenResponse.safeParse(value);
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new ContractError('The token endpoint did not answer with a token', { system, paths });
  }
  return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
}

/** Makes the error of a provider that gives no token; only its short error word is repeated. */
function refusal(status: number, value: unknown, system: string): BackendError {
  const word = fieldsOf(value).get('error');
  const said = typeof word === 'string' && /^[a-z_]{1,40}$/.test(word) ? ` (${word})` : '';
  const isPassing = status === 429 || status >= 500;
  return new BackendError(`The token endpoint answered ${status}${said}`, {
    code: status === 429 ? 'throttled' : isPassing ? 'server-error' : 'sign-in',
    system,
    retryable: isPassing,
    applied: 'no',
  });
}

/** How requests are signed. */
interface Signing {
  /** Absent where the server asks for no token. */
  readonly credentials: Credentials | undefined;
  /** Sends the bare token in a header `AccessToken` as well. */
  readonly extraHeader: boolean;
}

/** Sends with a token; after a 401, which changes nothing, once more if there is another token. */
async function sendSignedIn(
  { transport, credentials, extraHeader }: Signing & { readonly transport: Transport },
  request: HttpRequest,
): Promise<HttpResponse> {
  if (credentials === undefined) return transport(request);
  const sendAs = (authorization: string) => {
    if (request.deadline.aborted) throw new TransportFailure('no-connection', 'signing in took too long');
    const extra = extraHeader ? { AccessToken: authorization.replace(/^Bearer /, '') } : {};
    return transport({ ...request, headers: { ...request.headers, Authorization: authorization, ...extra } });
  };
  const authorization = await credentials.authorization();
  const response = await sendAs(authorization);
  if (response.status !== 401) return response;
  const renewed = await credentials.renew(authorization);
  return renewed === undefined ? response : sendAs(renewed);
}

/** What was being asked, for the message. */
interface RequestInfo {
  readonly system: string;
  readonly method: 'GET' | 'POST';
  /** Path below the base address, without a query. */
  readonly path: string;
}

/** Turns an HTTP answer that is not the expected one into the error the bot knows; tells what `said` holds. */
export function errorFromResponse(
  response: HttpResponse,
  { system, method, path }: RequestInfo,
  said = saidBy(readBody(response)),
): BackendError {
  const { status } = response;
  const code = codeFor(status);
  const isUnclear = status < 300 || status === 408 || status >= 500;
  const quoted = said === '' ? '' : ` (${said})`;
  return new BackendError(`${method} ${path} was answered ${status}${quoted}${hintFor(response)}`, {
    code,
    system,
    retryable: code === 'server-error' || code === 'throttled' || code === 'timeout',
    applied: method === 'POST' && isUnclear ? 'unknown' : 'no',
  });
}

function codeFor(status: number): BackendErrorCode {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'rejected';
}

/** Tells the operator what to look at, where the answer gives that away. */
function hintFor(response: HttpResponse): string {
  const { status } = response;
  const isPage = readBody(response).kind === 'page';
  if (status === 404 && isPage) {
    return '; the web server knows no such application: convert Workflow.WebAPI to an application in IIS, and check baseUrl';
  }
  if (status === 404) return '; this version of the API has no such call: check paths';
  if (status === 405) return '; this looks like an old version of the API, which is not supported';
  if (status >= 300 && status < 400) return '; it wants to send us elsewhere: check baseUrl';
  return isPage && status < 300 ? '; that is a web page: check baseUrl' : '';
}

/** Tells whether there is no API where it was looked for, rather than nothing in the API. */
export function saysNoSuchCall(response: HttpResponse): boolean {
  if (response.status !== 404) return false;
  const body = readBody(response);
  return body.kind !== 'value' || /no http resource was found/i.test(body.text);
}

/** Turns what was thrown instead of an answer into the error the bot knows; leaves other errors alone. */
function errorFromFailure(thrown: unknown, { system, method, path }: RequestInfo): unknown {
  if (thrown instanceof TransportFailure) {
    return new BackendError(`${method} ${path} got no answer: ${thrown.message}`, {
      code: thrown.kind === 'timeout' ? 'timeout' : 'unreachable',
      system,
      retryable: true,
      applied: method === 'POST' && thrown.mayHaveArrived ? 'unknown' : 'no',
      cause: thrown,
    });
  }
  if (!(thrown instanceof Error) || !(isBrokenCircuitError(thrown) || isBulkheadRejectedError(thrown))) {
    return thrown;
  }
  return new BackendError(`${method} ${path} was not sent: the server failed too often just now`, {
    code: 'circuit-open',
    system,
    retryable: true,
    applied: 'no',
  });
}

/** How patient the client is; the defaults are meant for production. */
export interface RetryOptions {
  /** How often a read is repeated. */
  readonly retries: number;
  /** The first pause; the next ones double. */
  readonly pauseMs: number;
  /** After how many failures in a row the server is left alone, and for how long. */
  readonly breakAfter: number;
  readonly breakForMs: number;
  /** How many reads run at the same time. */
  readonly concurrentReads: number;
}

/** Patience with a server in production. */
export const defaultRetryOptions: RetryOptions = {
  retries: 2,
  pauseMs: 250,
  breakAfter: 8,
  breakForMs: 2_000,
  concurrentReads: 6,
};

/** Longer than this a read does not wait; it fails, and whoever asked may ask again. */
const longestPauseMs = 5_000;

/** What a gateway says of a server that is away. A 500 is not among them: the API refuses with it. */
const awayStatusesPolicies = [502, 503, 504];

type Attempt = () => Promise<HttpResponse>;

/** How reads and writes are sent. */
interface Policies {
  read(attempt: Attempt): Promise<HttpResponse>;
  /** Sends once; only an open circuit keeps it from being sent. */
  write(attempt: Attempt): Promise<HttpResponse>;
}

/** Creates the policies of one server. */
export function createPolicies(retryOptions: RetryOptions): Policies {
  const { breakAfter, breakForMs, concurrentReads } = retryOptions;
  const isAway = handleType(TransportFailure).orWhenResult((value) => hasStatus(value, awayStatusesPolicies));
  const breaker = circuitBreaker(isAway, {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });
  const reading = wrap(createRetry(retryOptions), breaker, bulkhead(concurrentReads, 10_000));
  return {
    read: (attempt) => reading.execute(attempt),
    write: (attempt) => breaker.execute(attempt),
  };
}

function createRetry({ retries, pauseMs }: RetryOptions) {
  const isPassing = handleType(
    TransportFailure,
    ({ kind }) => kind !== 'timeout' && kind !== 'too-large',
  ).orWhenResult(
    (value) => hasStatus(value, [429, ...awayStatusesPolicies]) && requestedPauseMs(value) <= longestPauseMs,
  );
  const backoff = new DelegateBackoff((context: IRetryBackoffContext<unknown>) => {
    const request = 'value' in context.result ? requestedPauseMs(context.result.value) : 0;
    const doubled = pauseMs * 2 ** Math.max(0, context.attempt - 1);
    return Math.max(request, Math.min(longestPauseMs, doubled * (0.5 + Math.random() / 2)));
  });
  return retry(isPassing, { maxAttempts: retries, backoff });
}

function requestedPauseMs(value: unknown): number {
  return isResponse(value) ? (retryAfterMs(value, Date.now()) ?? 0) : 0;
}

function hasStatus(value: unknown, statuses: readonly number[]): boolean {
  return isResponse(value) && statuses.includes(value.status);
}

function isResponse(value: unknown): value is HttpResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}

/** One request, complete. */
interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, answered or not. */
  readonly deadline: AbortSignal;
}

/** Sends one request and gives whatever answer comes; throws `TransportFailure` when none does. */
type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const responseLimitBytes = 8 * 1024 * 1024;

/**
 * Creates a transport that trusts the given certificate authorities.
 *
 * Redirects are never followed: they lead to a sign-in page, and would carry the token along. Connections are
 * not kept, so that a write never meets one that the server is just closing.
 */
export function createTransport(options: { readonly ca?: readonly string[] | undefined }): Transport {
  const agents = {
    httpAgent: new HttpAgent(),
    httpsAgent: new HttpsAgent(options.ca === undefined ? {} : { ca: [...options.ca] }),
  };
  return async ({ method, url, headers, body, deadline }) => {
    try {
      const response = await axios.request<unknown>({
        method,
        url,
        headers: { ...headers },
        ...defined({ data: body }),
        ...agents,
        signal: deadline,
        responseType: 'text',
        transformRequest: [(data: unknown) => data],
        transformResponse: [(data: unknown) => data],
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: responseLimitBytes,
      });
      const { status, data } = response;
      return { status, headers: plainHeaders(response.headers), body: typeof data === 'string' ? data : '' };
    } catch (thrown) {
      throw transportFailureFrom(thrown, deadline.aborted);
    }
  };
}

function plainHeaders(headers: object): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(texts);
}
