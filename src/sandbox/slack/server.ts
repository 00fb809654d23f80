import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type ApiMethod,
  type ApiMethods,
  isObject,
  type JsonObject,
  parseJson,
  readArguments,
  SlackRefusal,
  textAt,
} from './api-method.js';
import { editAsApp, messageContent, postAsApp } from './chat.js';
import type { FaultPlan } from './faults.js';
import type { ResponseTarget } from './state.js';
import type { World } from './world.js';

/** One call the app made, for tests to look at; tokens are left out. */
export interface Call {
  /** A Web API method, or `response_url`. */
  readonly method: string;
  readonly args: JsonObject;
  readonly atMs: number;
  /** `ok`, the error code, or the fault that hit it. */
  readonly outcome: string;
}

/** Answers one request for a path. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** What stands behind the addresses of the workspace. */
interface Streets {
  readonly world: World;
  readonly methods: ApiMethods;
  /** What the browser page reads and does (`/_sim/…`), and its files. */
  readonly page: Route;
  readonly files: Route;
  remember(call: Call): void;
}

/** Creates the HTTP server of the workspace; nobody is listening yet. */
export function createWorkspaceServer(streets: Streets): Server {
  const routeOf = ({ pathname }: URL): Route => {
    if (pathname.startsWith('/api/')) return (...exchange) => respondToApi(streets, ...exchange);
    if (/^\/(actions|commands)\//.test(pathname)) return (...exchange) => respondToUrl(streets, ...exchange);
    if (pathname.startsWith('/upload/')) return (...exchange) => takeFile(streets, ...exchange);
    return pathname.startsWith('/_sim/') ? streets.page : streets.files;
  };
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    routeOf(url)(request, response, url).catch((error: unknown) => {
      // A client that went away mid-request is its own business; anything else is a bug of the simulator.
      if (response.headersSent || response.destroyed) return;
      send(response, 500, { ok: false, error: 'internal_error', message: String(error) });
    });
  });
}

/** Starts listening on the loopback interface and resolves with the base URL. */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://127.0.0.1:${actual}`);
    });
  });
}

const BODY_MAX = 4_000_000;

/** Reads a whole request body as text; throws above four megabytes. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_MAX) throw new Error('The request body is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers with a status and a body; objects go out as JSON. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

/** Answers `/api/<method>` and writes the call down. */
async function respondToApi(
  { world, methods, remember }: Streets,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const method = decodeURIComponent(url.pathname.slice('/api/'.length));
  const startedMs = performance.now();
  const atMs = world.now();
  const body = await readBody(request);
  const contentType = request.headers['content-type'] ?? '';
  const read = unlessRefused(() => readArguments({ contentType, body, query: url.searchParams }));
  const args = read instanceof SlackRefusal ? {} : read;
  const { authorization } = request.headers;
  const result =
    read instanceof SlackRefusal
      ? refused(read)
      : respondToCall(world, methods, { method, args, authorization });
  const { token: _secret, ...shown } = args;
  remember({ method, args: shown, atMs, outcome: result.outcome });
  world.traffic.record({
    direction: 'app-to-slack',
    name: method,
    outcome: result.outcome,
    durationMs: Math.round(performance.now() - startedMs),
    request: decoded(args),
    response: result.kind === 'answer' ? result.body : null,
  });
  sendResponse(response, result, { 'x-oauth-scopes': world.settings.app.scopes.join(',') });
}

const UPLOAD = 'upload';

/** Takes the bytes of a file; like Slack it says no with a status that is not 200. */
async function takeFile(
  { world, remember }: Streets,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): Promise<void> {
  const atMs = world.now();
  const text = await readBody(request);
  const run = () => {
    if (request.method !== 'POST' || !world.files.take(pathname, text)) throw new SlackRefusal('bad_request');
    return {};
  };
  const call = { method: UPLOAD, args: {}, authorization: undefined };
  const result = respondToCall(world, { [UPLOAD]: { token: 'none', run } }, call);
  const { outcome } = result;
  remember({ method: UPLOAD, args: {}, atMs, outcome });
  world.traffic.record({ direction: 'app-to-slack', name: UPLOAD, outcome, request: {}, response: null });
  const isRefused = result.kind === 'answer' && result.status === 200 && outcome !== 'ok';
  sendResponse(response, isRefused ? { ...result, status: 400 } : result);
}

const RESPONSE_URL = 'response_url';

/** Answers what the app posts to a response URL; unlike the Web API these say no with their status. */
async function respondToUrl(
  { world, remember }: Streets,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): Promise<void> {
  const atMs = world.now();
  const parsed = parseJson(await readBody(request));
  const args = isObject(parsed) ? parsed : {};
  const run = () => {
    respond(world, world.responseUrls.use(pathname), args);
    return {};
  };
  const call = { method: RESPONSE_URL, args, authorization: undefined };
  const result = respondToCall(world, { [RESPONSE_URL]: { token: 'none', run } }, call);
  const { outcome } = result;
  remember({ method: RESPONSE_URL, args, atMs, outcome });
  const body = result.kind === 'answer' ? result.body : null;
  const exchange = { name: RESPONSE_URL, outcome, request: args, response: body };
  world.traffic.record({ direction: 'app-to-slack', ...exchange });
  const isRefused = result.kind === 'answer' && result.status === 200 && outcome !== 'ok';
  const status = /^(used|expired|invalid)_url$/.test(outcome) ? 404 : 400;
  sendResponse(response, isRefused ? { ...result, status } : result);
}

/**
 * Does what the answer asks for.
 *
 * An answer to a press replaces the message unless it says `replace_original: false`: Slack's two
 * descriptions of the default disagree, and this is the one that hurts whoever forgets the field.
 */
function respond(world: World, target: ResponseTarget, body: JsonObject): void {
  const original =
    target.messageTs === undefined ? undefined : world.messages.find(target.channel, target.messageTs);
  if (is(true, body.delete_original)) {
    if (original !== undefined) world.messages.remove(original.channel, original.ts);
    return;
  }
  const content = messageContent(world, body);
  const replaces = target.kind === 'message' && !is(false, body.replace_original);
  if (replaces && original !== undefined) {
    editAsApp(world, original, content);
    return;
  }
  if (world.conversations.find(target.channel)?.isArchived === true) throw new SlackRefusal('is_archived');
  const visibleTo = body.response_type === 'in_channel' ? undefined : target.member;
  const threadTs = textAt(body, 'thread_ts');
  postAsApp(world, { channel: target.channel, content, visibleTo, threadTs });
}

function is(wanted: boolean, value: unknown): boolean {
  return value === wanted || value === String(wanted);
}

/** A Web API call with its arguments read. */
interface IncomingCall {
  readonly method: string;
  readonly args: JsonObject;
  readonly authorization: string | undefined;
}

/** What comes back: an answer, a request left hanging, or a torn connection. */
type CallResponse =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: JsonObject | string;
      readonly headers: Readonly<Record<string, string>>;
      readonly outcome: string;
    }
  | { readonly kind: 'hang' | 'drop'; readonly outcome: string };

/** Answers one call: planned faults first, then token, scope and rate, then the method itself. */
function respondToCall(world: World, methods: ApiMethods, call: IncomingCall): CallResponse {
  const planned = world.faults.take(call.method, call.args);
  const before = planned === undefined ? undefined : faultBeforeEffect(planned);
  if (before !== undefined) return before;
  const result = ordinaryResponse(world, methods, call);
  if (planned?.fault === 'timeout-after-effect') return { kind: 'hang', outcome: planned.fault };
  if (planned?.fault === 'drop-after-effect') return { kind: 'drop', outcome: planned.fault };
  return result;
}

function faultBeforeEffect(plan: FaultPlan): CallResponse | undefined {
  switch (plan.fault) {
    case 'timeout-after-effect':
    case 'drop-after-effect':
      return undefined;
    case 'timeout-before-effect':
      return { kind: 'hang', outcome: plan.fault };
    case 'drop-connection':
      return { kind: 'drop', outcome: plan.fault };
    case 'http-500':
      return { ...answer(500, 'internal error'), outcome: plan.fault };
    case 'response': {
      const { status = 502, body = '', headers = {} } = plan.response ?? {};
      return { ...answer(status, body), headers, outcome: plan.fault };
    }
    case 'ratelimited':
      return tooMany(plan.retryAfterS ?? 1);
    default:
      return refused(new SlackRefusal(plan.fault));
  }
}

function ordinaryResponse(world: World, methods: ApiMethods, call: IncomingCall): CallResponse {
  const result = unlessRefused(() => {
    const method = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined;
    if (method === undefined) throw new SlackRefusal('unknown_method', { req_method: call.method });
    checkToken(world, method, call);
    const waitS = world.rateLimits.take(call.method, textAt(call.args, 'channel'));
    return waitS === undefined ? answer(200, { ok: true, ...method.run(call.args) }) : tooMany(waitS);
  });
  return result instanceof SlackRefusal ? refused(result) : result;
}

function answer(status: number, body: JsonObject | string) {
  return { kind: 'answer', status, body, headers: {}, outcome: 'ok' } as const;
}

function refused({ code, details }: SlackRefusal): CallResponse {
  return { ...answer(200, { ok: false, error: code, ...details }), outcome: code };
}

function tooMany(retryAfterS: number): CallResponse {
  const outcome = 'ratelimited';
  return {
    ...answer(429, { ok: false, error: outcome }),
    headers: { 'retry-after': String(retryAfterS) },
    outcome,
  };
}

function unlessRefused<T>(work: () => T): T | SlackRefusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof SlackRefusal) return error;
    throw error;
  }
}

/**
 * Lets a call pass whose token and scopes fit the method.
 *
 * Throws `not_authed`, `invalid_auth`, `not_allowed_token_type`, or `missing_scope` with what was needed and
 * what the app has. An app-level token counts only in the header.
 */
function checkToken(
  { settings: { app }, tokens }: World,
  method: ApiMethod,
  call: { readonly authorization: string | undefined; readonly args: JsonObject },
): void {
  if (method.token === 'none') return;
  const inHeader = /^Bearer (.+)$/i.exec(call.authorization ?? '')?.[1];
  const given = inHeader ?? (method.token === 'bot' ? textAt(call.args, 'token') : undefined);
  if (given === undefined) throw new SlackRefusal('not_authed');
  const isAppToken = given === app.appToken;
  if (!isAppToken) tokens.check(given);
  if (isAppToken !== (method.token === 'app')) throw new SlackRefusal('not_allowed_token_type');
  const { scopes = [] } = method;
  if (scopes.length > 0 && !scopes.some((scope) => app.scopes.includes(scope))) {
    throw new SlackRefusal('missing_scope', { needed: scopes.join(','), provided: app.scopes.join(',') });
  }
}

/** Sends an answer, tears the connection, or leaves the client waiting until it goes away. */
function sendResponse(
  response: ServerResponse,
  result: CallResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (result.kind === 'drop') response.socket?.destroy();
  if (result.kind === 'answer') send(response, result.status, result.body, { ...headers, ...result.headers });
}

/** Shows what forms carry as JSON text the way it was meant. */
function decoded(args: JsonObject): JsonObject {
  const shown = (value: unknown) =>
    typeof value === 'string' && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value;
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, shown(value)]));
}
