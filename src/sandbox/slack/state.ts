import { createHash } from 'node:crypto';
import { asError } from '../../shared/language.js';
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
export type NewChannel = Partial<Omit<Conversation, 'kind' | 'members' | 'withMember' | 'createdMs'>> & {
  readonly name: string;
  readonly members?: readonly string[];
};

/** What the parts of a workspace's memory have in common: names, the clock, and who is told of a change. */
interface Common {
  readonly ids: Ids;
  readonly now: () => number;
  readonly changes: Changes;
}

/** The conversations of the workspace. */
export class Conversations {
  readonly #known = new Map<string, Conversation>();
  readonly #common: Common;
  readonly #botUserId: string;

  constructor(common: Common, botUserId: string) {
    this.#common = common;
    this.#botUserId = botUserId;
  }

  addChannel({ members = [], ...channel }: NewChannel): Conversation {
    const id = this.#common.ids.next('C');
    return this.#keep({ ...this.#blank(), id, kind: 'channel', ...channel, members: new Set(members) });
  }

  /** The direct conversation of the app with a member, opened on first use. */
  openIm(member: string): Conversation {
    const open = this.all().find((one) => one.withMember === member);
    if (open !== undefined) return open;
    const id = this.#common.ids.next('D');
    const members = new Set([member, this.#botUserId]);
    const own = { id, kind: 'im', name: '', isPrivate: true, members, withMember: member } as const;
    return this.#keep({ ...this.#blank(), ...own });
  }

  find(id: string): Conversation | undefined {
    return this.#known.get(id);
  }

  /** Replaces fields of a conversation; throws when there is none. */
  change(id: string, fields: Partial<Pick<Conversation, 'isArchived' | 'members' | 'topic'>>): Conversation {
    const before = this.#known.get(id);
    if (before === undefined) throw new Error(`There is no conversation ${id}`);
    return this.#keep({ ...before, ...fields });
  }

  all(): readonly Conversation[] {
    return [...this.#known.values()];
  }

  #blank() {
    return { isPrivate: false, isArchived: false, createdMs: this.#common.now(), topic: '' };
  }

  #keep(conversation: Conversation): Conversation {
    this.#known.set(conversation.id, conversation);
    this.#common.changes.emit({ kind: 'state' });
    return conversation;
  }
}

/** A member as the workspace keeps them; more than the page shows. */
export interface WorkspaceMember extends Member {
  /** Their own workspace. */
  readonly teamId: string;
  /** The workspaces of the Enterprise Grid they are in, where there is one. */
  readonly gridTeams: readonly string[];
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
export class Directory {
  readonly #members = new Map<string, WorkspaceMember>();
  readonly #groups = new Map<string, UserGroup>();
  readonly #ids: Ids;
  readonly #teamId: string;

  constructor(ids: Ids, teamId: string) {
    this.#ids = ids;
    this.#teamId = teamId;
  }

  add(member: NewMember): WorkspaceMember {
    const whole = {
      id: this.#ids.next('U'),
      teamId: this.#teamId,
      gridTeams: [member.teamId ?? this.#teamId],
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
    this.#members.set(whole.id, whole);
    return whole;
  }

  /** Replaces fields of a member; throws when there is no such member. */
  change(id: string, fields: Partial<Omit<WorkspaceMember, 'id'>>): WorkspaceMember {
    const before = this.#members.get(id);
    if (before === undefined) throw new Error(`There is no member ${id}`);
    const after = { ...before, ...fields };
    this.#members.set(id, after);
    return after;
  }

  find(id: string): WorkspaceMember | undefined {
    return this.#members.get(id);
  }

  all(): readonly WorkspaceMember[] {
    return [...this.#members.values()];
  }

  addGroup(group: Omit<UserGroup, 'id'> & { readonly id?: string }): UserGroup {
    const whole = { id: this.#ids.next('S'), ...group };
    this.#groups.set(whole.id, whole);
    return whole;
  }

  groups(): readonly UserGroup[] {
    return [...this.#groups.values()];
  }
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

/** The messages of every conversation, oldest first, and how far each member has read. */
export class Messages {
  readonly #byChannel = new Map<string, readonly StoredMessage[]>();
  readonly #readTo = new Map<string, string>();
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  add(message: StoredMessage): StoredMessage {
    this.#put(message.channel, [...this.in(message.channel), message]);
    return message;
  }

  find(channel: string, ts: string): StoredMessage | undefined {
    return this.in(channel).find((message) => message.ts === ts);
  }

  in(channel: string): readonly StoredMessage[] {
    return this.#byChannel.get(channel) ?? [];
  }

  /** What everybody sees in the thread of a message, oldest first. */
  inThread({ channel, ts }: Pick<StoredMessage, 'channel' | 'ts'>): readonly StoredMessage[] {
    return this.in(channel).filter((one) => one.threadTs === ts && one.visibleTo === undefined);
  }

  /** Replaces a message by what `change` makes of it; does nothing when it is gone. */
  change(channel: string, ts: string, change: (message: StoredMessage) => StoredMessage): void {
    if (this.find(channel, ts) === undefined) return;
    const changed = this.in(channel).map((message) => (message.ts === ts ? change(message) : message));
    this.#put(channel, changed);
  }

  remove(channel: string, ts: string): void {
    const left = this.in(channel).filter((message) => message.ts !== ts);
    this.#put(channel, left);
  }

  /** Notes that a member has read everything in a conversation; false when there is nothing in it. */
  markRead(member: string, channel: string): boolean {
    const last = this.in(channel).at(-1);
    if (last !== undefined) this.#readTo.set(`${member} ${channel}`, last.ts);
    return last !== undefined;
  }

  /** What a member sees in a conversation and has not read, their own messages left out. */
  unread(member: string, channel: string): readonly StoredMessage[] {
    const readTo = this.#readTo.get(`${member} ${channel}`) ?? '0';
    return this.in(channel).filter(
      (one) => one.ts > readTo && one.author !== member && (one.visibleTo ?? member) === member,
    );
  }

  #put(channel: string, messages: readonly StoredMessage[]): void {
    this.#byChannel.set(channel, messages);
    this.#changes.emit({ kind: 'messages', channel });
  }
}

const RESPONSE_URL_LIFE_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;

/** Where answers sent to a response URL go. */
export interface ResponseTarget {
  readonly kind: 'message' | 'command';
  readonly channel: string;
  readonly member: string;
  /** The message whose element was pressed. */
  readonly messageTs?: string;
}

/** Hands out response URLs, each good for five answers within thirty minutes. */
export class ResponseUrls {
  readonly #known = new Map<
    string,
    { readonly target: ResponseTarget; readonly bornMs: number; uses: number }
  >();
  readonly #common: Common;
  readonly #teamId: string;

  constructor(common: Common, teamId: string) {
    this.#common = common;
    this.#teamId = teamId;
  }

  /** The path of a new response URL. */
  mint(target: ResponseTarget): string {
    const street = target.kind === 'command' ? 'commands' : 'actions';
    const path = `/${street}/${this.#teamId}/${this.#known.size + 1}/${this.#common.ids.secret()}`;
    this.#known.set(path, { target, bornMs: this.#common.now(), uses: 0 });
    return path;
  }

  /** Uses a response URL once; throws `invalid_url`, `expired_url` or `used_url`. */
  use(path: string): ResponseTarget {
    const entry = this.#known.get(path);
    if (entry === undefined) throw new SlackRefusal('invalid_url');
    if (this.#common.now() - entry.bornMs > RESPONSE_URL_LIFE_MS) throw new SlackRefusal('expired_url');
    if (entry.uses >= RESPONSE_URL_USES) throw new SlackRefusal('used_url');
    entry.uses += 1;
    return entry.target;
  }
}

const TRIGGER_LIFE_MS = 3000;

/** What a trigger stands for: whose screen may change, and the modal it came from. */
interface Trigger {
  readonly member: string;
  readonly viewId?: string;
}

/** Hands out trigger ids and takes them back. */
export class Triggers {
  readonly #known = new Map<string, Trigger & { readonly bornMs: number }>();
  readonly #used = new Set<string>();
  readonly #common: Common;

  constructor(common: Common) {
    this.#common = common;
  }

  mint(trigger: Trigger): string {
    const bornMs = this.#common.now();
    const id = `${this.#known.size + 1}.${Math.floor(bornMs)}.${this.#common.ids.secret()}`;
    this.#known.set(id, { ...trigger, bornMs });
    return id;
  }

  /**
   * Exchanges a trigger id; throws `invalid_trigger_id`, `exchanged_trigger_id` or, three seconds after it was
   * minted, `expired_trigger_id`.
   */
  exchange(id: string): Trigger {
    const trigger = this.#known.get(id);
    if (trigger === undefined) throw new SlackRefusal('invalid_trigger_id');
    if (this.#used.has(id)) throw new SlackRefusal('exchanged_trigger_id');
    if (this.#common.now() - trigger.bornMs > TRIGGER_LIFE_MS) throw new SlackRefusal('expired_trigger_id');
    this.#used.add(id);
    return trigger;
  }
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
export class Views {
  readonly #shown = new Map<string, ShownView>();
  readonly #common: Common;

  constructor(common: Common) {
    this.#common = common;
  }

  /** Starts a new stack with this modal. */
  open(owner: string, view: JsonObject): ShownView {
    this.clear(owner);
    return this.#add(owner, view, undefined);
  }

  /** Puts a modal on top of the stack; throws `push_limit_reached` when it would be the fourth. */
  push(owner: string, view: JsonObject): ShownView {
    const stack = this.stack(owner);
    if (stack.length >= STACK_LIMIT) throw new SlackRefusal('push_limit_reached');
    return this.#add(owner, view, stack.at(-1));
  }

  /** Replaces the content of a view; throws `not_found` or, when the hash is an old one, `hash_conflict`. */
  update(id: string, view: JsonObject, hash: string | undefined): ShownView {
    const before = this.#shown.get(id);
    if (before === undefined) throw new SlackRefusal('not_found');
    if (hash !== undefined && hash !== before.hash) throw new SlackRefusal('hash_conflict');
    this.#refuseDoubleExternalId(view, id);
    const content = this.#freshContent(view);
    return this.#keep({ ...before, ...content, state: keepState(content.state, before.state) });
  }

  publish(owner: string, view: JsonObject, hash: string | undefined): ShownView {
    const home = this.home(owner);
    return home === undefined ? this.#add(owner, view, undefined) : this.update(home.id, view, hash);
  }

  stack(owner: string): readonly ShownView[] {
    return this.#all().filter((one) => one.owner === owner && one.view.type !== 'home');
  }

  home(owner: string): ShownView | undefined {
    return this.#all().find((one) => one.owner === owner && one.view.type === 'home');
  }

  find(id: string): ShownView | undefined {
    return this.#shown.get(id);
  }

  findByExternalId(externalId: string): ShownView | undefined {
    return this.#all().find((one) => one.view.external_id === externalId);
  }

  /** Changes what is on the screen without the app's doing. */
  change(
    id: string,
    fields: Partial<Pick<ShownView, 'state' | 'errors' | 'isSubmitting' | 'warning'>>,
  ): void {
    const before = this.#shown.get(id);
    if (before !== undefined) this.#keep({ ...before, ...fields });
  }

  /** Takes the view and all above it off the screen. */
  close(id: string): void {
    const view = this.#shown.get(id);
    if (view === undefined) return;
    const stack = this.stack(view.owner);
    const at = stack.findIndex((one) => one.id === id);
    for (const one of stack.slice(at)) this.#shown.delete(one.id);
    this.#common.changes.emit({ kind: 'views', member: view.owner });
  }

  clear(owner: string): void {
    const [root] = this.stack(owner);
    if (root !== undefined) this.close(root.id);
  }

  #all(): readonly ShownView[] {
    return [...this.#shown.values()];
  }

  #keep(view: ShownView): ShownView {
    this.#shown.set(view.id, view);
    this.#common.changes.emit({ kind: 'views', member: view.owner });
    return view;
  }

  #add(owner: string, view: JsonObject, below: ShownView | undefined): ShownView {
    this.#refuseDoubleExternalId(view, undefined);
    const id = this.#common.ids.next('V');
    const links = { rootId: below?.rootId ?? id, previousId: below?.id ?? null };
    return this.#keep({ id, owner, ...links, ...this.#freshContent(view) });
  }

  #freshContent(view: JsonObject) {
    const { ids } = this.#common;
    const blocks = fillIds(objectsAt(view, 'blocks'), () => ids.short());
    return {
      view: { ...view, blocks },
      hash: `${ids.nextTs().slice(0, 10)}.${ids.secret().slice(0, 8)}`,
      state: initialState(blocks),
      errors: {},
      isSubmitting: false,
      warning: undefined,
    };
  }

  #refuseDoubleExternalId(view: JsonObject, self: string | undefined): void {
    const externalId = textAt(view, 'external_id') ?? '';
    const isTaken = this.#all().some((one) => one.id !== self && one.view.external_id === externalId);
    if (externalId !== '' && isTaken) throw new SlackRefusal('duplicate_external_id');
  }
}

/** How long to wait, and what to call it when it does not come. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly whatFor?: string;
}

/** Tells listeners that something in the workspace changed. */
export class Changes {
  readonly #listeners = new Set<(event: ChangeEvent) => void>();

  emit(event: ChangeEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Calls the listener on every change until the returned function is called. */
  listen(listener: (event: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves with the first value of `read` that is neither `undefined` nor `false`, looking again after each
   * change; rejects with `whatFor` in its message once `timeoutMs` of real time have passed.
   */
  waitFor<T>(
    read: () => T | undefined | false,
    { timeoutMs = 5000, whatFor = 'the expected change' }: WaitOptions = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const stop = this.listen(() => poll());
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
}

/** Names new things the way Slack does: equal seeds and clocks give equal names. */
export class Ids {
  readonly #seed: string;
  readonly #now: () => number;
  #count = 0;
  #lastMicros = 0;

  constructor(seed: string, now: () => number) {
    this.#seed = seed;
    this.#now = now;
  }

  /** A new id such as `C0A1B2C3D4`, with the given first letters. */
  next(prefix: string): string {
    return `${prefix}0${this.#digest().slice(0, 9).toUpperCase()}`;
  }

  /** A new unguessable-looking secret of 24 hexadecimal digits. */
  secret(): string {
    return this.#digest().slice(0, 24);
  }

  /** A new id of five digits, as Slack gives to blocks and actions. */
  short(): string {
    return this.#digest().slice(0, 5);
  }

  /** The next message timestamp: seconds and microseconds, never the same twice, never going back. */
  nextTs(): string {
    this.#lastMicros = Math.max(Math.floor(this.#now()) * 1000, this.#lastMicros + 1);
    const seconds = Math.floor(this.#lastMicros / 1_000_000);
    return `${seconds}.${String(this.#lastMicros % 1_000_000).padStart(6, '0')}`;
  }

  #digest(): string {
    this.#count += 1;
    return createHash('sha256').update(`${this.#seed}:${this.#count}`).digest('hex');
  }
}

/** A file on its way into a conversation, or shared there. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  /** Absent until its bytes came. */
  readonly text?: string;
  /** Where it was shared; absent until then. */
  readonly channel?: string;
}

/** The files of a workspace, by the secret path each is uploaded to. */
export class Files {
  readonly #byPath = new Map<string, StoredFile>();

  /** Opens a place for a file and gives its path. */
  open(path: string, file: StoredFile): void {
    this.#byPath.set(path, file);
  }

  all(): readonly StoredFile[] {
    return [...this.#byPath.values()];
  }

  find(id: string): StoredFile | undefined {
    return this.all().find((file) => file.id === id);
  }

  /** Takes the bytes of a file, once and in the length that was announced; says whether they were taken. */
  take(path: string, text: string): boolean {
    const file = this.#byPath.get(path);
    if (file === undefined || file.text !== undefined || Buffer.byteLength(text) !== file.length)
      return false;
    this.#byPath.set(path, { ...file, text });
    return true;
  }

  share(id: string, channel: string): void {
    for (const [path, file] of this.#byPath) if (file.id === id) this.#byPath.set(path, { ...file, channel });
  }
}
