import type { IncomingMessage, ServerResponse } from 'node:http';
import { camelCased } from '../wire/casing.js';
import type { World } from '../world/world.js';
import type { HandledCall, RawCall } from './answer-call.js';
import type { Faults } from './faults.js';
import type { Reply } from './reply.js';
import { html, json } from './reply.js';

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
