import type { Conversation } from '../state/conversations.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';

/** Writes a conversation the way `conversations.info` does. */
export function slackConversation(world: World, conversation: Conversation): JsonObject {
  const created = Math.floor(conversation.createdMs / 1000);
  if (conversation.kind === 'im') {
    return { id: conversation.id, created, is_im: true, is_archived: false, user: conversation.withMember };
  }
  return {
    id: conversation.id,
    name: conversation.name,
    name_normalized: conversation.name,
    created,
    is_channel: !conversation.isPrivate,
    is_group: conversation.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: conversation.isPrivate,
    is_archived: conversation.isArchived,
    is_general: false,
    is_shared: false,
    is_ext_shared: false,
    is_member: conversation.members.has(world.settings.app.botUserId),
    topic: { value: conversation.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: conversation.members.size,
  };
}
