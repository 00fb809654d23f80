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

/** Ways in which a network, a gateway or a provider goes wrong. */
type FaultName =
  | 'http-500'
  | 'http-503'
  | 'http-429'
  | 'hang-before-effect'
  | 'hang-after-effect'
  | 'drop-before-effect'
  | 'drop-after-effect'
  | 'slow'
  | 'not-json';

/**
 * An order to go wrong.
 *
 * Unless the name says `after-effect`, the call is swallowed and changes nothing; `slow` takes effect at once
 * and answers late.
 */
export interface FaultOrder {
  readonly fault: FaultName;
  /** Path below the issuer; the token endpoint unless told. */
  readonly path?: string;
  /** How many calls go wrong; one unless told. */
  readonly times?: number;
  /** How late a `slow` answer is, 200 unless told. */
  readonly delayMs?: number;
}

/** Faults that are still to happen. */
export interface Faults {
  order(order: FaultOrder): void;
  /** Forgets all faults that have not happened yet. */
  clear(): void;
  /** Takes the fault for a call, the oldest order first. */
  take(path: string): { readonly fault: FaultName; readonly delayMs: number } | undefined;
}

/** Creates a provider without faults. */
export function createFaults(): Faults {
  let orders: { readonly order: FaultOrder; left: number }[] = [];
  return {
    order(order) {
      orders.push({ order, left: order.times ?? 1 });
    },
    clear() {
      orders = [];
    },
    take(path) {
      const entry = orders.find(({ order }) => (order.path ?? '/token') === path);
      if (entry === undefined) return undefined;
      entry.left -= 1;
      orders = orders.filter(({ left }) => left > 0);
      return { fault: entry.order.fault, delayMs: entry.order.delayMs ?? 200 };
    },
  };
}

/** An answer before it is written to the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers with JSON that nobody may keep. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  const own = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' };
  return { status, headers: { ...own, ...headers }, body: JSON.stringify(value) };
}

/** Answers with a page that runs no script and is shown in no frame. */
export function page(body: string, status = 200): Reply {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  };
  return { status, headers, body };
}

/** Sends the browser on. */
export function redirect(url: string): Reply {
  return { status: 303, headers: { Location: url, 'Cache-Control': 'no-store' }, body: '' };
}

/** Ends the handling of a call with an error in the shape of RFC 6749. */
export class OAuthRefusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    error: string,
    description: string,
    respond: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(description);
    this.error = error;
    this.status = respond.status ?? 400;
    this.headers = respond.headers ?? {};
  }
}

/** Turns a refusal into its answer. */
export function refused({ error, message, status, headers }: OAuthRefusal): Reply {
  return json({ error, error_description: message }, status, headers);
}
