import { createHash } from 'node:crypto';
import { asError } from '../../shared/errors.js';
import { type JsonObject, objectsAt, SlackRefusal, textAt } from './api-method.js';
import { fillIds, initialState, keepState, type StateValues } from './elements.js';
import type { ChangeEvent, Member } from './page/protocol.js';

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

/** A member as the workspace keeps them; more than the page shows. */
export interface WorkspaceMember extends Member {
  readonly teamId: string;
  readonly isEmailConfirmed: boolean;
  readonly isSingleChannelGuest: boolean;
  readonly timeZone: string;
}

/** What a test or a demo says about a new member; only the name is needed. */
export type NewMember = Partial<WorkspaceMember> & { readonly name: string };

/** A named group of members. */
export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** The people of the workspace. */
export interface Directory {
  add(member: NewMember): WorkspaceMember;
  /** Replaces fields of a member; throws when there is no such member. */
  change(id: string, fields: Partial<Omit<WorkspaceMember, 'id'>>): WorkspaceMember;
  find(id: string): WorkspaceMember | undefined;
  all(): readonly WorkspaceMember[];
  addGroup(group: Omit<UserGroup, 'id'> & { readonly id?: string }): UserGroup;
  groups(): readonly UserGroup[];
}

/** Creates an empty directory. */
export function createDirectory(options: { readonly ids: Ids; readonly teamId: string }): Directory {
  const members = new Map<string, WorkspaceMember>();
  const groups = new Map<string, UserGroup>();
  return {
    add(member) {
      const whole = withDefaults(member, { id: options.ids.next('U'), teamId: options.teamId });
      members.set(whole.id, whole);
      return whole;
    },
    change(id, fields) {
      const before = members.get(id);
      if (before === undefined) throw new Error(`There is no member ${id}`);
      const after = { ...before, ...fields };
      members.set(id, after);
      return after;
    },
    find: (id) => members.get(id),
    all: () => [...members.values()],
    addGroup(group) {
      const whole = { id: options.ids.next('S'), ...group };
      groups.set(whole.id, whole);
      return whole;
    },
    groups: () => [...groups.values()],
  };
}

function withDefaults(member: NewMember, made: { id: string; teamId: string }): WorkspaceMember {
  return {
    ...made,
    realName: member.name,
    title: '',
    email: `${member.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@example.com`,
    isEmailConfirmed: true,
    isBot: false,
    isGuest: false,
    isSingleChannelGuest: false,
    isStranger: false,
    isDeactivated: false,
    timeZone: 'Etc/UTC',
    ...member,
  };
}

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

/** Remembers how far each member has read each conversation. */
export interface ReadMarks {
  set(member: string, channel: string, ts: string): void;
  /** The timestamp of the last message read; `0` when none was. */
  get(member: string, channel: string): string;
}

/** Creates a workspace in which nobody has read anything. */
export function createReadMarks(): ReadMarks {
  const marks = new Map<string, string>();
  return {
    set: (member, channel, ts) => {
      marks.set(`${member} ${channel}`, ts);
    },
    get: (member, channel) => marks.get(`${member} ${channel}`) ?? '0',
  };
}

const LIFE_MS = 30 * 60_000;

const USES = 5;

/** Where answers sent to a response URL go. */
export interface ResponseTarget {
  readonly kind: 'message' | 'command';
  readonly channel: string;
  readonly member: string;
  /** The message whose element was pressed. */
  readonly messageTs?: string;
}

/** What using a response URL once came to. */
type ResponseUse =
  | { readonly kind: 'usable'; readonly target: ResponseTarget }
  | { readonly kind: 'unknown' | 'used-up' | 'expired' };

/** Hands out response URLs, each good for five answers within thirty minutes. */
export interface ResponseUrls {
  /** The path of a new response URL. */
  mint(target: ResponseTarget): string;
  use(path: string): ResponseUse;
}

/** Creates a book of response URLs on the given clock. */
export function createResponseUrls(options: {
  readonly ids: Ids;
  readonly now: () => number;
  readonly teamId: string;
}): ResponseUrls {
  const known = new Map<string, { readonly target: ResponseTarget; readonly bornMs: number; uses: number }>();
  return {
    mint(target) {
      const street = target.kind === 'command' ? 'commands' : 'actions';
      const path = `/${street}/${options.teamId}/${known.size + 1}/${options.ids.secret()}`;
      known.set(path, { target, bornMs: options.now(), uses: 0 });
      return path;
    },
    use(path) {
      const entry = known.get(path);
      if (entry === undefined) return { kind: 'unknown' };
      if (options.now() - entry.bornMs > LIFE_MS) return { kind: 'expired' };
      if (entry.uses >= USES) return { kind: 'used-up' };
      entry.uses += 1;
      return { kind: 'usable', target: entry.target };
    },
  };
}

const LIFE_MSTriggers = 3000;

/** What a trigger stands for: whose screen may change, and the modal it came from. */
interface Trigger {
  readonly member: string;
  readonly viewId?: string;
}

/** Hands out trigger ids and takes them back. */
export interface Triggers {
  mint(trigger: Trigger): string;
  /**
   * Exchanges a trigger id; throws `invalid_trigger_id`, `exchanged_trigger_id` or, three seconds after it was
   * minted, `expired_trigger_id`.
   */
  exchange(id: string): Trigger;
}

/** Creates a trigger book on the given clock. */
export function createTriggers(options: { readonly ids: Ids; readonly now: () => number }): Triggers {
  const known = new Map<string, Trigger & { readonly bornMs: number }>();
  const used = new Set<string>();
  return {
    mint(trigger) {
      const id = `${known.size + 1}.${Math.floor(options.now())}.${options.ids.secret()}`;
      known.set(id, { ...trigger, bornMs: options.now() });
      return id;
    },
    exchange(id) {
      const trigger = known.get(id);
      if (trigger === undefined) throw new SlackRefusal('invalid_trigger_id');
      if (used.has(id)) throw new SlackRefusal('exchanged_trigger_id');
      if (options.now() - trigger.bornMs > LIFE_MSTriggers) throw new SlackRefusal('expired_trigger_id');
      used.add(id);
      return trigger;
    },
  };
}

const STACK_LIMIT = 3;

/** A modal or a Home tab on one member's screen. */
export interface ShownView {
  readonly id: string;
  readonly owner: string;
  /** The view as the app sent it, with block and action ids filled in. */
  readonly view: JsonObject;
  readonly hash: string;
  readonly rootId: string;
  readonly previousId: string | null;
  readonly state: StateValues;
  readonly errors: Readonly<Record<string, string>>;
  readonly isSubmitting: boolean;
  readonly warning: string | undefined;
}

/** The views of every member: a stack of modals and a Home tab each. */
export interface Views {
  /** Starts a new stack with this modal. */
  open(owner: string, view: JsonObject): ShownView;
  /** Puts a modal on top of the stack; throws `push_limit_reached` when it would be the fourth. */
  push(owner: string, view: JsonObject): ShownView;
  /** Replaces the content of a view; throws `not_found` or, when the hash is an old one, `hash_conflict`. */
  update(id: string, view: JsonObject, hash: string | undefined): ShownView;
  publish(owner: string, view: JsonObject, hash: string | undefined): ShownView;
  stack(owner: string): readonly ShownView[];
  home(owner: string): ShownView | undefined;
  find(id: string): ShownView | undefined;
  findByExternalId(externalId: string): ShownView | undefined;
  /** Changes what is on the screen without the app's doing. */
  change(id: string, fields: Partial<Pick<ShownView, 'state' | 'errors' | 'isSubmitting' | 'warning'>>): void;
  /** Takes the view and all above it off the screen. */
  close(id: string): void;
  clear(owner: string): void;
}

/** Creates screens without any view. */
export function createViews(options: { readonly ids: Ids; readonly changes: Changes }): Views {
  const { ids, changes } = options;
  const shown = new Map<string, ShownView>();
  const stackOf = (owner: string) =>
    [...shown.values()].filter((one) => one.owner === owner && one.view.type !== 'home');
  const homeOf = (owner: string) =>
    [...shown.values()].find((one) => one.owner === owner && one.view.type === 'home');
  const keep = (view: ShownView) => {
    shown.set(view.id, view);
    changes.emit({ kind: 'views', member: view.owner });
    return view;
  };
  const add = (owner: string, view: JsonObject, below: ShownView | undefined) => {
    refuseDoubleExternalId([...shown.values()], view, undefined);
    const id = ids.next('V');
    const links = { rootId: below?.rootId ?? id, previousId: below?.id ?? null };
    return keep({ id, owner, ...links, ...freshContent(view, ids) });
  };
  const close = (id: string) => {
    const view = shown.get(id);
    if (view === undefined) return;
    const stack = stackOf(view.owner);
    for (const one of stack.slice(stack.findIndex(({ id: other }) => other === id))) shown.delete(one.id);
    changes.emit({ kind: 'views', member: view.owner });
  };
  const clear = (owner: string) => {
    const [root] = stackOf(owner);
    if (root !== undefined) close(root.id);
  };
  const update = (id: string, view: JsonObject, hash: string | undefined) => {
    const before = shown.get(id);
    if (before === undefined) throw new SlackRefusal('not_found');
    if (hash !== undefined && hash !== before.hash) throw new SlackRefusal('hash_conflict');
    refuseDoubleExternalId([...shown.values()], view, id);
    const content = freshContent(view, ids);
    return keep({ ...before, ...content, state: keepState(content.state, before.state) });
  };
  return {
    open(owner, view) {
      clear(owner);
      return add(owner, view, undefined);
    },
    push(owner, view) {
      const stack = stackOf(owner);
      if (stack.length >= STACK_LIMIT) throw new SlackRefusal('push_limit_reached');
      return add(owner, view, stack.at(-1));
    },
    update,
    publish(owner, view, hash) {
      const home = homeOf(owner);
      return home === undefined ? add(owner, view, undefined) : update(home.id, view, hash);
    },
    stack: stackOf,
    home: homeOf,
    find: (id) => shown.get(id),
    findByExternalId: (externalId) => [...shown.values()].find((one) => one.view.external_id === externalId),
    change(id, fields) {
      const before = shown.get(id);
      if (before !== undefined) keep({ ...before, ...fields });
    },
    close,
    clear,
  };
}

function freshContent(view: JsonObject, ids: Ids) {
  const blocks = fillIds(objectsAt(view, 'blocks'), () => ids.secret().slice(0, 5));
  return {
    view: { ...view, blocks },
    hash: `${ids.nextTs().slice(0, 10)}.${ids.secret().slice(0, 8)}`,
    state: initialState(blocks),
    errors: {},
    isSubmitting: false,
    warning: undefined,
  };
}

function refuseDoubleExternalId(
  shown: readonly ShownView[],
  view: JsonObject,
  self: string | undefined,
): void {
  const externalId = textAt(view, 'external_id') ?? '';
  if (externalId === '') return;
  if (shown.some((one) => one.id !== self && one.view.external_id === externalId)) {
    throw new SlackRefusal('duplicate_external_id');
  }
}

/** Tells listeners that something in the workspace changed. */
export interface Changes {
  emit(event: ChangeEvent): void;
  /** Calls the listener on every change until the returned function is called. */
  listen(listener: (event: ChangeEvent) => void): () => void;
  /**
   * Resolves with the first value of `read` that is neither `undefined` nor `false`, looking again after each
   * change; rejects with `whatFor` in its message once `timeoutMs` of real time have passed.
   */
  waitFor<T>(read: () => T | undefined | false, options?: WaitOptions): Promise<T>;
}

/** How long to wait, and what to call it when it does not come. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly whatFor?: string;
}

/** Creates a change feed without listeners. */
export function createChanges(): Changes {
  const listeners = new Set<(event: ChangeEvent) => void>();
  const listen = (listener: (event: ChangeEvent) => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    emit(event) {
      for (const listener of [...listeners]) listener(event);
    },
    listen,
    waitFor: (read, options = {}) => waitForChange(listen, read, options),
  };
}

function waitForChange<T>(
  listen: Changes['listen'],
  read: () => T | undefined | false,
  { timeoutMs = 5000, whatFor = 'the expected change' }: WaitOptions,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = listen(() => poll());
    const finish = () => {
      clearTimeout(timer);
      stop();
    };
    let isChecking = false;
    const poll = () => {
      // A read that itself changes something, such as opening a conversation, must not look again.
      if (isChecking) return;
      isChecking = true;
      try {
        const found = read();
        if (found === undefined || found === false) return;
        finish();
        resolve(found);
      } catch (error) {
        finish();
        reject(asError(error));
      } finally {
        isChecking = false;
      }
    };
    timer = setTimeout(() => {
      finish();
      reject(new Error(`Waited ${timeoutMs} ms in vain for ${whatFor}`));
    }, timeoutMs);
    poll();
  });
}

/** Names new things the way Slack does, the same names in every run. */
export interface Ids {
  /** A new id such as `C0A1B2C3D4`, with the given first letters. */
  next(prefix: string): string;
  /** A new unguessable-looking secret of 24 hexadecimal digits. */
  secret(): string;
  /** The next message timestamp: seconds and microseconds, never the same twice, never going back. */
  nextTs(): string;
}

/** Creates a source of ids; equal seeds and clocks give equal ids. */
export function createIds(options: { readonly seed: string; readonly now: () => number }): Ids {
  let count = 0;
  let lastMicros = 0;
  const digest = () => {
    count += 1;
    return createHash('sha256').update(`${options.seed}:${count}`).digest('hex');
  };
  return {
    next: (prefix) => `${prefix}0${digest().slice(0, 9).toUpperCase()}`,
    secret: () => digest().slice(0, 24),
    nextTs() {
      lastMicros = Math.max(Math.floor(options.now()) * 1000, lastMicros + 1);
      const seconds = Math.floor(lastMicros / 1_000_000);
      return `${seconds}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
    },
  };
}
