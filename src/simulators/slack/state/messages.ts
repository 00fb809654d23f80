import type { JsonObject } from '../wire/json-object.js';
import type { Changes } from './changes.js';

/** A message as the workspace keeps it. */
export interface StoredMessage {
  readonly ts: string;
  readonly channel: string;
  /** The id of the member or bot user who wrote it. */
  readonly author: string;
  readonly isFromApp: boolean;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments: readonly JsonObject[];
  readonly sentMs: number;
  readonly threadTs?: string;
  readonly metadata?: JsonObject;
  readonly editedTs?: string;
  /** Set on ephemeral messages: the only member who sees it. */
  readonly visibleTo?: string;
  /** What Slack shows under a message whose app did not answer a press. */
  readonly warning?: string;
  /** Action ids of presses still waiting, one entry per press. */
  readonly busyActions: readonly string[];
}

/** The messages of every conversation, oldest first. */
export interface Messages {
  add(message: StoredMessage): StoredMessage;
  find(channel: string, ts: string): StoredMessage | undefined;
  in(channel: string): readonly StoredMessage[];
  /** What everybody sees in the thread of a message, oldest first. */
  inThread(parent: Pick<StoredMessage, 'channel' | 'ts'>): readonly StoredMessage[];
  /** Replaces a message by what `change` makes of it; does nothing when it is gone. */
  change(channel: string, ts: string, change: (message: StoredMessage) => StoredMessage): void;
  remove(channel: string, ts: string): void;
}

/** Creates an empty message store that reports its changes. */
export function createMessages(changes: Changes): Messages {
  const byChannel = new Map<string, StoredMessage[]>();
  const listOf = (channel: string) => {
    const list = byChannel.get(channel) ?? [];
    byChannel.set(channel, list);
    return list;
  };
  const changed = (channel: string) => changes.emit({ kind: 'messages', channel });
  return {
    add(message) {
      listOf(message.channel).push(message);
      changed(message.channel);
      return message;
    },
    find: (channel, ts) => byChannel.get(channel)?.find((message) => message.ts === ts),
    in: (channel) => byChannel.get(channel) ?? [],
    inThread: ({ channel, ts }) =>
      (byChannel.get(channel) ?? []).filter((one) => one.threadTs === ts && one.visibleTo === undefined),
    change(channel, ts, change) {
      const list = listOf(channel);
      const at = list.findIndex((message) => message.ts === ts);
      const before = list[at];
      if (before === undefined) return;
      list[at] = change(before);
      changed(channel);
    },
    remove(channel, ts) {
      byChannel.set(
        channel,
        listOf(channel).filter((message) => message.ts !== ts),
      );
      changed(channel);
    },
  };
}
