import type { Chat } from '../../ports/chat.js';
import type { Context } from '../context.js';

/** Gives the same chat, which also counts how long approvals wait for their first card. */
export function countedChat(
  chat: Chat,
  { store, metrics, now }: Pick<Context, 'store' | 'metrics' | 'now'>,
): Chat {
  return {
    ...chat,
    async post(target, content, thread) {
      if (content.kind !== 'card') return chat.post(target, content, thread);
      const { id, instance, waitingSinceMs } = content.card.approval;
      // Asked before posting: once the message stands nothing of ours may fail, or it would be posted again.
      const copies = await store.listCards(id);
      const message = await chat.post(target, content, thread);
      if (copies.every((copy) => copy.message === undefined))
        metrics.cardShown({ system: instance.ref.system, waitedMs: now() - waitingSinceMs });
      return message;
    },
  };
}
