import { isBrokenCircuitError, isBulkheadRejectedError } from 'cockatiel';
import { BackendError } from '../../ports/errors.js';
import { defined } from '../../shared/language.js';

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
