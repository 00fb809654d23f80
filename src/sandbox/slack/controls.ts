import type { JsonObject } from './api-method.js';
import type { AckResult } from './connection.js';
import type { Delivery } from './delivery.js';
import type { FaultPlan, PlannedFault } from './faults.js';
import {
  actingMember,
  Interactions,
  knownConversation,
  openView,
  type SeenMessage,
  shownMessage,
  workspaceState,
} from './interactions.js';
import type { OpenView, ReadRequest, SayRequest, WorkspaceState } from './page/protocol.js';
import { slackView } from './payloads.js';
import type { DisconnectReason } from './socket-mode.js';
import type {
  Conversation,
  NewChannel,
  NewMember,
  StoredFile,
  StoredMessage,
  UserGroup,
  WaitOptions,
  WorkspaceMember,
} from './state.js';
import { checkedView } from './views.js';
import type { Omitted, World } from './world.js';

/** What a person, a test or the browser page can do in the workspace. */
export class WorkspaceControls extends Interactions {
  readonly #delivery: Delivery;

  constructor(world: World, delivery: Delivery) {
    super(world, delivery);
    this.#delivery = delivery;
  }

  /** Ends the bot token in force before its time. */
  expireBotToken(): void {
    this.world.tokens.expire();
  }

  addMember(member: NewMember): WorkspaceMember {
    return this.#announced(this.world.directory.add(member));
  }

  changeMember(id: string, fields: Partial<Omit<WorkspaceMember, 'id'>>): WorkspaceMember {
    return this.#announced(this.world.directory.change(id, fields));
  }

  deactivate(member: string): void {
    this.changeMember(member, { isDeactivated: true });
  }

  addGroup(group: Omit<UserGroup, 'id'> & { readonly id?: string }): UserGroup {
    return this.#announced(this.world.directory.addGroup(group));
  }

  addChannel(channel: NewChannel): Conversation {
    return this.world.conversations.addChannel(channel);
  }

  join(channel: string, member: string): void {
    const { members } = knownConversation(this.world, channel);
    this.world.conversations.change(channel, { members: new Set([...members, member]) });
  }

  leave(channel: string, member: string): void {
    const members = [...knownConversation(this.world, channel).members].filter((one) => one !== member);
    this.world.conversations.change(channel, { members: new Set(members) });
  }

  inviteApp(channel: string): void {
    this.join(channel, this.world.settings.app.botUserId);
  }

  removeApp(channel: string): void {
    this.leave(channel, this.world.settings.app.botUserId);
  }

  archive(channel: string): void {
    this.world.conversations.change(channel, { isArchived: true });
  }

  /** Deletes a message, as a moderator may; what was said in its thread stays. */
  deleteMessage(channel: string, ts: string): void {
    this.world.messages.remove(knownConversation(this.world, channel).id, ts);
  }

  /** The direct conversation of the app with a member, opened on first use. */
  im(member: string): Conversation {
    return this.world.conversations.openIm(member);
  }

  /** The files that were shared in a conversation, in the order of their upload. */
  files(channel: string): readonly StoredFile[] {
    return this.world.files.all().filter((file) => file.channel === channel);
  }

  /** Oldest first; with `as`, ephemeral messages of that member too. */
  messages(channel: string, as?: string): readonly SeenMessage[] {
    const all = this.world.messages.in(channel);
    return this.#seen(all.filter(({ visibleTo }) => visibleTo === undefined || visibleTo === as));
  }

  /** One message, ephemeral or not; nothing when it is gone. */
  message(channel: string, ts: string): SeenMessage | undefined {
    const message = this.world.messages.find(channel, ts);
    return message && shownMessage(this.world, message);
  }

  /** What everybody sees in the thread of a message, oldest first. */
  thread(channel: string, ts: string): readonly SeenMessage[] {
    return this.#seen(this.world.messages.inThread({ channel, ts }));
  }

  views(member: string): readonly OpenView[] {
    return this.world.views.stack(member).map(openView);
  }

  /** The Home tab the app published for a member. */
  home(member: string): OpenView | undefined {
    const home = this.world.views.home(member);
    return home && openView(home);
  }

  /** Publishes a Home tab for a member behind the app's back, as another installation with its token would. */
  publishHome(member: string, view: JsonObject): OpenView {
    return openView(this.world.views.publish(member, checkedView(view, 'home'), undefined));
  }

  state(as: string): WorkspaceState {
    return workspaceState(this.world, as, this.#delivery.isConnected());
  }

  /**
   * Posts a member's message. If the app is subscribed to `message.channels` or `message.im` it hears of it;
   * nobody waits for its acknowledgement.
   */
  say(request: SayRequest & { readonly threadTs?: string }): SeenMessage {
    const message = this.post(request);
    const channelType = this.world.conversations.find(request.channel)?.kind === 'im' ? 'im' : 'channel';
    const subscription = channelType === 'im' ? 'message.im' : 'message.channels';
    if (this.world.settings.subscribedEvents.includes(subscription)) {
      const { channel, author: user, text, ts } = message;
      void this.event({ type: 'message', channel, channel_type: channelType, user, text, ts });
    }
    return shownMessage(this.world, message);
  }

  read({ as, channel }: ReadRequest): void {
    if (this.world.messages.markRead(as, channel)) this.world.changes.emit({ kind: 'state', member: as });
  }

  /** Opens the app's Home tab, which the app hears of as `app_home_opened`. */
  openHome(member: string): Promise<AckResult> {
    const view = this.world.views.home(actingMember(this.world, member).id);
    const channel = this.im(member).id;
    const seen = view === undefined ? {} : { view: slackView(this.world, view) };
    return this.event({ type: 'app_home_opened', user: member, channel, tab: 'home', ...seen });
  }

  /** Delivers any event, with repetitions while nobody acknowledges it. */
  event(event: JsonObject): Promise<AckResult> {
    return this.#delivery.deliverEvent(event);
  }

  /** Leaves fields of payloads empty from now on, as Slack does now and then. */
  omit(omitted: Omitted): void {
    this.world.omitted = omitted;
  }

  fail(plan: FaultPlan): PlannedFault {
    return this.world.faults.plan(plan);
  }

  disconnectSockets(reason: DisconnectReason): void {
    this.#delivery.socketMode.disconnect(reason);
  }

  /** Resolves once something `read` finds is neither `undefined` nor `false`, looking after each change. */
  waitFor<T>(read: () => T | undefined | false, options?: WaitOptions): Promise<T> {
    return this.world.changes.waitFor(read, options);
  }

  /** Resolves with the first message anywhere that fits, ephemeral ones included. */
  waitForMessage(fits: (message: SeenMessage) => boolean, options?: WaitOptions): Promise<SeenMessage> {
    const { conversations, messages } = this.world;
    const every = () => this.#seen(conversations.all().flatMap(({ id }) => messages.in(id)));
    return this.waitFor(() => every().find(fits), { whatFor: 'a message', ...options });
  }

  #seen(messages: readonly StoredMessage[]): readonly SeenMessage[] {
    return messages.map((message) => shownMessage(this.world, message));
  }

  #announced<T>(value: T): T {
    this.world.changes.emit({ kind: 'state' });
    return value;
  }
}
