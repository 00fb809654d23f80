import type { Card } from '../../src/domain/card.js';
import type { Notice } from '../../src/domain/notification.js';
import { isSamePerson, type Person, type PersonId, personKey } from '../../src/domain/person.js';
import type { Target } from '../../src/domain/policy.js';
import type { ClickReply, MessageRef } from '../../src/domain/voting.js';
import type { Chat, Content, ShownForm } from '../../src/ports/chat.js';
import { ChatError, type ChatErrorCode } from '../../src/ports/errors.js';
import { defined } from '../../src/shared/language.js';
import { type TestRuntime, undisturbed } from './runtime.js';

/** One message of the bot as it reads now. */
export interface Shown {
  readonly message: MessageRef;
  readonly target: Target;
  readonly content: Content;
  /** The message whose thread it is in. */
  readonly thread?: MessageRef;
  /** How often it was edited. */
  readonly edits: number;
}

/** A fault for the next call of a kind. */
export interface ChatFault {
  readonly call: 'post' | 'update' | 'lookUpPerson' | 'membersOf' | 'checkConnection';
  readonly code: ChatErrorCode;
  readonly retryAfterMs?: number;
  /** Whether the call has its effect all the same. */
  readonly afterEffect?: boolean;
}

/** A chat in memory, in which everything said can be looked at. */
export interface FakeChat {
  readonly chat: Chat;
  /** Every message as it reads now, oldest first. */
  messages(): readonly Shown[];
  /** Cards in channels, as they read now. */
  cards(): readonly (Shown & { readonly card: Card })[];
  /** Set to show cards in a form that lacks something of what people sign for. */
  cutsCards: boolean;
  /** What was said to the side, oldest first. */
  notices(): readonly { readonly to: string; readonly notice: Notice }[];
  /** Private answers to clicks, oldest first. */
  readonly answers: readonly { readonly person: PersonId; readonly answer: ClickReply }[];
  /** Calls that reached the chat, failed ones too. */
  readonly calls: readonly string[];
  addPerson(person: Person): void;
  /** Says who is in a user group; nobody can tell of one that was never set. */
  setGroup(group: string, members: readonly PersonId[]): void;
  failNext(fault: ChatFault): void;
  /** Whether private answers find a way. */
  isPrivateReplyPossible: boolean;
  /** Deletes a message, as a person in the channel may. */
  remove(message: MessageRef): void;
  /** What was said in a thread, oldest first. */
  thread(parent: MessageRef): readonly Shown[];
  archive(channel: string): void;
  /** Brings a channel back, or lets the bot in again. */
  reopen(channel: string): void;
  reopenAll(): void;
  /** Tells whether nobody can write or press there any more. */
  isArchived(channel: string): boolean;
}

/** Opens an empty chat. `onShow` sees everything the moment it is shown. */
export function createFakeChat(
  options: { readonly runtime?: TestRuntime; readonly onShow?: (content: Content) => void } = {},
): FakeChat {
  const { runtime = undisturbed, onShow = () => {} } = options;
  const people = new Map<string, Person>();
  const groups = new Map<string, readonly PersonId[]>();
  const shown = new Map<string, Shown>();
  const archived = new Set<string>();
  const replies: { readonly person: PersonId; readonly answer: ClickReply }[] = [];
  const calls: string[] = [];
  const faults: ChatFault[] = [];
  let posts = 0;

  const tried = <T>(call: ChatFault['call'], work: () => T): Promise<T> =>
    runtime(`chat.${call}`, async () => {
      calls.push(call);
      const fault = faults.find((one) => one.call === call);
      if (!fault) return work();
      faults.splice(faults.indexOf(fault), 1);
      if (fault.afterEffect) work();
      throw chatError(fault);
    });
  const show = (next: Shown): void => {
    refuseLiveButtons(next.content);
    onShow(next.content);
    shown.set(messageKey(next.message), next);
  };
  const refuseArchived = (channel: string): void => {
    if (archived.has(channel)) throw chatError({ code: 'channel-gone' });
  };

  const formOf = ({ kind }: Content): ShownForm => (kind === 'card' && fake.cutsCards ? { isCut: true } : {});

  const fake: FakeChat = {
    isPrivateReplyPossible: true,
    cutsCards: false,
    answers: replies,
    calls,
    messages: () => [...shown.values()],
    cards: () =>
      [...shown.values()].flatMap((one) =>
        one.content.kind === 'card' ? [{ ...one, card: one.content.card }] : [],
      ),
    notices: () =>
      [...shown.values()].flatMap(({ content, target }) =>
        content.kind === 'notice' ? [{ to: placeOf(target), notice: content.notice }] : [],
      ),
    addPerson: (person) => void people.set(personKey(person.id), person),
    setGroup: (group, members) => void groups.set(group, members),
    failNext: (fault) => void faults.push(fault),
    remove: (message) => void shown.delete(messageKey(message)),
    thread: (parent) =>
      [...shown.values()].filter(({ thread }) => thread && messageKey(thread) === messageKey(parent)),
    archive: (channel) => void archived.add(channel),
    reopen: (channel) => void archived.delete(channel),
    reopenAll: () => archived.clear(),
    isArchived: (channel) => archived.has(channel),
    chat: {
      lookUpPerson: (id) =>
        tried('lookUpPerson', () => {
          const person = people.get(personKey(id));
          if (!person) throw chatError({ code: 'refused' });
          const within = [...groups].filter(([, members]) => members.some((one) => isSamePerson(one, id)));
          return groups.size === 0 ? person : { ...person, groups: within.map(([group]) => group) };
        }),
      checkConnection: () => tried('checkConnection', () => {}),
      membersOf: (group) =>
        tried('membersOf', () => {
          const members = groups.get(group);
          if (!members) throw chatError({ code: 'refused' });
          return members;
        }),
      post: (target, content, thread) =>
        tried('post', () => {
          refuseArchived(placeOf(target));
          if (thread && !shown.has(messageKey(thread))) throw chatError({ code: 'message-gone' });
          posts += 1;
          const message = { channel: placeOf(target), ts: `${1_768_000_000 + posts}.000100` };
          show({ message, target, content, ...defined({ thread }), edits: 0 });
          return { ...message, ...formOf(content) };
        }),
      postedAtMs: () => undefined,
      update: (message, content) =>
        tried('update', () => {
          refuseArchived(message.channel);
          const before = shown.get(messageKey(message));
          if (!before) throw chatError({ code: 'message-gone' });
          show({ ...before, content, edits: before.edits + 1 });
          return formOf(content);
        }),
      replyToClick: ({ person }, reply) =>
        runtime('chat.replyToClick', async () => {
          if (fake.isPrivateReplyPossible) replies.push({ person, answer: reply });
          return fake.isPrivateReplyPossible;
        }),
      publishHome: async (page) => ({ viewId: `V-${page.person.userId}`, hash: String(calls.length) }),
      replyPrivately: async () => fake.isPrivateReplyPossible,
      sendFiles: async () => {},
    },
  };
  return fake;
}

/** Whatever a story is about: a button that can do nothing any more is a lie. */
function refuseLiveButtons(content: Content): void {
  if (content.kind !== 'card' || content.card.approval.state.kind !== 'ended') return;
  const live = content.card.actions.filter((action) => action !== 'details');
  if (live.length > 0) throw new Error(`A card that is over still offers ${live.join(', ')}`);
}

function chatError({ code, retryAfterMs }: Pick<ChatFault, 'code' | 'retryAfterMs'>): ChatError {
  const retryable = code !== 'refused' && code !== 'message-gone' && code !== 'channel-gone';
  return new ChatError(`The chat said ${code}`, { code, retryable, retryAfterMs });
}

function placeOf(target: Target): string {
  return target.kind === 'channel' ? target.channel : `D-${target.person.userId}`;
}

function messageKey({ channel, ts }: MessageRef): string {
  return `${channel}/${ts}`;
}
