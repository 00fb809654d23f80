import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import {
  bulkhead,
  type CircuitBreakerPolicy,
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
import type { PersonAccess } from '../../ports/backend.js';
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
  trustedAuthorities,
  withoutCredentials,
} from '../http/http.js';
import type { AuthSettings, KeyfactorSecrets, KeyfactorServer, OAuthSettings } from './settings.js';

/**
 * Puts together the client of one server.
 *
 * The identity provider has its own transport and policies: it may trust other authorities, and its failures
 * must not count against the server.
 */
export function createSignedInClient(
  { server, secrets }: { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets },
  runtime: { readonly log: Log; readonly now: () => number; readonly retryOptions?: Partial<RetryOptions> },
): Client {
  const retryOptions = { ...defaultRetryOptions, ...runtime.retryOptions };
  const fetchToken = createFetchToken({
    system: server.name,
    transport: createTransport({ ca: trustedAuthorities(server.authCaCert) }),
    policies: createPolicies(retryOptions),
    timeoutMs: server.timeout,
  });
  return createClient({
    server,
    transport: createTransport({ ca: trustedAuthorities(server.caCert) }),
    credentials: createCredentials(server.auth, secrets, { fetchToken, now: runtime.now }),
    policies: createPolicies(retryOptions),
    log: runtime.log,
  });
}

/** What the server made of a write; all but `done` changed nothing. */
export type Judgement = 'done' | 'sign-in' | 'bad-request' | 'forbidden' | 'not-there';

/** Tells what the server made of a write; undefined if the answer does not come from the API itself. */
export function judgeWrite(response: HttpResponse): Judgement | undefined {
  if (isSuccess(response)) return 'done';
  if (response.status === 401) return 'sign-in';
  if (response.status === 400) return 'bad-request';
  if (saysNothingThere(response)) return response.status === 403 ? 'forbidden' : 'not-there';
  return response.status > 400 && isFromApi(response) && response.status !== 408 ? 'bad-request' : undefined;
}

/** Assumed when the provider does not say how long a token lives. */
const assumedLifetimeS = 300;

const tokenResponse = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(assumedLifetimeS),
});

/** Creates the function that gets a token from the identity provider by client credentials. */
function createFetchToken(deps: {
  readonly system: string;
  readonly transport: Transport;
  readonly policies: Policies;
  readonly timeoutMs: number;
}): (auth: OAuthSettings, clientSecret: string) => Promise<IssuedToken> {
  const { system, transport, policies, timeoutMs } = deps;
  return async (auth, clientSecret) => {
    const request = tokenRequest(auth, clientSecret);
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

function tokenRequest(auth: OAuthSettings, clientSecret: string) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (auth.scopes.length > 0) form.set('scope', auth.scopes.join(' '));
  if (auth.audience !== undefined) form.set('audience', auth.audience);
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  if (auth.clientAuth === 'basic') {
    headers.Authorization = basicHeader(encodeURIComponent(auth.clientId), encodeURIComponent(clientSecret));
  } else {
    form.set('client_id', auth.clientId);
    form.set('client_secret', clientSecret);
  }
  return { method: 'POST' as const, url: auth.tokenUrl, headers, body: form.toString() };
}

function issuedToken(response: HttpResponse, system: string): IssuedToken {
  if (!isSuccess(response)) throw refusal(response, system);
  const parsed = tokenResponse.safeParse(parsedObject(response));
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new ContractError('The token endpoint did not answer with a token', { system, paths });
  }
  return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
}

/** Makes the error of a provider that gives no token; only its short error word is repeated. */
function refusal(response: HttpResponse, system: string): BackendError {
  const word = parsedObject(response)?.error;
  const said = typeof word === 'string' && /^[a-z_]{1,40}$/.test(word) ? ` (${word})` : '';
  const isPassing = response.status === 429 || response.status >= 500;
  return new BackendError(`The token endpoint answered ${response.status}${said}`, {
    code: response.status === 429 ? 'throttled' : isPassing ? 'server-error' : 'sign-in',
    system,
    retryable: isPassing,
    applied: 'no',
  });
}

/** Query of a request; undefined values are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** In whose name a request is sent; the bot's own without. A person's token is never renewed here. */
export interface Caller {
  readonly as?: PersonAccess | undefined;
}

/** Speaks HTTP to one Command server, signed in. */
export interface Client {
  /**
   * Reads, and repeats that where it helps.
   *
   * Gives answers up to 4xx, save 401 and 429; throws `BackendError` for everything else.
   */
  get(
    path: string,
    options: Caller & { readonly version: string; readonly query?: Query },
  ): Promise<HttpResponse>;
  /**
   * Writes once; twice only when the first was answered 401, which changes nothing, and signing in anew worked.
   *
   * Gives answers up to 4xx, save 429; throws `BackendError` for everything else.
   */
  post(
    path: string,
    options: Caller & {
      readonly version: string;
      readonly query?: Query;
      readonly body?: unknown;
      readonly deadline: AbortSignal;
    },
  ): Promise<HttpResponse>;
  /** Makes the error for an answer that the caller has no use for. */
  unexpected(response: HttpResponse, method: 'GET' | 'POST', path: string): Error;
}

/** Creates the client of one server. */
function createClient(deps: {
  readonly server: KeyfactorServer;
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly policies: Policies;
  readonly log: Log;
}): Client {
  const { server, policies, log } = deps;
  const system = server.name;
  const base = baseUrlOf(server);

  function signedInAs(as: PersonAccess | undefined) {
    const { transport, credentials } = deps;
    return { transport, credentials: as === undefined ? credentials : fixedToken(as.accessToken) };
  }

  async function finish(request: RequestInfo, sending: Promise<HttpResponse>): Promise<HttpResponse> {
    try {
      const response = await sending;
      const correlationId = correlationIdOf(response);
      log.debug({ ...request, status: response.status, correlationId }, 'Keyfactor answered');
      return response;
    } catch (thrown) {
      throw errorFromFailure(thrown, request);
    }
  }

  return {
    async get(path, { version, query = {}, as }) {
      const request: RequestInfo = { system, method: 'GET', path };
      const send = () =>
        sendSignedIn(signedInAs(as), {
          method: 'GET',
          url: `${base}${path}${queryText(query)}`,
          headers: headersFor(version),
          deadline: AbortSignal.timeout(server.timeout),
        });
      const response = await finish(request, policies.read(send));
      if (response.status === 401 || response.status === 429 || response.status >= 500) {
        throw errorFromResponse(response, request);
      }
      return response;
    },
    async post(path, { version, query = {}, body, deadline, as }) {
      const request: RequestInfo = { system, method: 'POST', path };
      const send = () =>
        sendSignedIn(signedInAs(as), {
          method: 'POST',
          url: `${base}${path}${queryText(query)}`,
          // Without a type of its own an empty body would be sent off as a form.
          headers: { ...headersFor(version), 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          deadline,
        });
      const response = await finish(request, policies.write(send));
      if (response.status === 429 || response.status >= 500) throw errorFromResponse(response, request);
      return response;
    },
    unexpected: (response, method, path) => errorFromResponse(response, { system, method, path }),
  };
}

function headersFor(version: string): Readonly<Record<string, string>> {
  return {
    Accept: 'application/json',
    'x-keyfactor-requested-with': 'APIClient',
    'x-keyfactor-api-version': version,
  };
}

/** Writes a query; a space becomes `%20`, because not every front end reads `+` as one. */
function queryText(query: Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Sends with credentials; after a 401 once more, if there are others. */
async function sendSignedIn(
  { transport, credentials }: { readonly transport: Transport; readonly credentials: Credentials },
  request: Parameters<Transport>[0],
): Promise<HttpResponse> {
  const sendAs = (authorization: string) => {
    if (request.deadline.aborted) throw new TransportFailure('no-connection', 'signing in took too long');
    return transport({ ...request, headers: { ...request.headers, Authorization: authorization } });
  };
  const authorization = await credentials.authorization();
  const response = await sendAs(authorization);
  if (response.status !== 401) return response;
  const renewed = await credentials.renew(authorization);
  return renewed === undefined ? response : sendAs(renewed);
}

/** Gives host and port as they stand in a URL; the usual port of https is never written. */
export function hostOf({ hostname, port, scheme }: KeyfactorServer): string {
  const isUsual =
    port === undefined || (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80);
  return isUsual ? hostname : `${hostname}:${port}`;
}

/** Gives the address under which the API's paths lie, without a slash at the end. */
function baseUrlOf(server: KeyfactorServer): string {
  const base = `${server.scheme}://${hostOf(server)}`;
  return server.apiPath === '' ? base : `${base}/${server.apiPath}`;
}

/** Creates the credentials a server is configured with. */
function createCredentials(
  auth: AuthSettings,
  secrets: KeyfactorSecrets,
  deps: {
    readonly fetchToken: (auth: OAuthSettings, clientSecret: string) => Promise<IssuedToken>;
    readonly now: () => number;
  },
): Credentials {
  switch (auth.kind) {
    case 'basic':
      return fixed(basicHeader(userName(auth), needed(secrets.password, 'password')));
    case 'token':
      return fixedToken(needed(secrets.accessToken, 'access token'));
    case 'oauth': {
      const clientSecret = needed(secrets.clientSecret, 'client secret');
      return createTokenSource({ fetchToken: () => deps.fetchToken(auth, clientSecret), now: deps.now });
    }
  }
}

/** Creates credentials of a token that is never renewed. */
function fixedToken(accessToken: string): Credentials {
  return fixed(`Bearer ${accessToken}`);
}

function userName({ username, domain }: Extract<AuthSettings, { kind: 'basic' }>): string {
  return domain === undefined || /[\\@]/.test(username) ? username : `${domain}\\${username}`;
}

function fixed(header: string): Credentials {
  return { authorization: async () => header, renew: async () => undefined };
}

function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}

/** Writes a Basic header. */
function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** What was being asked, for the message. */
interface RequestInfo {
  readonly system: string;
  readonly method: 'GET' | 'POST';
  /** Path below the API, without a query. */
  readonly path: string;
}

/** Turns an HTTP answer that is not the expected one into the error the bot knows. */
export function errorFromResponse(
  response: HttpResponse,
  { system, method, path }: RequestInfo,
): BackendError {
  const code = codeFor(response.status);
  const hint = code === 'not-found' ? '; nothing is there: check apiPath' : '';
  return new BackendError(
    `${method} ${path} was answered ${response.status}${describeResponse(response)}${hint}`,
    {
      code,
      system,
      retryable: code === 'server-error' || code === 'throttled' || code === 'timeout',
      applied: method === 'POST' && (response.status >= 500 || response.status === 408) ? 'unknown' : 'no',
      correlationId: correlationIdOf(response),
    },
  );
}

function codeFor(status: number): BackendErrorCode {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'rejected';
}

/** Turns what was thrown instead of an answer into the error the bot knows; leaves other errors alone. */
export function errorFromFailure(thrown: unknown, { system, method, path }: RequestInfo): unknown {
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

/** Says what an error answer said, in brief and without anything that looks like a credential. */
function describeResponse(response: HttpResponse): string {
  const { code, message } = textsOf(response);
  const parts = [code, message].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${brief(parts.join(' '))})`;
}

/** Gives the sentence in an error answer, under the same limits; undefined if there is none. */
export function messageIn(response: HttpResponse): string | undefined {
  const { message } = textsOf(response);
  return message === undefined ? undefined : brief(message);
}

function brief(text: string): string {
  return withoutCredentials(text).slice(0, 200);
}

function textsOf(response: HttpResponse) {
  const body = parsedObject(response) ?? {};
  const fields = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return { code: text(fields.get('errorcode')), message: text(fields.get('message') ?? fields.get('title')) };
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

/** Patience with a server in production: the pause is short, because people wait for the server to come back. */
export const defaultRetryOptions: RetryOptions = {
  retries: 2,
  pauseMs: 250,
  breakAfter: 8,
  breakForMs: 2_000,
  concurrentReads: 6,
};

/** Longer than this a read does not wait; it fails, and the next observation tries again. */
const longestPauseMs = 5_000;

type Attempt = () => Promise<HttpResponse>;

/** How reads and writes are sent. */
export interface Policies {
  read(attempt: Attempt): Promise<HttpResponse>;
  /** Sends once; only an open circuit keeps it from being sent. */
  write(attempt: Attempt): Promise<HttpResponse>;
}

/** Creates the policies of one server. */
export function createPolicies(retryOptions: RetryOptions): Policies {
  const breaker = createBreaker(retryOptions);
  const reading = wrap(createRetry(retryOptions), breaker, bulkhead(retryOptions.concurrentReads, 10_000));
  return {
    read: (attempt) => reading.execute(attempt),
    write: (attempt) => breaker.execute(attempt),
  };
}

/** Counts what says that the server is away; an error about one request does not. */
function createBreaker({ breakAfter, breakForMs }: RetryOptions): CircuitBreakerPolicy {
  const isAway = handleType(TransportFailure).orWhenResult((value) => hasStatus(value, [502, 503, 504]));
  return circuitBreaker(isAway, {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });
}

function createRetry({ retries, pauseMs }: RetryOptions) {
  const isPassing = handleType(
    TransportFailure,
    ({ kind }) => kind === 'no-connection' || kind === 'connection-lost',
  ).orWhenResult(
    (value) => hasStatus(value, [429, 500, 502, 503, 504]) && requestedPauseMs(value) <= longestPauseMs,
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
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const responseLimitBytes = 32 * 1024 * 1024;

/**
 * Creates a transport that trusts the given certificate authorities.
 *
 * Redirects are never followed: they would carry credentials to another place. Writes take a fresh connection,
 * because on one that was kept the server may just be hanging up, and then nobody knows whether it arrived.
 */
export function createTransport(options: { readonly ca?: readonly string[] | undefined }): Transport {
  const tls = options.ca === undefined ? {} : { ca: [...options.ca] };
  const reading = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true, ...tls }),
  };
  const writing = { httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent(tls) };
  return async ({ method, url, headers, body, deadline }) => {
    try {
      const response = await axios.request<string>({
        method,
        url,
        headers: { ...headers },
        ...defined({ data: body }),
        ...(method === 'GET' ? reading : writing),
        signal: deadline,
        responseType: 'text',
        transformRequest: [(data: unknown) => data],
        transformResponse: [(data: unknown) => data],
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: responseLimitBytes,
      });
      return {
        status: response.status,
        headers: plainHeaders(response.headers),
        body: textOf(response.data),
      };
    } catch (thrown) {
      throw transportFailureFrom(thrown, deadline.aborted);
    }
  };
}

function plainHeaders(headers: object): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(texts);
}

function textOf(data: unknown): string {
  return typeof data === 'string' ? data : '';
}

/** What came back over HTTP, as every caller here knows it. */
export type { HttpResponse };

/** Gives the identifier under which the server logged a call. */
export function correlationIdOf(response: HttpResponse): string | undefined {
  return response.headers['x-keyfactor-correlation-id'];
}

/** Tells whether the server did as asked. */
export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

/** Tells whether an answer is a JSON object: from the API itself, not from a gateway or a wrong address. */
export function isFromApi(response: HttpResponse): boolean {
  return parsedObject(response) !== undefined;
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

/** Reads the body as a JSON object; undefined if it is anything else. */
function parsedObject(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(response.body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
