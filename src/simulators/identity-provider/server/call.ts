import type { IncomingMessage } from 'node:http';

/** A call as it came over the wire. */
export interface Call {
  readonly method: string;
  /** Path below the issuer; undefined outside of it. */
  readonly path: string | undefined;
  readonly query: URLSearchParams;
  /** The fields of a form; empty when the body is none. */
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

/** Reads a call to its end. */
export async function readCall(request: IncomingMessage, issuerPath: string): Promise<Call> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  return {
    method: request.method ?? 'GET',
    path: pathname.startsWith(`${issuerPath}/`) ? pathname.slice(issuerPath.length) : undefined,
    query: searchParams,
    form: new URLSearchParams(isForm ? Buffer.concat(chunks).toString('utf8') : ''),
    authorization: request.headers.authorization,
  };
}
