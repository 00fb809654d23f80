import { slackConversation } from '../../payloads/slack-conversation.js';
import type { JsonObject } from '../../wire/json-object.js';
import { invalidArguments, SlackRefusal } from '../../wire/slack-refusal.js';
import type { World } from '../../world.js';
import type { ApiMethods } from '../api-method.js';
import { flagArgument, requiredText, textArgument } from '../read-arguments.js';
import { visibleChannel } from './find-channel.js';
import { pageThrough } from './page-through.js';

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
