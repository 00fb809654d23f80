import { stringify } from 'lossless-json';
import type { CheckUp, PersonSignIn } from '../../ports/backend.js';
import { BackendError, type BackendErrorCode, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { endSignal, withoutWaiting } from '../../shared/async.js';
import { defined } from '../../shared/language.js';
import { inSpan } from '../../shared/trace.js';
import {
  errorFromFailure,
  type HttpConnection,
  type HttpResponse,
  type RequestInfo,
  type ServerProfile,
  TransportFailure,
} from './connection.js';
import type { PersonSignInOptions, Provider, TokenForm } from './openid.js';

/** What differs between the APIs of vendors. */
export interface Dialect extends ServerProfile {
  /** What the log calls the vendor: `Keyfactor`. */
  readonly name: string;
  /** Media type of a body. */
  readonly bodyType: string;
  /** Header with the identifier under which the server logged a call. */
  readonly correlationHeader?: string;
  /** Gives what an error answer said, in brief and without credentials; empty if nothing. */
  said(response: HttpResponse): string;
  /** Tells what an operator may look at, from a semicolon on; empty if nothing. */
  hint(response: HttpResponse): string;
}

/** One call of an API. */
interface HttpCall extends RequestInfo {
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a number of `lossless-json` keeps its digits. */
  readonly body?: unknown;
  /** Ends the call, signing in included; by default after the time-out of the connection. */
  readonly deadline?: AbortSignal;
  /** Of the person in whose name it is sent, never renewed here; in the bot's own name without. */
  readonly accessToken?: string | undefined;
  /** A read of which nothing depends: sent once, and a failure says nothing about the server to other calls. */
  readonly isOptional?: boolean | undefined;
}

/** Speaks HTTP to the API of one server, signed in. */
export class HttpClient {
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /**
   * Sends a call, and gives whatever answer comes. A read is repeated where that helps. A write is sent once; twice
   * only when the first was answered 401, which changes nothing, and signing in anew worked.
   *
   * Throws `BackendError` when no answer comes.
   */
  send(call: HttpCall): Promise<HttpResponse> {
    const { system, method } = call;
    return inSpan(`HTTP ${method}`, { system, method }, () => this.#send(call));
  }

  async #send({
    query,
    headers,
    body,
    deadline,
    accessToken,
    isOptional,
    ...info
  }: HttpCall): Promise<HttpResponse> {
    const { dialect, connection, baseUrl, credentials, log } = this.#options;
    const { system, method, path } = info;
    const sender = accessToken === undefined ? credentials : fixedCredentials(`Bearer ${accessToken}`);
    const type = method === 'POST' ? { 'Content-Type': dialect.bodyType } : {};
    const attempt = () =>
      this.#sendSignedIn(sender, {
        method,
        url: `${baseUrl}${path}${queryText(query ?? {})}`,
        headers: { Accept: 'application/json', ...headers, ...type },
        ...defined({ body: stringify(body) }),
        deadline: deadline ?? connection.deadline(),
      });
    const { policies } = connection;
    await sender?.prepare();
    try {
      const response = await (method === 'GET'
        ? readUntilEnded(isOptional ? attempt() : policies.read(attempt))
        : policies.write(attempt));
      const fields = { system, method, path, status: response.status };
      const correlationId = this.#correlationIdOf(response);
      log.debug({ ...fields, ...defined({ correlationId }) }, `${dialect.name} answered`);
      return response;
    } catch (thrown) {
      throw errorFromFailure(thrown, info);
    }
  }

  /** Makes the error for an answer that the caller has no use for; `said` stands in for what the server said. */
  unexpected(response: HttpResponse, request: RequestInfo, said?: string): BackendError {
    const { dialect } = this.#options;
    const { system, method, path } = request;
    const { status } = response;
    const code = codeFor(status);
    const isUnclear = status < 300 || status === 408 || status >= 500;
    const explanation = said ?? dialect.said(response);
    const quoted = explanation === '' ? '' : ` (${explanation})`;
    return new BackendError(`${method} ${path} was answered ${status}${quoted}${dialect.hint(response)}`, {
      code,
      system,
      retryable: code === 'server-error' || code === 'throttled' || code === 'timeout',
      applied: method === 'POST' && isUnclear ? 'unknown' : 'no',
      correlationId: this.#correlationIdOf(response),
      status,
    });
  }

  /** Gives the identifier under which the server logged a call. */
  #correlationIdOf({ headers }: HttpResponse): string | undefined {
    return headers[this.#options.dialect.correlationHeader ?? ''];
  }

  /** Sends with credentials; after a 401 once more, if there are others. */
  async #sendSignedIn(
    credentials: Credentials | undefined,
    request: Parameters<HttpConnection['transport']>[0],
  ): Promise<HttpResponse> {
    const { connection, bareTokenHeader } = this.#options;
    if (credentials === undefined) return connection.transport(request);
    const sendAs = (authorization: string) => {
      if (request.deadline.aborted) throw new TransportFailure('no-connection', 'signing in took too long');
      const headers: Record<string, string> = { ...request.headers, Authorization: authorization };
      if (bareTokenHeader !== undefined) headers[bareTokenHeader] = authorization.replace(/^Bearer /, '');
      return connection.transport({ ...request, headers });
    };
    const authorization = await credentials.authorization();
    const response = await sendAs(authorization);
    if (response.status !== 401) return response;
    const renewed = await credentials.renew(authorization);
    return renewed === undefined ? response : sendAs(renewed);
  }
}

/** Waits for what is read, in pauses and for a token too, unless whoever reads has to end. */
async function readUntilEnded(reading: Promise<HttpResponse>): Promise<HttpResponse> {
  const response = await withoutWaiting(reading, endSignal(), undefined);
  if (!response) throw new TransportFailure('no-connection', 'the bot is stopping');
  return response;
}

function codeFor(status: number): BackendErrorCode {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'rejected';
}

interface HttpClientOptions {
  readonly dialect: Dialect;
  readonly connection: HttpConnection;
  /** Paths follow it as they are. */
  readonly baseUrl: string;
  /** Absent where the server asks for none. */
  readonly credentials: Credentials | undefined;
  /** A header that carries the bare token as well. */
  readonly bareTokenHeader?: string | undefined;
  readonly log: Log;
}

/** Writes a query; a space becomes `%20`, because not every front end reads `+` as one. */
function queryText(query: NonNullable<HttpCall['query']>): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws what the token's source throws when signing in fails. */
  authorization(): Promise<string>;
  /** Loads what signing in needs, so that the first call's time is not spent on that. */
  prepare(): Promise<void>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws alike. */
  renew(rejected: string): Promise<string | undefined>;
}

/** Creates credentials that are always the same, and never renewed. */
export function fixedCredentials(header: string): Credentials {
  return {
    prepare: async () => {},
    authorization: async () => header,
    renew: async () => undefined,
  };
}

/** A token is not used any more this long before it expires. */
const marginMs = 60_000;

/**
 * Creates credentials that get tokens by client credentials, and keep each until shortly before it expires.
 *
 * Whoever asks while a token is being fetched waits for that one. A token that lives less than two minutes is
 * used for half its life. Throws `BackendError` and `ContractError`.
 */
export function clientCredentials(form: TokenForm): Credentials {
  let cached: { readonly header: string; readonly freshUntilMs: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchHeader(): Promise<string> {
    const { fetchToken } = await import('./openid.js');
    const requestedAtMs = form.now();
    const { token, lifetimeMs } = await fetchToken(form);
    const usedForMs = Math.max(lifetimeMs - marginMs, lifetimeMs / 2);
    cached = { header: `Bearer ${token}`, freshUntilMs: requestedAtMs + usedForMs };
    return cached.header;
  }

  function fetchOnce(): Promise<string> {
    fetching ??= fetchHeader().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return {
    prepare: async () => {
      // Loaded only where there is a token to get: the library is heavy, and so is the runtime's fetch it needs.
      await import('./openid.js');
      Response.json({});
    },
    authorization: async () =>
      cached !== undefined && form.now() < cached.freshUntilMs ? cached.header : fetchOnce(),
    renew: async (rejected) =>
      cached !== undefined && cached.header !== rejected ? cached.header : fetchOnce(),
  };
}

/** What the settings of a server say of in whose name it is spoken to. */
interface SpokenTo {
  readonly signalAs: 'service' | 'person';
  readonly personSignIn?:
    | Omit<PersonSignInOptions, keyof Provider | 'clientSecret' | 'usernameOf'>
    | undefined;
}

/**
 * Creates the sign-in of people; undefined where a server is spoken to in the bot's own name.
 *
 * Throws if the client's secret is missing.
 */
export function personSignInOf(
  { signalAs, personSignIn }: SpokenTo,
  clientSecret: string | undefined,
  provider: () => Provider & Pick<PersonSignInOptions, 'usernameOf'>,
): PersonSignIn | undefined {
  if (personSignIn === undefined || signalAs === 'service') return undefined;
  if (!clientSecret) throw new Error('The secret of the client with which people sign in is missing.');
  return createPersonSignIn({ ...personSignIn, clientSecret, ...provider() });
}

/** Checks that people can sign in: whether the identity provider is found and describes itself. */
export async function checkPersonSignIn(
  system: string,
  signIn: PersonSignIn | undefined,
): Promise<readonly CheckUp[]> {
  if (!signIn) return [];
  const name = `${system}: people sign in`;
  try {
    const { url } = await signIn.beginSignIn({
      redirectUri: 'https://localhost/link/callback',
      state: 'check',
    });
    return [{ name, verdict: 'good', detail: `at ${new URL(url).origin}` }];
  } catch (error) {
    if (!isBackendFailure(error)) throw error;
    const fix =
      'see that personSignIn.issuer is right, and that this machine reaches it and trusts its certificate (authCaCert)';
    return [{ name, verdict: 'bad', detail: error.message, fix }];
  }
}

function createPersonSignIn(options: PersonSignInOptions): PersonSignIn {
  let opening: Promise<PersonSignIn> | undefined;
  const open = () => {
    opening ??= import('./openid.js').then(({ openPersonSignIn }) => openPersonSignIn(options));
    return opening;
  };
  return {
    beginSignIn: async (request) => (await open()).beginSignIn(request),
    finishSignIn: async (reply) => (await open()).finishSignIn(reply),
    refresh: async (refreshToken) => (await open()).refresh(refreshToken),
    revoke: async (refreshToken) => (await open()).revoke(refreshToken),
  };
}

/** Gives a secret the settings need. Throws if it is missing. */
export function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}
