import type { Caller } from '../access/authenticate.js';
import { authenticate } from '../access/authenticate.js';
import { createFields } from '../operations/fields.js';
import type { Operation } from '../operations/operation.js';
import { shapeResponse } from '../wire/answer-shape.js';
import type { World } from '../world/world.js';
import type { RawCall } from './raw-call.js';
import { credentialHeaders } from './raw-call.js';
import { readSent } from './read-sent.js';
import { Refusal, refused } from './refusal.js';
import type { Reply } from './reply.js';
import { html, json } from './reply.js';
import { issuerAt, respondTokenRequest } from './token-endpoint.js';

/** An answer with what only the server knows about the call. */
export interface HandledCall {
  readonly reply: Reply;
  readonly caller: Caller;
}

/** Path of the application, and of the operations inside it. */
export const applicationPath = '/Workflow.WebAPI';
const operationsPath = `${applicationPath}/api/workflow/`;

/** Creates the handling of one call: web server, credentials, route, keys, in the server's order. */
export function createRespond(world: World, operations: readonly Operation[]): (raw: RawCall) => HandledCall {
  return (raw) => {
    const issuer = issuerAt(raw.path);
    if (issuer !== undefined) return { reply: respondIssuer(world, issuer, raw), caller: undefined };
    const behaviour = world.behaviour();
    const isInside = startsWith(raw.path, `${applicationPath}/`, behaviour.caseSensitivePaths);
    if (!isInside || !behaviour.isConverted) return { reply: pageNotFound, caller: undefined };
    const caller = authenticate(credentialHeaders(raw), world.tokens, behaviour);
    if (caller === undefined) return { reply: unauthorized, caller };
    try {
      return { reply: respondOperation(world, operations, raw, caller), caller };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const as = { form: behaviour.errors, engineStatus: behaviour.engineErrorStatus };
      return { reply: refused(error, as), caller };
    }
  };
}

const pageNotFound = html(404, '404 - File or directory not found.');
const unauthorized: Reply = {
  ...json({ Message: 'The request is not authorized.' }, 401),
  headers: { 'WWW-Authenticate': 'Bearer' },
};

function respondIssuer(world: World, issuer: 'aim' | 'entra', raw: RawCall): Reply {
  if (raw.method !== 'POST') return html(405, '405 - Method not allowed.');
  const { authorization } = credentialHeaders(raw);
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(String(raw.headers['content-type'] ?? ''));
  if (!isForm) return json({ error: 'invalid_request' }, 400);
  return respondTokenRequest(world, issuer, { body: raw.body, authorization });
}

function respondOperation(
  world: World,
  operations: readonly Operation[],
  raw: RawCall,
  caller: Caller,
): Reply {
  const { caseSensitivePaths, caseInsensitiveKeys, idsAs, isLegacy, shape, shapes } = world.behaviour();
  const operation = operations.find(({ name }) => {
    const path = `${operationsPath}${name}`;
    return path.length === raw.path.length && startsWith(raw.path, path, caseSensitivePaths);
  });
  if (operation === undefined) return routeNotFound(raw);
  if (operation.method !== raw.method || (isLegacy && raw.method === 'POST')) {
    return json({ Message: `The resource does not support the method '${raw.method}'.` }, 405);
  }
  const sent = readSent(raw);
  const fields = createFields(sent, { caseInsensitive: caseInsensitiveKeys, ids: idsAs });
  const handled = operation.respond({ caller, fields });
  return handled === undefined ? routeNotFound(raw) : shapeResponse(handled, shape ?? shapes[operation.name]);
}

function routeNotFound({ path }: RawCall): Reply {
  return json({ Message: `No HTTP resource was found that matches '${path}'.` }, 404);
}

function startsWith(path: string, start: string, caseSensitive: boolean): boolean {
  return caseSensitive ? path.startsWith(start) : path.toLowerCase().startsWith(start.toLowerCase());
}
