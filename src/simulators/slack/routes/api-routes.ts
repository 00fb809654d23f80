import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CallResponse, respondToCall } from '../api/answer-call.js';
import type { ApiMethods } from '../api/api-method.js';
import type { Call } from '../api/calls.js';
import { readArguments } from '../api/read-arguments.js';
import type { JsonObject } from '../wire/json-object.js';
import { SlackRefusal } from '../wire/slack-refusal.js';
import type { World } from '../world.js';
import { readBody, send } from './http-exchange.js';

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
export function sendResponse(
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
