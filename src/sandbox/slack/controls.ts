import type { JsonObject } from './api-method.js';
import type { AckResult, Connection, Outcome } from './connection.js';
import type { FaultPlan, PlannedFault } from './faults.js';
import {
  actingMember,
  type CommandRequest,
  click,
  clickInView,
  closeView,
  knownConversation,
  type MessageClick,
  openView,
  runCommand,
  type SeenMessage,
  type Submission,
  say,
  shownMessage,
  shownMessages,
  submitView,
  workspaceState,
} from './interactions.js';
import type {
  ClickInViewRequest,
  CloseViewRequest,
  OpenView,
  ReadRequest,
  SayRequest,
  SubmitViewRequest,
  WorkspaceState,
} from './page/protocol.js';
import { slackView } from './payloads.js';
import type { DisconnectReason } from './socket-mode.js';
import type {
  Conversation,
  NewChannel,
  NewMember,
  UserGroup,
  WaitOptions,
  WorkspaceMember,
} from './state.js';
import type { World } from './world.js';

/** Creates everything people can do in a workspace. */
export function createControls(options: {
  readonly world: World;
  readonly connection: Connection;
  readonly deliverEvent: (event: JsonObject) => Promise<AckResult>;
  readonly isConnected: () => boolean;
  readonly disconnect: (reason: DisconnectReason) => void;
}): WorkspaceControls {
  const { world, connection, deliverEvent } = options;
  return {
    ...createAdminControls(world),
    ...createEyes(world, options.isConnected),
    click: (request) => click(world, connection, request),
    submitView: (request) => submitView(world, connection, request),
    closeView: (request) => closeView(world, connection, request),
    clickInView: (request) => clickInView(world, connection, request),
    command: (request) => runCommand(world, connection, request),
    say(request) {
      const message = say(world, request);
      const channelType = world.conversations.find(request.channel)?.kind === 'im' ? 'im' : 'channel';
      const subscription = channelType === 'im' ? 'message.im' : 'message.channels';
      if (world.settings.subscribedEvents.includes(subscription)) {
        const { channel, author: user, text, ts } = message;
        void deliverEvent({ type: 'message', channel, channel_type: channelType, user, text, ts });
      }
      return shownMessage(world, message);
    },
    read({ as, channel }) {
      const last = world.messages.in(channel).at(-1);
      if (last === undefined) return;
      world.readMarks.set(as, channel, last.ts);
      world.changes.emit({ kind: 'state', member: as });
    },
    openHome(member) {
      const view = world.views.home(actingMember(world, member).id);
      const channel = world.conversations.openIm(member).id;
      const seen = view === undefined ? {} : { view: slackView(world, view) };
      return deliverEvent({ type: 'app_home_opened', user: member, channel, tab: 'home', ...seen });
    },
    event: deliverEvent,
    fail: (plan) => world.faults.plan(plan),
    disconnectSockets: options.disconnect,
  };
}

type Eyes = Pick<
  WorkspaceControls,
  'messages' | 'message' | 'thread' | 'views' | 'home' | 'state' | 'waitFor' | 'waitForMessage'
>;

function createEyes(world: World, isConnected: () => boolean): Eyes {
  const everyMessage = () =>
    world.conversations
      .all()
      .flatMap(({ id }) => world.messages.in(id))
      .map((message) => shownMessage(world, message));
  return {
    messages: (channel, as) => shownMessages(world, channel, as),
    message(channel, ts) {
      const message = world.messages.find(channel, ts);
      return message === undefined ? undefined : shownMessage(world, message);
    },
    thread: (channel, ts) =>
      world.messages.inThread({ channel, ts }).map((message) => shownMessage(world, message)),
    views: (member) => world.views.stack(member).map(openView),
    home(member) {
      const home = world.views.home(member);
      return home === undefined ? undefined : openView(home);
    },
    state: (as) => workspaceState(world, as, isConnected()),
    waitFor: (read, wait) => world.changes.waitFor(read, wait),
    waitForMessage: (fits, wait) =>
      world.changes.waitFor(() => everyMessage().find(fits), { whatFor: 'a message', ...wait }),
  };
}

type AdminControls = Pick<
  WorkspaceControls,
  | 'addMember'
  | 'changeMember'
  | 'deactivate'
  | 'addGroup'
  | 'addChannel'
  | 'join'
  | 'leave'
  | 'inviteApp'
  | 'removeApp'
  | 'archive'
  | 'deleteMessage'
  | 'im'
>;

/** Creates what an administrator of the workspace does: people, groups and channels. */
function createAdminControls(world: World): AdminControls {
  const { directory, conversations, changes } = world;
  const { botUserId } = world.settings.app;
  const announced = <T>(value: T): T => {
    changes.emit({ kind: 'state' });
    return value;
  };
  const setMembers = (channel: string, change: (members: Set<string>) => void) => {
    const members = new Set(knownConversation(world, channel).members);
    change(members);
    conversations.change(channel, { members });
  };
  const join = (channel: string, member: string) =>
    setMembers(channel, (members) => {
      members.add(member);
    });
  const leave = (channel: string, member: string) =>
    setMembers(channel, (members) => {
      members.delete(member);
    });
  return {
    addMember: (member) => announced(directory.add(member)),
    changeMember: (id, fields) => announced(directory.change(id, fields)),
    deactivate: (member) => {
      announced(directory.change(member, { isDeactivated: true }));
    },
    addGroup: (group) => announced(directory.addGroup(group)),
    addChannel: (channel) => conversations.addChannel(channel),
    join,
    leave,
    inviteApp: (channel) => join(channel, botUserId),
    removeApp: (channel) => leave(channel, botUserId),
    archive: (channel) => {
      conversations.change(channel, { isArchived: true });
    },
    deleteMessage: (channel, ts) => world.messages.remove(knownConversation(world, channel).id, ts),
    im: (member) => conversations.openIm(member),
  };
}

/** What a person, a test or the browser page can do in the workspace. */
export interface WorkspaceControls {
  addMember(member: NewMember): WorkspaceMember;
  changeMember(id: string, fields: Partial<Omit<WorkspaceMember, 'id'>>): WorkspaceMember;
  deactivate(member: string): void;
  addGroup(group: Omit<UserGroup, 'id'> & { readonly id?: string }): UserGroup;
  addChannel(channel: NewChannel): Conversation;
  join(channel: string, member: string): void;
  leave(channel: string, member: string): void;
  inviteApp(channel: string): void;
  removeApp(channel: string): void;
  archive(channel: string): void;
  /** Deletes a message, as a moderator may; what was said in its thread stays. */
  deleteMessage(channel: string, ts: string): void;
  /** The direct conversation of the app with a member, opened on first use. */
  im(member: string): Conversation;

  /** Oldest first; with `as`, ephemeral messages of that member too. */
  messages(channel: string, as?: string): readonly SeenMessage[];
  /** One message, ephemeral or not; nothing when it is gone. */
  message(channel: string, ts: string): SeenMessage | undefined;
  /** What everybody sees in the thread of a message, oldest first. */
  thread(channel: string, ts: string): readonly SeenMessage[];
  views(member: string): readonly OpenView[];
  /** The Home tab the app published for a member. */
  home(member: string): OpenView | undefined;
  state(as: string): WorkspaceState;

  click(request: MessageClick): Promise<Outcome>;
  submitView(request: SubmitViewRequest): Promise<Submission>;
  closeView(request: CloseViewRequest): Promise<void>;
  clickInView(request: Omit<ClickInViewRequest, 'blockId'> & { readonly blockId?: string }): Promise<Outcome>;
  command(request: CommandRequest): Promise<Outcome>;
  /**
   * Posts a member's message. If the app is subscribed to `message.channels` or `message.im` it hears of it;
   * nobody waits for its acknowledgement.
   */
  say(request: SayRequest & { readonly threadTs?: string }): SeenMessage;
  read(request: ReadRequest): void;
  /** Opens the app's Home tab, which the app hears of as `app_home_opened`. */
  openHome(member: string): Promise<AckResult>;
  /** Delivers any event, with repetitions while nobody acknowledges it. */
  event(event: JsonObject): Promise<AckResult>;

  fail(plan: FaultPlan): PlannedFault;
  disconnectSockets(reason: DisconnectReason): void;
  /** Resolves once something `read` finds is neither `undefined` nor `false`, looking after each change. */
  waitFor<T>(read: () => T | undefined | false, options?: WaitOptions): Promise<T>;
  /** Resolves with the first message anywhere that fits, ephemeral ones included. */
  waitForMessage(fits: (message: SeenMessage) => boolean, options?: WaitOptions): Promise<SeenMessage>;
}
