import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, respondTokenRequest, tokenPath } from './access.js';
import type { Faults } from './faults.js';
import type { Identity } from './identities.js';
import { decodeSafely, readParameters } from './queries.js';
import { html, json, Refusal, type Reply, refused } from './response.js';
import type { Call, Route } from './routes.js';
import { type ApiVersion, camelCased } from './wire.js';
import type { World } from './world.js';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type OrderedFault = ReturnType<Faults['take']>;

/** Creates the handler of HTTP calls: lets ordered faults happen, writes answers and keeps the record. */
export function createServe(
  world: World,
  faults: Faults,
  respond: (raw: RawCall) => Promise<HandledCall>,
): Serve {
  let count = 0;
  return async (request, response) => {
    count += 1;
    const raw = await readCall(request, count);
    const fault = faults.take(raw.method, raw.path);
    const handled = await respondWith(fault, () => respond(raw));
    const isSilent = fault !== undefined && /^(hang|drop)-/.test(fault.fault);
    world.records.requests.push({
      method: raw.method,
      path: raw.path,
      query: raw.query,
      identity: handled.identity?.name ?? null,
      status: isSilent ? 'none' : handled.reply.status,
      at: world.now(),
    });
    world.notifyChange();
    if (fault?.fault.startsWith('drop-')) request.socket.destroy();
    if (isSilent) return;
    if (fault?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.delayMs).unref());
    write(world, response, handled, count);
    if (fault?.fault === 'http-503') response.setHeader('Retry-After', '1');
    response.end(bodyOf(world, handled.reply, fault));
  };
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

async function respondWith(fault: OrderedFault, handled: () => Promise<HandledCall>): Promise<HandledCall> {
  const instead = (reply: Reply): HandledCall => ({ reply, identity: undefined, versions: [] });
  switch (fault?.fault) {
    case undefined:
    case 'slow':
    case 'hang-after-effect':
    case 'drop-after-effect':
      return handled();
    case 'http-500-after-effect':
      return { ...(await handled()), reply: serverError };
    case 'http-400-after-effect':
      return { ...(await handled()), reply: badRequest };
    case 'http-401':
      return instead(html(401, '401 - Unauthorized'));
    case 'http-503':
      return instead(html(503, 'Service Unavailable'));
    case 'html-404':
      return instead(html(404, '404 - File or directory not found.'));
    case 'empty-200':
      return instead({ kind: 'empty', status: 200 });
    case 'not-json':
      return instead(json('replaced'));
    default:
      return instead(serverError);
  }
}

const badRequest = json({ ErrorCode: '0xA0110001', Message: 'The signal is not valid.' }, {}, 400);

const serverError = json({ ErrorCode: '0xA0110008', Message: 'An unexpected error occurred.' }, {}, 500);

function write(
  world: World,
  response: ServerResponse,
  { reply, versions }: HandledCall,
  count: number,
): void {
  response.statusCode = reply.status;
  // Clients measure clock skew by this header, so it has to follow the injected clock.
  response.setHeader('Date', new Date(world.now()).toUTCString());
  if (reply.kind === 'html') response.setHeader('Content-Type', 'text/html');
  if (versions.length > 0) {
    const digits = String(count).padStart(12, '0');
    response.setHeader('X-Keyfactor-Correlation-Id', `00000000-0000-4000-8000-${digits}`);
    response.setHeader('X-Keyfactor-Product-Version', world.behaviour().productVersion);
    response.setHeader('Api-Supported-Versions', versions.includes(2) ? '1.0, 2' : '1.0');
  }
  if (reply.kind !== 'json') return;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
}

function bodyOf(world: World, reply: Reply, fault: OrderedFault): string {
  if (fault?.fault === 'not-json') return '{"Id": <!-- proxy -->';
  if (reply.kind === 'empty') return '';
  if (reply.kind === 'html') return `<!DOCTYPE html><html><head><title>${reply.title}</title></head></html>`;
  return JSON.stringify(world.behaviour().keys === 'camel' ? camelCased(reply.value) : reply.value);
}

/** A call as it came over the wire. */
interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly number: number;
}

/** An answer with what only the server knows about the call. */
interface HandledCall {
  readonly reply: Reply;
  readonly identity: Identity | undefined;
  /** Versions the route exists in; empty where there is no route. */
  readonly versions: readonly ApiVersion[];
}

/** Creates the handling of one call: credentials, required headers, version, route, in the server's order. */
export function createRespond(
  world: World,
  routes: readonly Route[],
  basePath: string,
): (raw: RawCall) => Promise<HandledCall> {
  return async (raw) => {
    if (raw.path.toLowerCase() === tokenPath && raw.method === 'POST') {
      const reply = respondTokenRequest(world, raw.body, header(raw, 'authorization'));
      return { reply, identity: undefined, versions: [] };
    }
    const inside = pathBelow(raw.path, basePath);
    if (inside === undefined) return { reply: notFound, identity: undefined, versions: [] };
    const identity = await authenticate(header(raw, 'authorization'), world, world.behaviour().credentials);
    if (identity === undefined) return { reply: unauthorized, identity, versions: [] };
    const found = routes.filter(({ pattern }) => match(pattern, inside) !== undefined);
    const route = found.find(({ method }) => method === raw.method);
    const versions = (route ?? found[0])?.versions ?? [];
    try {
      checkHeaders(world, raw);
      if (route === undefined) return { reply: found.length > 0 ? notAllowed : notFound, identity, versions };
      const call = toCall(world, raw, { identity, route, id: match(route.pattern, inside) ?? '' });
      return { reply: await route.respond(call), identity, versions };
    } catch (error) {
      if (error instanceof Refusal) return { reply: refused(error), identity, versions };
      throw error;
    }
  };
}

const notFound = html(404, '404 - File or directory not found.');

const notAllowed = html(405, '405 - HTTP verb used to access this page is not allowed.');

const unauthorized = html(401, '401 - Unauthorized: Access is denied due to invalid credentials.');

function header(raw: RawCall, name: string): string | undefined {
  const value = raw.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function pathBelow(path: string, basePath: string): string | undefined {
  const prefix = basePath === '' ? '' : `/${basePath}`;
  if (!path.toLowerCase().startsWith(`${prefix}/`.toLowerCase())) return undefined;
  return path.slice(prefix.length);
}

function checkHeaders(world: World, raw: RawCall): void {
  if (header(raw, 'x-keyfactor-requested-with')) return;
  const status = world.behaviour().requestedWithStatus;
  throw new Refusal(status, 'The X-Keyfactor-Requested-With header is required.');
}

/** How the real server answers version 2 on a route of version 1 is unknown; 400 is the strictest guess. */
function toCall(
  world: World,
  raw: RawCall,
  found: { readonly identity: Identity; readonly route: Route; readonly id: string },
): Call {
  const text = header(raw, 'x-keyfactor-api-version') ?? '1';
  const apiVersion = found.route.versions.find((version) => text === `${version}` || text === `${version}.0`);
  if (apiVersion === undefined) throw new Refusal(400, `API version '${text}' is not supported here.`);
  return {
    identity: found.identity,
    apiVersion,
    id: found.id,
    parameters: readParameters(raw.query, world.behaviour().plusIsSpace),
    body: raw.body,
    contentType: header(raw, 'content-type') ?? '',
    number: raw.number,
  };
}

/** Returns what stands for `{id}` (empty without one), or undefined when the path does not fit. */
function match(pattern: string, path: string): string | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  let id = '';
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? '';
    if (part === '{id}') id = segment;
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return decodeSafely(id);
}
