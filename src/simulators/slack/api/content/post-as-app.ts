import type { StoredMessage } from '../../state/messages.js';
import type { World } from '../../world.js';
import type { MessageContent } from './message-content.js';

/** Puts a message of the app into a conversation. */
export function postAsApp(
  world: World,
  post: {
    readonly channel: string;
    readonly content: MessageContent;
    readonly threadTs?: string | undefined;
    readonly visibleTo?: string | undefined;
  },
): StoredMessage {
  return world.messages.add({
    ts: world.ids.nextTs(),
    channel: post.channel,
    author: world.settings.app.botUserId,
    isFromApp: true,
    sentMs: world.settings.now(),
    busyActions: [],
    ...post.content,
    ...(post.threadTs === undefined ? {} : { threadTs: post.threadTs }),
    ...(post.visibleTo === undefined ? {} : { visibleTo: post.visibleTo }),
  });
}

/** Replaces what a message of the app says; its old blocks do not survive. */
export function editAsApp(world: World, message: StoredMessage, content: MessageContent): void {
  const editedTs = world.ids.nextTs();
  world.messages.change(message.channel, message.ts, ({ warning: _gone, ...kept }) => ({
    ...kept,
    ...content,
    editedTs,
  }));
}
