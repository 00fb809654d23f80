import type { Conversation } from '../../state/conversations.js';
import { SlackRefusal } from '../../wire/slack-refusal.js';
import type { World } from '../../world.js';

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
