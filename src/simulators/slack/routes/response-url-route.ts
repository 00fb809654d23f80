import type { IncomingMessage, ServerResponse } from 'node:http';
import { respondToCall } from '../api/answer-call.js';
import type { Call } from '../api/calls.js';
import { messageContent } from '../api/content/message-content.js';
import { editAsApp, postAsApp } from '../api/content/post-as-app.js';
import type { ResponseTarget } from '../state/response-urls.js';
import { isObject, type JsonObject, parseJson, textAt } from '../wire/json-object.js';
import { SlackRefusal } from '../wire/slack-refusal.js';
import type { World } from '../world.js';
import { sendResponse } from './api-routes.js';
import { readBody } from './http-exchange.js';

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
