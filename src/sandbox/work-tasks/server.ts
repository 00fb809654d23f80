import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  authenticate,
  type Caller,
  type CredentialHeaders,
  extraHeader,
  type TokenRequest,
} from './access.js';
import { html, json, jsonText, Refusal, type Reply, refused } from './exchange.js';
import type { Faults } from './faults.js';
import { createFields, type Operation } from './operations.js';
import { shapeResponse } from './wire.js';
import type { World } from './world.js';

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

/** An answer with what only the server knows about the call. */
interface HandledCall {
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

/** Reads what a call sends, by keys as they are spelt: the query of a GET, the JSON body of a POST. */
function readSent(raw: RawCall): Readonly<Record<string, unknown>> {
  if (raw.method === 'GET') return Object.fromEntries(new URLSearchParams(raw.query));
  if (!/^(application|text)\/json\b/i.test(String(raw.headers['content-type'] ?? ''))) {
    throw new Refusal('media-type', 'The content type is not supported.');
  }
  const value = parse(raw.body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Refusal('request', 'The body is not a JSON object.');
}

/** Like `readSent`, but unreadable calls have sent nothing. */
function sentForTheRecord(raw: RawCall): Readonly<Record<string, unknown>> {
  try {
    return readSent(raw);
  } catch {
    return {};
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Path of the identity manager's token endpoint, beside the API. */
export const aimTokenPath = '/identitymanager/connect/token';

/** Path of an Entra-like token endpoint; any tenant is taken. */
export const entraTokenPath = '/simulated-tenant/oauth2/v2.0/token';

/** Tells whose token endpoint a path is. */
function issuerAt(path: string): 'aim' | 'entra' | undefined {
  if (path.toLowerCase() === aimTokenPath) return 'aim';
  return /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path) ? 'entra' : undefined;
}

/** Answers a client credentials request as the issuer does. */
function respondTokenRequest(
  world: World,
  issuer: 'aim' | 'entra',
  call: { readonly body: string; readonly authorization: string | undefined },
): Reply {
  const form = new URLSearchParams(call.body);
  const basic = /^basic (.+)$/i.exec(call.authorization ?? '')?.[1];
  const sent = basic === undefined ? postedCredentials(form) : basicCredentials(basic);
  const client = world.clients.get(sent.clientId);
  const scope = form.get('scope') || null;
  const problem = problemWith({ issuer, scope, clientId: sent.clientId, grant: form.get('grant_type') });
  const isKnown = client !== undefined && client.clientSecret === sent.clientSecret;
  const request: TokenRequest = {
    issuer,
    clientId: sent.clientId,
    scope,
    clientAuthentication: basic === undefined ? 'client_secret_post' : 'client_secret_basic',
    granted: isKnown && problem === undefined,
    at: world.now(),
  };
  world.records.tokenRequests.push(request);
  // The two products disagree about the status of a wrong secret.
  if (!isKnown) return json({ error: 'invalid_client' }, issuer === 'aim' ? 400 : 401);
  if (problem !== undefined) return json({ error: problem }, 400);
  const lifetimeSeconds = world.behaviour().tokenLifetimeSeconds;
  const owner = { kind: 'service', name: client.clientId, user: client.user ?? null, issuer } as const;
  return json({
    access_token: world.tokens.issue(owner, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: 'Bearer',
    ...(issuer === 'aim' ? { scope: scope ?? 'system' } : { ext_expires_in: lifetimeSeconds }),
  });
}

/** AIM takes no scope for all a client may have; Entra wants the application's default one. */
function problemWith(request: {
  readonly issuer: 'aim' | 'entra';
  readonly scope: string | null;
  readonly clientId: string;
  readonly grant: string | null;
}): string | undefined {
  const { issuer, scope, clientId, grant } = request;
  if (grant !== 'client_credentials') return grant === null ? 'invalid_request' : 'unsupported_grant_type';
  const isFine =
    issuer === 'aim'
      ? scope === null || scope === 'system'
      : scope === `api://${clientId}/worktasks/.default`;
  return isFine ? undefined : 'invalid_scope';
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

function postedCredentials(form: URLSearchParams): Credentials {
  return { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' };
}

/** Id and secret are form-encoded inside the Basic header (RFC 6749, section 2.3.1). */
function basicCredentials(basic: string): Credentials {
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const [, id = text, secret = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const decode = (part: string): string => new URLSearchParams(`v=${part}`).get('v') ?? part;
  return { clientId: decode(id), clientSecret: decode(secret) };
}

/** A call as it came over the wire. */
interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The headers in which a call may carry its token. */
function credentialHeaders({ headers }: RawCall): CredentialHeaders {
  const [authorization, accessToken] = [headers.authorization, headers.accesstoken];
  return {
    authorization: Array.isArray(authorization) ? authorization[0] : authorization,
    accessToken: Array.isArray(accessToken) ? accessToken[0] : accessToken,
  };
}
