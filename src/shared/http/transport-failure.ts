/** How a call ended without an answer. */
export type FailureKind = 'timeout' | 'no-connection' | 'connection-lost' | 'too-large';

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
    ...(code === undefined ? {} : { code }),
    ...(syscall === undefined ? {} : { syscall }),
  };
}

function textField(holder: unknown, name: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'string' ? value : undefined;
}
