import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Call, type CallResponse, respondToCall } from './api.js';
import {
  type ApiMethods,
  isObject,
  type JsonObject,
  parseJson,
  readArguments,
  SlackRefusal,
  textAt,
} from './api-method.js';
import { editAsApp, messageContent, postAsApp } from './chat.js';
import { readBody, send } from './http-exchange.js';
import type { ResponseTarget } from './state.js';
import type { World } from './world.js';

const METHOD = 'response_url';

/** Answers what the app posts to a response URL. */
export function createResponseUrlRoute(options: {
  readonly world: World;
  readonly remember: (call: Call) => void;
}) {
  const { world, remember } = options;
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const atMs = world.settings.now();
    const parsed = parseJson(await readBody(request));
    const args = isObject(parsed) ? parsed : {};
    const run = () => useResponseUrl(world, path, args);
    const result = respondToCall(
      world,
      { [METHOD]: { token: 'none', run } },
      { method: METHOD, args, authorization: undefined },
    );
    remember({ method: METHOD, args, atMs, outcome: result.outcome });
    const body = result.kind === 'answer' ? result.body : null;
    const { outcome } = result;
    world.traffic.record({ direction: 'app-to-slack', name: METHOD, outcome, request: args, response: body });
    const isRefused = result.kind === 'answer' && result.status === 200 && outcome !== 'ok';
    sendResponse(response, isRefused ? { ...result, status: statusOf(outcome) } : result);
  };
}

/** Unlike the Web API, response URLs say no with their status. */
function statusOf(code: string): number {
  return ['used_url', 'expired_url', 'invalid_url'].includes(code) ? 404 : 400;
}

function useResponseUrl(world: World, path: string, body: JsonObject): JsonObject {
  const use = world.responseUrls.use(path);
  switch (use.kind) {
    case 'unknown':
      throw new SlackRefusal('invalid_url');
    case 'used-up':
      throw new SlackRefusal('used_url');
    case 'expired':
      throw new SlackRefusal('expired_url');
    case 'usable':
      respond(world, use.target, body);
      return {};
  }
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
  if (isYes(body.delete_original)) {
    if (original !== undefined) world.messages.remove(original.channel, original.ts);
    return;
  }
  const content = messageContent(body, () => world.ids.secret().slice(0, 5));
  const replaces = target.kind === 'message' && !isNo(body.replace_original);
  if (replaces && original !== undefined) {
    editAsApp(world, original, content);
    return;
  }
  if (world.conversations.find(target.channel)?.isArchived === true) throw new SlackRefusal('is_archived');
  const visibleTo = body.response_type === 'in_channel' ? undefined : target.member;
  const threadTs = textAt(body, 'thread_ts');
  postAsApp(world, { channel: target.channel, content, visibleTo, threadTs });
}

function isYes(value: unknown): boolean {
  return value === true || value === 'true';
}

function isNo(value: unknown): boolean {
  return value === false || value === 'false';
}

type HandledCall = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** Who answers what. */
interface Streets {
  readonly api: HandledCall;
  readonly responseUrl: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;
  readonly page: HandledCall;
  readonly files: (response: ServerResponse, path: string) => Promise<void>;
}

/** Creates the HTTP server of the workspace; nobody is listening yet. */
export function createWorkspaceServer(streets: Streets): Server {
  const result = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/')) return streets.api(request, response, url);
    if (/^\/(actions|commands)\//.test(url.pathname)) {
      return streets.responseUrl(request, response, url.pathname);
    }
    if (url.pathname.startsWith('/_sim/')) return streets.page(request, response, url);
    return streets.files(response, url.pathname.startsWith('/page/') ? url.pathname : fileOf(url.pathname));
  };
  return createServer((request, response) => {
    result(request, response).catch((error: unknown) => {
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

function fileOf(path: string): string {
  return path === '/' ? path : `/page${path}`;
}

/** Answers requests to `/api/<method>` and writes each one down. */
export function createApiRoutes(options: {
  readonly world: World;
  readonly methods: ApiMethods;
  readonly remember: (call: Call) => void;
}) {
  const { world, methods, remember } = options;
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const method = decodeURIComponent(url.pathname.slice('/api/'.length));
    const startedMs = performance.now();
    const atMs = world.settings.now();
    const body = await readBody(request);
    const contentType = request.headers['content-type'] ?? '';
    const read = tryReadArguments({ contentType, body, query: url.searchParams });
    const args = read instanceof SlackRefusal ? {} : read;
    const result =
      read instanceof SlackRefusal
        ? refusedOutright(read)
        : respondToCall(world, methods, { method, args, authorization: request.headers.authorization });
    remember({ method, args: withoutToken(args), atMs, outcome: result.outcome });
    world.traffic.record({
      direction: 'app-to-slack',
      name: method,
      outcome: result.outcome,
      durationMs: Math.round(performance.now() - startedMs),
      request: decoded(args),
      response: result.kind === 'answer' ? result.body : null,
    });
    sendResponse(response, result, { 'x-oauth-scopes': world.settings.app.scopes.join(',') });
  };
}

/** Sends an answer, tears the connection, or leaves the client waiting until it goes away. */
function sendResponse(
  response: ServerResponse,
  result: CallResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (result.kind === 'hang') return;
  if (result.kind === 'drop') {
    response.socket?.destroy();
    return;
  }
  send(response, result.status, result.body, { ...headers, ...result.headers });
}

function tryReadArguments(request: Parameters<typeof readArguments>[0]): JsonObject | SlackRefusal {
  try {
    return readArguments(request);
  } catch (error) {
    if (error instanceof SlackRefusal) return error;
    throw error;
  }
}

function refusedOutright(refusal: SlackRefusal): CallResponse {
  const body = { ok: false, error: refusal.code };
  return { kind: 'answer', status: 200, body, headers: {}, outcome: refusal.code };
}

function withoutToken({ token: _secret, ...args }: JsonObject): JsonObject {
  return args;
}

/** Shows what forms carry as JSON text the way it was meant. */
function decoded(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      typeof value === 'string' ? parsedIfJson(value) : value,
    ]),
  );
}

function parsedIfJson(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
