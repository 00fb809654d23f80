/**
 * What the simulated workspace and its browser page say to each other.
 *
 * The page holds no truth: it draws what the server answers and posts what the person did. Every verb here
 * is also a method of the simulator, so a test and a person have the same hands.
 *
 *   GET  /_sim/state?as=U…                 → WorkspaceState
 *   GET  /_sim/messages?as=U…&channel=C…   → ShownMessage[] (oldest first, ephemeral ones of that person included)
 *   GET  /_sim/traffic?after=N             → TrafficEntry[]
 *   GET  /_sim/events                      → server-sent events, each one a ChangeEvent
 *   POST /_sim/press | /_sim/submit-view | /_sim/close-view | /_sim/press-in-view | /_sim/open-home | /_sim/say
 *      | /_sim/read
 *   GET  /                                 → the page; GET /page/<file> → its scripts and styles
 */

/** Which conversation is open, and who the person at the screen is; both live in the page's address. */
export interface Route {
  readonly actingAs?: string;
  readonly channel?: string;
  /** Set while the app's Home tab is open in place of a conversation. */
  readonly isHome?: boolean;
}

/** Reads a route from `location.hash`. */
export function readRoute(hash: string): Route {
  const text = new URLSearchParams(hash.replace(/^#/, ''));
  const actingAs = text.get('as');
  const channel = text.get('channel');
  const isHome = text.get('tab') === 'home';
  return {
    ...(actingAs ? { actingAs } : {}),
    ...(channel ? { channel } : {}),
    ...(isHome ? { isHome } : {}),
  };
}

/** Writes a route as a link, so that a second tab can be somebody else. */
export function routeLink({ actingAs, channel, isHome }: Route): string {
  const text = new URLSearchParams();
  if (actingAs !== undefined) text.set('as', actingAs);
  if (channel !== undefined) text.set('channel', channel);
  if (isHome) text.set('tab', 'home');
  return `#${text.toString()}`;
}

/** A member of the simulated workspace. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly title: string;
  readonly email: string;
  readonly isBot: boolean;
  readonly isGuest: boolean;
  readonly isStranger: boolean;
  readonly isDeactivated: boolean;
}

/** A channel or a direct conversation, as one member sees it. */
export interface ShownConversation {
  readonly id: string;
  readonly kind: 'channel' | 'im';
  /** Channel name without `#`, or the name of the other side of a direct conversation. */
  readonly name: string;
  readonly topic: string;
  readonly isArchived: boolean;
  readonly isMember: boolean;
  readonly unread: number;
  readonly withMember?: string;
}

/** A modal that is open on one member's screen, the last one of the stack on top, or their Home tab. */
export interface OpenView {
  readonly id: string;
  /** Names its content: another one after every change by the app. */
  readonly hash: string;
  /** The view as the app sent it (Block Kit). */
  readonly view: Readonly<Record<string, unknown>>;
  /** Errors by block id, from the app's answer to the last submission. */
  readonly errors: Readonly<Record<string, string>>;
  readonly isSubmitting: boolean;
  /** Shown in the modal when the app's answer did not come or could not be used. */
  readonly warning?: string;
}

/** Everything the page needs besides messages. */
export interface WorkspaceState {
  readonly teamId: string;
  readonly teamName: string;
  readonly actingAs: string;
  readonly appName: string;
  /** True while an app is connected (Socket Mode) or has a request URL (HTTP). */
  readonly appIsConnected: boolean;
  readonly nowMs: number;
  readonly members: readonly Member[];
  readonly groups: readonly MentionedGroup[];
  readonly conversations: readonly ShownConversation[];
  readonly views: readonly OpenView[];
  /** The Home tab the app published for this person; absent while there is none. */
  readonly home?: OpenView;
}

/** A user group, by which many are called at once. */
interface MentionedGroup {
  readonly id: string;
  /** Without `@`. */
  readonly handle: string;
}

/** One message as one member sees it. */
export interface ShownMessage {
  readonly ts: string;
  readonly channel: string;
  readonly author: string;
  readonly isFromApp: boolean;
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
  readonly isEdited: boolean;
  readonly isEphemeral: boolean;
  readonly threadTs?: string;
  readonly replyCount: number;
  readonly sentMs: number;
  /** Shown under the message after a press that the app did not acknowledge in three seconds. */
  readonly warning?: string;
  /** Action ids whose press is waiting for its acknowledgement. */
  readonly busyActions: readonly string[];
}

/** One request or frame between app and workspace, for the raw-traffic view; secrets are masked. */
export interface TrafficEntry {
  readonly n: number;
  readonly atMs: number;
  readonly direction: 'app-to-slack' | 'slack-to-app';
  readonly name: string;
  readonly outcome: string;
  readonly durationMs?: number;
  readonly request: unknown;
  readonly response: unknown;
}

/** Something changed; the page reads again what the event names. */
export interface ChangeEvent {
  readonly kind: 'messages' | 'views' | 'state' | 'traffic';
  readonly channel?: string;
  readonly member?: string;
}

/**
 * Presses an element of a message.
 *
 * This and the bodies of the other POST verbs answer 200 `{ok:true}` or 4xx `{ok:false,error}`.
 */
export interface ClickRequest {
  readonly as: string;
  readonly channel: string;
  readonly ts: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly value?: string;
}

/** Submits the modal on top, with what was entered. */
export interface SubmitViewRequest {
  readonly as: string;
  readonly viewId: string;
  /** Slack's `view.state.values`: block id → action id → element state. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Closes a modal. */
export interface CloseViewRequest {
  readonly as: string;
  readonly viewId: string;
}

/** Uses an element of a modal or Home tab, with what else was entered so far. */
export interface ClickInViewRequest {
  readonly as: string;
  readonly viewId: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly value?: string;
  readonly values?: SubmitViewRequest['values'];
}

/** Says something; a text that begins with a slash is a command. */
export interface SayRequest {
  readonly as: string;
  readonly channel: string;
  readonly text: string;
}

/** Marks a conversation as read. */
export interface ReadRequest {
  readonly as: string;
  readonly channel: string;
}
