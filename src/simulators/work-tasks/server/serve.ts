import type { IncomingMessage, ServerResponse } from 'node:http';
import { extraHeader } from '../access/authenticate.js';
import type { World } from '../world/world.js';
import type { HandledCall } from './answer-call.js';
import type { Faults } from './faults.js';
import type { RawCall } from './raw-call.js';
import { credentialHeaders } from './raw-call.js';
import { sentForTheRecord } from './read-sent.js';
import type { Reply } from './reply.js';
import { html, json, jsonText } from './reply.js';
import { issuerAt } from './token-endpoint.js';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type OrderedFault = ReturnType<Faults['take']>;

/** Creates the handler of HTTP calls: lets ordered faults happen, writes answers and keeps the record. */
export function createServe(world: World, faults: Faults, respond: (raw: RawCall) => HandledCall): Serve {
  return async (request, response) => {
    const raw = await readCall(request);
    const fault = faults.take(raw.method, raw.path);
    const handled = respondWith(fault, () => respond(raw));
    const isSilent = fault !== undefined && /^(hang|drop)-/.test(fault.fault);
    keepRecord(world, raw, handled, isSilent);
    if (fault?.fault.startsWith('drop-')) request.socket.destroy();
    if (isSilent) return;
    if (fault?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.delayMs).unref());
    // Clients measure clock skew by this header, so it has to follow the injected clock.
    response.setHeader('Date', new Date(world.now()).toUTCString());
    write(response, handled.reply);
  };
}

async function readCall(request: IncomingMessage): Promise<RawCall> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function respondWith(fault: OrderedFault, handled: () => HandledCall): HandledCall {
  const instead = (reply: Reply): HandledCall => ({ reply, caller: undefined });
  switch (fault?.fault) {
    case undefined:
    case 'slow':
    case 'hang-after-effect':
    case 'drop-after-effect':
      return handled();
    case 'http-500-after-effect':
      return { ...handled(), reply: serverError };
    case 'http-400-after-effect':
      return { ...handled(), reply: badRequest };
    case 'http-401':
      return instead(html(401, '401 - Unauthorized'));
    case 'http-503':
      return instead({ ...html(503, 'Service Unavailable'), headers: { 'Retry-After': '1' } });
    case 'html-404':
      return instead(html(404, '404 - File or directory not found.'));
    case 'not-json':
      return instead(jsonText('{"ExecutionId": <!-- proxy -->'));
    default:
      return instead(serverError);
  }
}

const badRequest = json({ Message: 'The request is invalid.' }, 400);
const serverError = json({ Message: 'An error has occurred.' }, 500);

/** What a token endpoint is sent stays out of the record: it has one of its own. */
function keepRecord(world: World, raw: RawCall, { reply, caller }: HandledCall, isSilent: boolean): void {
  if (issuerAt(raw.path) === undefined) {
    const contentType = raw.headers['content-type'];
    world.records.requests.push({
      method: raw.method,
      path: raw.path,
      sent: sentForTheRecord(raw),
      caller: typeof caller === 'object' ? caller.name : null,
      accessTokenHeader: extraHeader(credentialHeaders(raw)),
      contentType: typeof contentType === 'string' ? contentType : null,
      status: isSilent ? 'none' : reply.status,
      at: world.now(),
    });
  }
  world.notifyChange();
}

function write(response: ServerResponse, reply: Reply): void {
  response.statusCode = reply.status;
  if (reply.type !== null) response.setHeader('Content-Type', reply.type);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.end(reply.body);
}
