import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { defined } from '../../shared/defined.js';

/** Reads how long the server asks to wait, in milliseconds; undefined if it does not say. */
export function retryAfterMs(response: HttpResponse, nowMs: number): number | undefined {
  const text = response.headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** An access token and how long it is good for. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** A token is not used any more this long before it expires. */
const marginMs = 60_000;

interface CachedToken {
  readonly header: string;
  readonly freshUntilMs: number;
}

/**
 * Creates credentials that keep a token until shortly before it expires.
 *
 * Whoever asks while a token is being fetched waits for that one. A token that lives less than two minutes is
 * used for half its life.
 */
export function createTokenSource(deps: {
  readonly fetchToken: () => Promise<IssuedToken>;
  readonly now: () => number;
}): Credentials {
  let cachedToken: CachedToken | undefined;
  let fetching: Promise<CachedToken> | undefined;

  async function fetchCached(): Promise<CachedToken> {
    const requestedAtMs = deps.now();
    const { token, lifetimeMs } = await deps.fetchToken();
    cachedToken = {
      header: `Bearer ${token}`,
      freshUntilMs: requestedAtMs + Math.max(lifetimeMs - marginMs, lifetimeMs / 2),
    };
    return cachedToken;
  }

  async function fetchOnce(): Promise<string> {
    fetching ??= fetchCached().finally(() => {
      fetching = undefined;
    });
    return (await fetching).header;
  }

  return {
    async authorization() {
      return cachedToken !== undefined && deps.now() < cachedToken.freshUntilMs
        ? cachedToken.header
        : fetchOnce();
    },
    async renew(rejected) {
      if (cachedToken !== undefined && cachedToken.header !== rejected) return cachedToken.header;
      return fetchOnce();
    },
  };
}

/** How a call ended without an answer. */
type FailureKind = 'timeout' | 'no-connection' | 'connection-lost' | 'too-large';

/** A call got no answer; carries nothing of the request, so it is safe to log. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly kind: FailureKind;
  /** Error code of the network or TLS layer, such as `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(kind: FailureKind, message: string, code?: string) {
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
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

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
  const syscall = textField(inner, 'syscall');
  return {
    message: code ?? 'no answer',
    ...defined({ code, syscall }),
  };
}

function textField(holder: unknown, name: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'string' ? value : undefined;
}

/**
 * Lists the certificate authorities to trust: the usual ones and the given, as a path or PEM text.
 *
 * Undefined when nothing is given: then the runtime's own list holds. Throws if a file cannot be read or
 * holds no certificate.
 */
export function trustedAuthorities(pathOrPem: string | undefined): readonly string[] | undefined {
  if (pathOrPem === undefined) return undefined;
  const pem = pathOrPem.includes('-----BEGIN') ? pathOrPem : readFileSync(pathOrPem, 'utf8');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error('The certificate authorities given hold no PEM certificate.');
  }
  return [...rootCertificates, pem.replaceAll('\\n', '\n')];
}

/** Leaves out of a text whatever looks like a credential: headers, tokens, passwords and long keys. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 …')
    .replace(/\beyJ[\w-]+(\.[\w-]*){0,4}/g, '…')
    .replace(/((?:pass\w*|secret|token)\W{1,4})[^\s"',;&]+/gi, '$1…')
    .replace(/[A-Za-z0-9+/_-]{64,}={0,2}/g, '…');
}

/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws what the token's source throws when signing in fails. */
  authorization(): Promise<string>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws alike. */
  renew(rejected: string): Promise<string | undefined>;
}

/** What came back over HTTP, whatever its status; header names are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
