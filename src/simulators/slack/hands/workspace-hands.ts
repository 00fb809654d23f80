import type { FaultPlan, PlannedFault } from '../api/faults.js';
import type { AckResult } from '../delivery/deliver.js';
import type { DisconnectReason } from '../delivery/socket-mode.js';
import type {
  ClickInViewRequest,
  CloseViewRequest,
  OpenView,
  ReadRequest,
  SayRequest,
  SubmitViewRequest,
  WorkspaceState,
} from '../page/protocol.js';
import type { WaitOptions } from '../state/changes.js';
import type { Conversation, NewChannel } from '../state/conversations.js';
import type { NewMember, UserGroup, WorkspaceMember } from '../state/directory.js';
import type { JsonObject } from '../wire/json-object.js';
import type { Outcome } from './connection.js';
import type { MessageClick } from './press.js';
import type { CommandRequest } from './run-command.js';
import type { SeenMessage } from './shown.js';
import type { Submission } from './views/submission.js';

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
