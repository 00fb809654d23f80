import type { Conversation } from '../state/conversations.js';
import type { WorkspaceMember } from '../state/directory.js';
import type { StoredMessage } from '../state/messages.js';
import type { World } from '../world.js';

/** Says that a hand asked for what no person could do; `code` also answers the page. */
export class ImpossibleRequest extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ImpossibleRequest';
    this.code = code;
  }
}

/** Finds a member who can act; throws when there is none or the account is switched off. */
export function actingMember(world: World, id: string): WorkspaceMember {
  const member = world.directory.find(id);
  if (member === undefined) throw new ImpossibleRequest('user_not_found', `There is no member ${id}`);
  if (member.isDeactivated) throw new ImpossibleRequest('user_disabled', `${id} is deactivated`);
  return member;
}

/** Finds a conversation; throws when there is none. */
export function knownConversation(world: World, id: string): Conversation {
  const conversation = world.conversations.find(id);
  if (conversation === undefined)
    throw new ImpossibleRequest('channel_not_found', `There is no channel ${id}`);
  return conversation;
}

/** Finds a message this member sees; throws when it is gone, somebody else's, or in a foreign channel. */
export function visibleMessage(
  world: World,
  request: { readonly as: string; readonly channel: string; readonly ts: string },
): StoredMessage {
  const conversation = knownConversation(world, request.channel);
  if (!conversation.members.has(request.as)) {
    throw new ImpossibleRequest('not_in_channel', `${request.as} is not in ${request.channel}`);
  }
  const message = world.messages.find(request.channel, request.ts);
  if (message === undefined || (message.visibleTo ?? request.as) !== request.as) {
    throw new ImpossibleRequest('message_not_found', `${request.as} sees no message ${request.ts}`);
  }
  return message;
}
