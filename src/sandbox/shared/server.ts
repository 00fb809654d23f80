import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { assertNever } from '../../shared/language.js';
import type { Faults } from './faults.js';
import type { Serve } from './listener.js';

/** A call as it came over the wire. */
export interface RawCall {
  readonly method: string;
  /** Path without the query string, as it was spelt. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Number of the call since the start. */
  readonly number: number;
}

/** An answer before it is written to the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text as it is, or a value to be written as JSON. */
  readonly body: string | { readonly json: unknown };
}

/** What one kind of server does with calls. */
interface ServerParts<Handled extends { readonly reply: Reply }> {
  /** Clients measure clock skew by the date of an answer, so it has to follow the injected clock. */
  readonly now: () => number;
  readonly faults: Faults;
  respond(raw: RawCall): Promise<Handled> | Handled;
  /** Writes down what came and what went; the status is `none` when the caller never gets an answer. */
  record(raw: RawCall, handled: Handled | undefined, status: number | 'none'): void;
  /** How the server itself words what somebody ordered to go wrong. */
  readonly errors: {
    readonly 400: Reply;
    readonly 500: Reply;
    readonly 503?: Reply;
    readonly notJson: string;
  };
  /** Headers of an answer that got as far as the server, and how it spells JSON. */
  headers?(raw: RawCall, handled: Handled): Readonly<Record<string, string>>;
  writeJson?(value: unknown): string;
}

/** Creates the handler of HTTP calls: lets ordered faults happen, writes answers and keeps the record. */
export function createServe<Handled extends { readonly reply: Reply }>(parts: ServerParts<Handled>): Serve {
  const { now, faults, writeJson = JSON.stringify } = parts;
  let count = 0;
  return async (request, response) => {
    count += 1;
    const raw = await readCall(request, count);
    const ordered = faults.take(raw.method, raw.path);
    const fault = ordered?.fault ?? 'none';
    const handled = isSwallowed(fault) ? undefined : await parts.respond(raw);
    const reply = instead(fault, parts.errors) ?? handled?.reply ?? parts.errors[500];
    const isSilent = /^(hang|drop)-/.test(fault);
    parts.record(raw, handled, isSilent ? 'none' : reply.status);
    if (fault.startsWith('drop-')) request.socket.destroy();
    if (isSilent) return;
    if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, ordered?.delayMs).unref());
    const own = handled === undefined ? {} : parts.headers?.(raw, handled);
    response.writeHead(reply.status, { Date: new Date(now()).toUTCString(), ...own, ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : writeJson(reply.body.json));
  };
}

type Fault = NonNullable<ReturnType<Faults['take']>>['fault'] | 'none';

function isSwallowed(fault: Fault): boolean {
  return fault !== 'none' && fault !== 'slow' && !fault.endsWith('-after-effect');
}

/** Gives what is answered in the server's place; nothing where its own answer goes out, or none at all. */
function instead(fault: Fault, errors: ServerParts<{ readonly reply: Reply }>['errors']): Reply | undefined {
  switch (fault) {
    case 'none':
    case 'slow':
    case 'hang-before-effect':
    case 'hang-after-effect':
    case 'drop-before-effect':
    case 'drop-after-effect':
      return undefined;
    case 'http-400-after-effect':
      return errors[400];
    case 'http-500':
    case 'http-500-after-effect':
      return errors[500];
    case 'http-401':
      return html(401, '401 - Unauthorized');
    case 'http-429':
      return withRetryAfter(html(429, 'Too Many Requests'));
    case 'http-503':
      return errors[503] ?? withRetryAfter(html(503, 'Service Unavailable'));
    case 'html-404':
      return pageNotFound;
    case 'empty-200':
      return { status: 200, headers: {}, body: '' };
    case 'not-json':
      return jsonText(errors.notJson);
    default:
      return assertNever(fault);
  }
}

function withRetryAfter(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, 'Retry-After': '1' } };
}

/** Answers with a value as JSON. */
export function json(value: unknown, status = 200, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { ...jsonType, ...headers }, body: { json: value } };
}

/** Answers with JSON that is written already. */
function jsonText(body: string): Reply {
  return { status: 200, headers: jsonType, body };
}

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

/** Answers with a page, as the web server in front of an API does when it refuses on its own. */
export function html(status: number, title: string): Reply {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'Content-Type': 'text/html' }, body };
}

/** The page of a web server that has nothing at an address. */
export const pageNotFound = html(404, '404 - File or directory not found.');

/** The page of IIS for a query string beyond its limit (`maxQueryString`), which stands in front of both products. */
export const queryTooLong = html(404, '404.15 - Not Found: the query string is too long.');

/** Tells whether IIS lets a query string through to the application; 2048 characters unless an administrator chose. */
export function fitsInQuery({ query }: RawCall, mostCharacters: number): boolean {
  return query.length <= mostCharacters;
}

/** Answers 204 without a body. */
export const noContent: Reply = { status: 204, headers: {}, body: '' };

/** Gives a header's text, the first one where there are several. */
export function header({ headers }: RawCall, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Reads a body that should be JSON; undefined when it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

async function readCall(request: IncomingMessage, number: number): Promise<RawCall> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    number,
  };
}
