import { messageContent } from '../api/content/message-content.js';
import { postAsApp } from '../api/content/post-as-app.js';
import type { AckResult } from '../delivery/deliver.js';
import { commandPayload, escapeMentions } from '../payloads/command-payload.js';
import { isObject, type JsonObject } from '../wire/json-object.js';
import { SlackRefusal } from '../wire/slack-refusal.js';
import type { World } from '../world.js';
import { type Connection, type Outcome, outcomeOf } from './connection.js';
import { actingMember, knownConversation } from './present.js';

/** A slash command as a member types it. */
export interface CommandRequest {
  readonly as: string;
  readonly channel: string;
  /** With its slash, such as `/workflow`. */
  readonly command: string;
  readonly text?: string;
}

/** Types a slash command and resolves once the app acknowledged; its immediate answer is posted. */
export async function runCommand(
  world: World,
  connection: Connection,
  request: CommandRequest,
): Promise<Outcome> {
  const member = actingMember(world, request.as);
  const channel = knownConversation(world, request.channel);
  const registered = world.settings.commands.find(({ command }) => command === request.command);
  if (registered === undefined) {
    respond(world, request, `${request.command} is not a valid command.`);
    return { acked: false, triggerId: '', reason: 'unknown-command' };
  }
  const typed = request.text ?? '';
  const text = registered.shouldEscape ? escapeMentions(world, typed) : typed;
  const triggerId = world.triggers.mint({ member: member.id });
  const path = world.responseUrls.mint({ kind: 'command', channel: channel.id, member: member.id });
  const responseUrl = connection.absolute(path);
  const { command } = request;
  const payload = commandPayload(world, { member, channel, command, text, triggerId, responseUrl });
  const result = await connection.deliver({ kind: 'slash_commands', payload, acceptsResponse: true });
  given(world, request, result);
  return outcomeOf(result, triggerId);
}

function given(world: World, request: CommandRequest, result: AckResult): void {
  if (result.kind === 'not-acked') {
    const code = result.reason === 'timeout' ? 'operation_timeout' : 'dispatch_failed';
    respond(world, request, `${request.command} failed with the error "${code}"`);
    return;
  }
  if (!isObject(result.body) || Object.keys(result.body).length === 0) return;
  post(world, request, result.body);
}

function post(world: World, request: CommandRequest, body: JsonObject): void {
  try {
    const content = messageContent(body, () => world.ids.secret().slice(0, 5));
    const visibleTo = body.response_type === 'in_channel' ? undefined : request.as;
    postAsApp(world, { channel: request.channel, content, visibleTo });
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    respond(world, request, `${request.command} failed with the error "${error.code}"`);
  }
}

/** Speaks as Slackbot, to the one who typed. */
function respond(world: World, request: CommandRequest, text: string): void {
  world.messages.add({
    ts: world.ids.nextTs(),
    channel: request.channel,
    author: 'USLACKBOT',
    isFromApp: false,
    text,
    blocks: [],
    attachments: [],
    sentMs: world.settings.now(),
    visibleTo: request.as,
    busyActions: [],
  });
}
