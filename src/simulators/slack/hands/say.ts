import type { SayRequest } from '../page/protocol.js';
import type { StoredMessage } from '../state/messages.js';
import type { World } from '../world.js';
import { actingMember, ImpossibleRequest, knownConversation } from './present.js';

/** Posts what a member says; throws when the member is not in the channel or it is archived. */
export function say(world: World, request: SayRequest & { readonly threadTs?: string }): StoredMessage {
  const member = actingMember(world, request.as);
  const channel = knownConversation(world, request.channel);
  if (!channel.members.has(member.id)) {
    throw new ImpossibleRequest('not_in_channel', `${member.id} is not in ${channel.id}`);
  }
  if (channel.isArchived) throw new ImpossibleRequest('is_archived', `${channel.id} is archived`);
  if (request.text === '') throw new ImpossibleRequest('no_text', 'Nothing was said');
  return world.messages.add({
    ts: world.ids.nextTs(),
    channel: channel.id,
    author: member.id,
    isFromApp: false,
    text: request.text,
    blocks: [],
    attachments: [],
    sentMs: world.settings.now(),
    busyActions: [],
    ...(request.threadTs === undefined ? {} : { threadTs: request.threadTs }),
  });
}
