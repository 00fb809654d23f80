import type { Changes } from './changes.js';
import type { Ids } from './ids.js';

/** A channel, or the direct conversation between one member and the app. */
export interface Conversation {
  readonly id: string;
  readonly kind: 'channel' | 'im';
  /** Channel name without `#`; empty for a direct conversation. */
  readonly name: string;
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly members: ReadonlySet<string>;
  readonly createdMs: number;
  /** The person on the other side of a direct conversation with the app. */
  readonly withMember?: string;
}

/** What a test or a demo says about a new channel. */
export interface NewChannel {
  readonly id?: string;
  readonly name: string;
  readonly topic?: string;
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  readonly members?: readonly string[];
}

/** The conversations of the workspace. */
export interface Conversations {
  addChannel(channel: NewChannel): Conversation;
  /** The direct conversation of the app with a member, opened on first use. */
  openIm(member: string): Conversation;
  find(id: string): Conversation | undefined;
  findByName(name: string): Conversation | undefined;
  /** Replaces fields of a conversation; throws when there is none. */
  change(id: string, fields: Partial<Pick<Conversation, 'isArchived' | 'members' | 'topic'>>): Conversation;
  all(): readonly Conversation[];
}

/** Creates a workspace without conversations. */
export function createConversations(options: {
  readonly ids: Ids;
  readonly now: () => number;
  readonly botUserId: string;
  readonly changes: Changes;
}): Conversations {
  const known = new Map<string, Conversation>();
  const keep = (conversation: Conversation) => {
    known.set(conversation.id, conversation);
    options.changes.emit({ kind: 'state' });
    return conversation;
  };
  const shared = () => ({ isArchived: false, createdMs: options.now(), topic: '' });
  return {
    addChannel: ({ members = [], ...channel }) =>
      keep({
        ...shared(),
        id: options.ids.next('C'),
        kind: 'channel',
        isPrivate: false,
        ...channel,
        members: new Set(members),
      }),
    openIm(member) {
      const open = [...known.values()].find((one) => one.withMember === member);
      return (
        open ??
        keep({
          ...shared(),
          id: options.ids.next('D'),
          kind: 'im',
          name: '',
          isPrivate: true,
          members: new Set([member, options.botUserId]),
          withMember: member,
        })
      );
    },
    find: (id) => known.get(id),
    findByName: (name) => [...known.values()].find((one) => one.kind === 'channel' && one.name === name),
    change(id, fields) {
      const before = known.get(id);
      if (before === undefined) throw new Error(`There is no conversation ${id}`);
      return keep({ ...before, ...fields });
    },
    all: () => [...known.values()],
  };
}
