import { slackMessage } from '../../payloads/slack-message.js';
import type { StoredMessage } from '../../state/messages.js';
import type { JsonObject } from '../../wire/json-object.js';
import { SlackRefusal } from '../../wire/slack-refusal.js';
import type { World } from '../../world.js';
import type { ApiMethod, ApiMethods } from '../api-method.js';
import { messageContent } from '../content/message-content.js';
import { editAsApp, postAsApp } from '../content/post-as-app.js';
import { requiredText, textArgument } from '../read-arguments.js';
import { visibleChannel, writableChannel } from './find-channel.js';

const UPDATE_TEXT_MAX = 4000;

/** The `chat.*` methods. */
export function chatMethods(world: World): ApiMethods {
  const method = (run: ApiMethod['run']): ApiMethod => ({ token: 'bot', scopes: ['chat:write'], run });
  return {
    'chat.postMessage': method((args) => postMessage(world, args)),
    'chat.postEphemeral': method((args) => postEphemeral(world, args)),
    'chat.update': method((args) => update(world, args)),
    'chat.delete': method((args) => remove(world, args)),
  };
}

function postMessage(world: World, args: JsonObject): JsonObject {
  const channel = writableChannel(world, requiredText(args, 'channel'));
  const content = messageContent(args, shortId(world));
  const threadTs = existingThread(world, channel.id, textArgument(args, 'thread_ts'));
  const message = postAsApp(world, { channel: channel.id, content, threadTs });
  return { channel: channel.id, ts: message.ts, message: slackMessage(world, message) };
}

function postEphemeral(world: World, args: JsonObject): JsonObject {
  const channel = writableChannel(world, requiredText(args, 'channel'));
  const user = requiredText(args, 'user');
  if (!channel.members.has(user)) throw new SlackRefusal('user_not_in_channel');
  const message = postAsApp(world, {
    channel: channel.id,
    content: messageContent(args, shortId(world)),
    threadTs: textArgument(args, 'thread_ts'),
    visibleTo: user,
  });
  return { message_ts: message.ts };
}

function update(world: World, args: JsonObject): JsonObject {
  const message = ownMessage(world, args, 'cant_update_message');
  if ((textArgument(args, 'text') ?? '').length > UPDATE_TEXT_MAX) throw new SlackRefusal('msg_too_long');
  const content = messageContent(args, shortId(world));
  editAsApp(world, message, content);
  const after = world.messages.find(message.channel, message.ts) ?? message;
  return {
    channel: message.channel,
    ts: message.ts,
    text: content.text,
    message: slackMessage(world, after),
  };
}

function remove(world: World, args: JsonObject): JsonObject {
  const message = ownMessage(world, args, 'cant_delete_message');
  world.messages.remove(message.channel, message.ts);
  return { channel: message.channel, ts: message.ts };
}

/** Only messages everybody sees can be changed afterwards, and only by who wrote them. */
function ownMessage(world: World, args: JsonObject, codeWhenForeign: string): StoredMessage {
  const channel = visibleChannel(world, requiredText(args, 'channel'));
  const ts = requiredText(args, 'ts');
  if (channel.isArchived) throw new SlackRefusal('is_inactive');
  const message = world.messages.find(channel.id, ts);
  if (message === undefined || message.visibleTo !== undefined) throw new SlackRefusal('message_not_found');
  if (!message.isFromApp) throw new SlackRefusal(codeWhenForeign);
  if (!channel.members.has(world.settings.app.botUserId)) throw new SlackRefusal('not_in_channel');
  return message;
}

function existingThread(world: World, channel: string, threadTs: string | undefined): string | undefined {
  if (threadTs === undefined) return undefined;
  const parent = world.messages.find(channel, threadTs);
  if (parent === undefined || parent.visibleTo !== undefined) throw new SlackRefusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

function shortId(world: World): () => string {
  return () => world.ids.secret().slice(0, 5);
}
