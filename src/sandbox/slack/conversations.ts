import {
  type ApiMethods,
  flagArgument,
  invalidArguments,
  type JsonObject,
  pageThrough,
  requiredText,
  SlackRefusal,
  textArgument,
} from './api-method.js';
import { slackConversation } from './payloads.js';
import type { Conversation } from './state.js';
import type { World } from './world.js';

const READ = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];

/** The `conversations.*` methods. */
export function conversationMethods(world: World): ApiMethods {
  return {
    'conversations.open': {
      token: 'bot',
      scopes: ['im:write', 'channels:manage', 'groups:write', 'mpim:write'],
      run: (args) => open(world, args),
    },
    'conversations.info': { token: 'bot', scopes: READ, run: (args) => info(world, args) },
    'conversations.members': { token: 'bot', scopes: READ, run: (args) => members(world, args) },
    'conversations.list': { token: 'bot', scopes: READ, run: (args) => list(world, args) },
  };
}

function open(world: World, args: JsonObject): JsonObject {
  const channelId = textArgument(args, 'channel');
  if (channelId !== undefined) {
    return { channel: { id: visibleChannel(world, channelId).id }, no_op: true, already_open: true };
  }
  const users = requiredText(args, 'users').split(',');
  const [only] = users;
  if (only === undefined || users.length > 1) throw invalidArguments('only one user is supported here');
  const member = world.directory.find(only);
  if (member === undefined) throw new SlackRefusal('user_not_found');
  if (member.isDeactivated) throw new SlackRefusal('user_disabled');
  if (member.isBot) throw new SlackRefusal('cannot_dm_bot');
  const channel = world.conversations.openIm(only);
  const whole = flagArgument(args, 'return_im') === true;
  return { channel: whole ? slackConversation(world, channel) : { id: channel.id } };
}

function info(world: World, args: JsonObject): JsonObject {
  return { channel: slackConversation(world, visibleChannel(world, requiredText(args, 'channel'))) };
}

function members(world: World, args: JsonObject): JsonObject {
  const channel = visibleChannel(world, requiredText(args, 'channel'));
  const page = pageThrough([...channel.members], args);
  return { members: page.items, ...page.metadata };
}

function list(world: World, args: JsonObject): JsonObject {
  const { botUserId } = world.settings.app;
  const types = (textArgument(args, 'types') ?? 'public_channel').split(',');
  const withoutArchived = flagArgument(args, 'exclude_archived') === true;
  const fitting = world.conversations.all().filter((one) => {
    const type = one.kind === 'im' ? 'im' : one.isPrivate ? 'private_channel' : 'public_channel';
    if (!types.includes(type) || (withoutArchived && one.isArchived)) return false;
    return !one.isPrivate || one.members.has(botUserId);
  });
  const page = pageThrough(fitting, args);
  return { channels: page.items.map((one) => slackConversation(world, one)), ...page.metadata };
}

/** Finds a conversation the app may know of; throws `channel_not_found` otherwise. */
export function visibleChannel(world: World, id: string): Conversation {
  const channel = world.conversations.find(id);
  const isHidden = channel?.isPrivate === true && !channel.members.has(world.settings.app.botUserId);
  if (channel === undefined || isHidden) throw new SlackRefusal('channel_not_found');
  return channel;
}

/**
 * Finds the conversation a message goes to; a user id means the direct conversation, opened on first use.
 *
 * Throws `channel_not_found`, `is_archived` or `not_in_channel`, and `cannot_dm_bot` for a bot.
 */
export function writableChannel(world: World, id: string): Conversation {
  const channel = /^[UW]/.test(id) ? directConversation(world, id) : visibleChannel(world, id);
  if (channel.isArchived) throw new SlackRefusal('is_archived');
  if (!channel.members.has(world.settings.app.botUserId)) throw new SlackRefusal('not_in_channel');
  return channel;
}

function directConversation(world: World, userId: string): Conversation {
  const member = world.directory.find(userId);
  if (member === undefined || member.isDeactivated) throw new SlackRefusal('channel_not_found');
  if (member.isBot) throw new SlackRefusal('cannot_dm_bot');
  return world.conversations.openIm(userId);
}
