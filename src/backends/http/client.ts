import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import axios from 'axios';
import type { BackendError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { defined } from '../../shared/defined.js';
import {
  errorFromFailure,
  errorFromResponse,
  type RequestInfo,
  TransportFailure,
  transportFailureFrom,
} from './errors.js';
import type { HttpResponse } from './http.js';
import { createPolicies, type Policies, type RetryOptions } from './retry.js';
import { bearer, type Credentials } from './sign-in.js';

/** What differs between the APIs of vendors. */
export interface Dialect {
  /** What the log calls the vendor: `Keyfactor`. */
  readonly name: string;
  /** Statuses that pass by themselves, besides 429 and those of a gateway; a read answered so is repeated. */
  readonly alsoPassing: readonly number[];
  /** Whether reads keep their connections. */
  readonly keepsConnections: boolean;
  readonly responseLimitBytes: number;
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
export interface HttpCall extends RequestInfo {
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the call, signing in included; by default after the time-out of the connection. */
  readonly deadline?: AbortSignal;
  /** Of the person in whose name it is sent, never renewed here; in the bot's own name without. */
  readonly accessToken?: string | undefined;
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
  async send({ query, headers, body, deadline, accessToken, ...info }: HttpCall): Promise<HttpResponse> {
    const { dialect, connection, baseUrl, credentials, log } = this.#options;
    const { system, method, path } = info;
    const sender = accessToken === undefined ? credentials : bearer(accessToken);
    const type = method === 'POST' ? { 'Content-Type': dialect.bodyType } : {};
    const attempt = () =>
      this.#sendSignedIn(sender, {
        method,
        url: `${baseUrl}${path}${queryText(query ?? {})}`,
        headers: { Accept: 'application/json', ...headers, ...type },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        deadline: deadline ?? connection.deadline(),
      });
    const { policies } = connection;
    try {
      const response = await (method === 'GET' ? policies.read(attempt) : policies.write(attempt));
      const fields = { system, method, path, status: response.status };
      const correlationId = this.correlationIdOf(response);
      log.debug({ ...fields, ...defined({ correlationId }) }, `${dialect.name} answered`);
      return response;
    } catch (thrown) {
      throw errorFromFailure(thrown, info);
    }
  }

  /** Makes the error for an answer that the caller has no use for; `said` stands in for what the server said. */
  unexpected(response: HttpResponse, { system, method, path }: RequestInfo, said?: string): BackendError {
    const { dialect } = this.#options;
    return errorFromResponse(
      response,
      { system, method, path },
      {
        said: said ?? dialect.said(response),
        hint: dialect.hint(response),
        correlationId: this.correlationIdOf(response),
      },
    );
  }

  /** Gives the identifier under which the server logged a call. */
  correlationIdOf({ headers }: HttpResponse): string | undefined {
    return headers[this.#options.dialect.correlationHeader ?? ''];
  }

  /** Sends with credentials; after a 401 once more, if there are others. */
  async #sendSignedIn(credentials: Credentials | undefined, request: HttpRequest): Promise<HttpResponse> {
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

/** One request, complete. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, answered or not. */
  readonly deadline: AbortSignal;
}

/** The way to one server, and one view of whether it is there. An identity provider has its own. */
export class HttpConnection {
  readonly policies: Policies;
  /** Sends one request and gives whatever answer comes; throws `TransportFailure` when none does. */
  readonly transport: (request: HttpRequest) => Promise<HttpResponse>;
  readonly #timeoutMs: number;

  /** Throws if the certificate authorities cannot be read. */
  constructor({ dialect, caCert, timeoutMs, retryOptions }: HttpConnectionOptions) {
    this.policies = createPolicies(retryOptions, dialect.alsoPassing);
    this.transport = createTransport(dialect, trustedAuthorities(caCert));
    this.#timeoutMs = timeoutMs;
  }

  /** Begins the time one request may take. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }
}

interface HttpConnectionOptions {
  readonly dialect: Pick<Dialect, 'alsoPassing' | 'keepsConnections' | 'responseLimitBytes'>;
  /** Certificate authorities to trust besides the usual: a path, or PEM text. */
  readonly caCert?: string | undefined;
  readonly timeoutMs: number;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions> | undefined;
}

/**
 * Creates a transport that trusts the given certificate authorities.
 *
 * Redirects are never followed: they lead to a sign-in page, and would carry credentials along. Writes take a fresh
 * connection, because on one that was kept the server may just be hanging up, and then nobody knows whether it
 * arrived.
 */
function createTransport(
  { keepsConnections, responseLimitBytes }: HttpConnectionOptions['dialect'],
  ca: string[] | undefined,
): HttpConnection['transport'] {
  const agents = (keepAlive: boolean) => ({
    httpAgent: new HttpAgent({ keepAlive }),
    httpsAgent: new HttpsAgent({ keepAlive, ...defined({ ca }) }),
  });
  const reading = agents(keepsConnections);
  const writing = agents(false);
  return async ({ method, url, headers, body, deadline }) => {
    try {
      const response = await axios.request<unknown>({
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

/**
 * Lists the certificate authorities to trust: the usual ones and the given, as a path or PEM text.
 *
 * Undefined when nothing is given: then the runtime's own list holds. Throws if a file cannot be read or
 * holds no certificate.
 */
function trustedAuthorities(pathOrPem: string | undefined): string[] | undefined {
  if (pathOrPem === undefined) return undefined;
  const pem = pathOrPem.includes('-----BEGIN') ? pathOrPem : readFileSync(pathOrPem, 'utf8');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error('The certificate authorities given hold no PEM certificate.');
  }
  return [...rootCertificates, pem.replaceAll('\\n', '\n')];
}
