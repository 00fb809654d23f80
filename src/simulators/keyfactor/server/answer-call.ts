import { authenticate } from '../access/authenticate.js';
import type { Identity } from '../access/directory.js';
import { decodeSafely, readParameters } from '../queries/parameters.js';
import type { Call, Route } from '../routes/route.js';
import type { ApiVersion } from '../wire/definition-json.js';
import type { World } from '../world/world.js';
import type { Reply } from './reply.js';
import { html, Refusal, refused } from './reply.js';
import { respondTokenRequest, tokenPath } from './token-endpoint.js';

/** A call as it came over the wire. */
export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly number: number;
}

/** An answer with what only the server knows about the call. */
export interface HandledCall {
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
