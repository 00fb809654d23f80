import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
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
import { BackendError } from '../../ports/errors.js';
import { endSignal, withFirstOf } from '../../shared/async.js';
import { defined } from '../../shared/language.js';

/** The way to one server, and one view of whether it is there. An identity provider has its own. */
export class HttpConnection {
  readonly policies: Policies;
  /** Sends one request and gives whatever answer comes; throws `TransportFailure` when none does. */
  readonly transport: (request: HttpRequest) => Promise<HttpResponse>;
  readonly #timeoutMs: number;

  /** Throws if the certificate authorities cannot be read. */
  constructor({ profile, caCert, timeoutMs, retryOptions, cutOff }: HttpConnectionOptions) {
    this.policies = createPolicies(retryOptions, profile.retryableStatuses);
    this.transport = createTransport(profile, trustedAuthorities(caCert), cutOff);
    this.#timeoutMs = timeoutMs;
  }

  /** Begins the time one request may take. */
  deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }
}

interface HttpConnectionOptions {
  readonly profile: ServerProfile;
  /** Certificate authorities to trust besides the default ones: a path, or PEM text. */
  readonly caCert?: string | undefined;
  readonly timeoutMs: number;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions> | undefined;
  /** Ends every request, a write too: whether that arrived is then not known. */
  readonly cutOff?: AbortSignal | undefined;
}

/** What differs between servers of different vendors in how they are reached. */
export interface ServerProfile {
  /** Statuses that pass by themselves; a read answered so is repeated. */
  readonly retryableStatuses: readonly number[];
  /** Whether reads keep their connections. */
  readonly keepAlive: boolean;
  readonly responseLimitBytes: number;
}

/** How patient the bot is with one server. */
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

/** One request, complete. */
interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, answered or not. */
  readonly deadline: AbortSignal;
}

/**
 * Creates a transport that trusts the given certificate authorities.
 *
 * Redirects are never followed: they lead to a sign-in page, and would carry credentials along. Writes take a fresh
 * connection, because on one that was kept the server may just be hanging up, and then nobody knows whether it
 * arrived.
 */
function createTransport(
  { keepAlive, responseLimitBytes }: ServerProfile,
  ca: string[] | undefined,
  cutOff: AbortSignal | undefined,
): HttpConnection['transport'] {
  const agents = (keepAlive: boolean) => ({
    httpAgent: new HttpAgent({ keepAlive }),
    httpsAgent: new HttpsAgent({ keepAlive, ...defined({ ca }) }),
  });
  const reading = agents(keepAlive);
  const writing = agents(false);
  return async ({ method, url, headers, body, deadline }) => {
    if (cutOff?.aborted) throw new TransportFailure('no-connection', 'the bot is stopping');
    const ends = [deadline, cutOff, ...(method === 'GET' ? [endSignal()] : [])];
    return withFirstOf(ends, async (signal) => {
      try {
        const response = await axios.request<unknown>({
          method,
          url,
          headers: { ...headers },
          ...defined({ data: body }),
          ...(method === 'GET' ? reading : writing),
          signal,
          responseType: 'text',
          transformRequest: [(data: unknown) => data],
          transformResponse: [(data: unknown) => data],
          validateStatus: () => true,
          maxRedirects: 0,
          maxContentLength: responseLimitBytes,
        });
        const { status, data } = response;
        const text = typeof data === 'string' ? data : '';
        return { status, headers: plainHeaders(response.headers), body: text };
      } catch (thrown) {
        const empty = noContentIn(thrown);
        if (empty) return empty;
        throw transportFailureFrom(thrown, signal.aborted);
      }
    });
  };
}

/**
 * Finds a 204 that came with bytes behind it, which the parser takes for a broken answer.
 *
 * It has been answered all the same: a write that was taken must not look as if nobody knew.
 */
function noContentIn(thrown: unknown): HttpResponse | undefined {
  const broken = thrown instanceof Error ? (thrown.cause ?? thrown) : undefined;
  const packet: unknown = typeof broken === 'object' ? Reflect.get(broken, 'rawPacket') : undefined;
  if (!(packet instanceof Uint8Array)) return undefined;
  const [, head = ''] =
    /^HTTP\/1\.[01] 204\b([\s\S]*?)\r\n\r\n/.exec(Buffer.from(packet).toString('latin1')) ?? [];
  if (head === '') return undefined;
  const fields = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/:(.*)/s, 2));
  const headers = Object.fromEntries(fields.map(([name = '', value = '']) => [name, value.trim()]));
  return { status: 204, headers: plainHeaders(headers), body: '' };
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

/** Patience in production: the break is short, because people wait for the server to come back. */
const usualOptions: RetryOptions = {
  retries: 2,
  pauseMs: 250,
  breakAfter: 8,
  breakForMs: 2_000,
  concurrentReads: 6,
};

/** Longer than this a read does not wait; it fails, and whoever asked may ask again. */
const longestPauseMs = 5_000;

/** What a gateway says of a server that is away; an error about one request says nothing of the kind. */
const awayStatuses = [502, 503, 504];

type Attempt = () => Promise<HttpResponse>;

/** How reads and writes are sent to one server. */
interface Policies {
  /** Repeats what failed for a passing reason, among no more others than allowed. */
  read(attempt: Attempt): Promise<HttpResponse>;
  /** Sends once; only an open circuit keeps it from being sent. */
  write(attempt: Attempt): Promise<HttpResponse>;
}

/** Creates the policies of one server. */
export function createPolicies(
  options: Partial<RetryOptions> | undefined,
  retryableStatuses: readonly number[],
): Policies {
  const { retries, pauseMs, breakAfter, breakForMs, concurrentReads } = { ...usualOptions, ...options };
  const isAway = handleType(TransportFailure).orWhenResult((value) => hasStatus(value, awayStatuses));
  const isPassing = handleType(
    TransportFailure,
    ({ kind }) => kind === 'no-connection' || kind === 'connection-lost',
  ).orWhenResult((value) => hasStatus(value, retryableStatuses) && requestedPauseMs(value) <= longestPauseMs);
  const backoff = new DelegateBackoff((context: IRetryBackoffContext<unknown>) => {
    const requestedMs = 'value' in context.result ? requestedPauseMs(context.result.value) : 0;
    const doubledMs = pauseMs * 2 ** Math.max(0, context.attempt - 1);
    return Math.max(requestedMs, Math.min(longestPauseMs, doubledMs * (0.5 + Math.random() / 2)));
  });
  const breaker = circuitBreaker(isAway, {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });
  const reading = wrap(
    retry(isPassing, { maxAttempts: retries, backoff }),
    breaker,
    bulkhead(concurrentReads, 10_000),
  );
  return {
    read: (attempt) => reading.execute(attempt),
    write: (attempt) => breaker.execute(attempt),
  };
}

/** Reads how long the server asks to wait, in milliseconds; 0 if it does not say. */
function requestedPauseMs(value: unknown): number {
  const text = isResponse(value) ? (value.headers['retry-after'] ?? '') : '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - Date.now());
}

function hasStatus(value: unknown, statuses: readonly number[]): boolean {
  return isResponse(value) && statuses.includes(value.status);
}

function isResponse(value: unknown): value is HttpResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}

/** What was being asked, for messages and the log. */
export interface RequestInfo {
  readonly system: string;
  readonly method: 'GET' | 'POST';
  /** Path below the API's address, without a query. */
  readonly path: string;
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

/** A call got no answer; carries nothing of the request, so it is safe to log. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly kind: 'timeout' | 'no-connection' | 'connection-lost' | 'too-large';
  /** Error code of the network or TLS layer, such as `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(kind: TransportFailure['kind'], message: string, code?: string) {
    super(message);
    this.kind = kind;
    this.code = code;
  }

  /** Whether the request may have reached the server. */
  get mayHaveArrived(): boolean {
    return this.kind !== 'no-connection';
  }
}

/** Codes that appear only before a request is written. */
const beforeSending = new Set(
  `ECONNREFUSED ENOTFOUND EAI_AGAIN EAI_FAIL EHOSTUNREACH ENETUNREACH
  CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_REVOKED CERT_UNTRUSTED CERT_SIGNATURE_FAILURE
  DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE ERR_TLS_CERT_ALTNAME_INVALID`.split(
    /\s+/,
  ),
);

/**
 * Turns what the HTTP library threw into a failure of our own.
 *
 * The library's error holds the whole request, credentials included; only its code and sentence are kept.
 */
export function transportFailureFrom(thrown: unknown, isTimedOut: boolean): TransportFailure {
  const { code, syscall, message } = networkFieldsOf(thrown);
  if (isTimedOut) return new TransportFailure('timeout', 'no answer in time', code);
  if (beforeSending.has(code ?? '') || syscall === 'connect') {
    return new TransportFailure('no-connection', message, code);
  }
  if (code === 'ERR_BAD_RESPONSE') return new TransportFailure('too-large', 'the answer is too large', code);
  return new TransportFailure('connection-lost', message, code);
}

function networkFieldsOf(thrown: unknown): { code?: string; syscall?: string; message: string } {
  if (!(thrown instanceof Error)) return { message: 'no answer' };
  const inner: unknown = thrown.cause ?? thrown;
  const code = textField(thrown, 'code') ?? textField(inner, 'code');
  return { message: code ?? 'no answer', ...defined({ code, syscall: textField(inner, 'syscall') }) };
}

function textField(holder: unknown, name: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'string' ? value : undefined;
}

/** What came back over HTTP, whatever its status; header names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Tells whether the server did as asked. */
export function isSuccess({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** Leaves out of a text whatever looks like a credential: headers, tokens, passwords and long keys. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 …')
    .replace(/\beyJ[\w-]+(\.[\w-]*){0,4}/g, '…')
    .replace(/((?:pass\w*|secret|token)\W{1,4})[^\s"',;&]+/gi, '$1…')
    .replace(/[A-Za-z0-9+/_-]{64,}={0,2}/g, '…');
}

/** Writes a Basic header. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
