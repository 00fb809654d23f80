import { Drafts, findProblems, readValues, recordOf, stringOf, type Values } from './block-kit.js';
import type { BlockScope } from './blocks.js';
import { toast } from './parts.js';
import type {
  ChangeEvent,
  ClickRequest,
  OpenView,
  Route,
  ShownConversation,
  ShownMessage,
  TrafficEntry,
  WorkspaceState,
} from './protocol.js';
import { readRoute, routeLink } from './protocol.js';

const keptTraffic = 400;
const reconnectAfterMs = 1500;

/**
 * Who is at the screen, where, and what the workspace last said about both.
 *
 * Holds all that is drawn: reads what changed, posts what the person does, and says when to draw anew. The
 * address holds who one is and which conversation is open; everything else is the workspace's.
 */
export class Session {
  workspace: WorkspaceState | undefined;
  isOnline = true;
  /** The messages of the place named by `messagesOf`, until those of a newly opened one are there. */
  messages: readonly ShownMessage[] = [];
  messagesOf = '';
  /** Newest first. */
  traffic: readonly TrafficEntry[] = [];
  isTrafficOpen = false;
  /** Threads that the person turned against the rule by which they are open or folded. */
  readonly toggledThreads = new Set<string>();
  readonly #openedTexts = new Set<string>();
  readonly #drafts = new Drafts();
  readonly #problems = new Map<string, Readonly<Record<string, string>>>();
  readonly #clicks = new Map<string, number>();
  readonly #draw: () => void;
  readonly #refreshState = oneAtATime(() => this.#readState());
  readonly #refreshMessages = oneAtATime(() => this.#readMessages());
  readonly #refreshTraffic = oneAtATime(() => this.#readTraffic());

  /** `draw` puts what the session holds on the screen. */
  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Reads everything, and again whatever changes from now on. */
  start(): void {
    window.addEventListener('hashchange', () => void this.#refreshAll().then(() => this.#openHome()));
    document.addEventListener('visibilitychange', () => void this.#markRead());
    this.#listen();
  }

  get actingAs(): string {
    return this.workspace?.actingAs ?? '';
  }

  /** Tells whether the app's Home tab is open in place of a conversation. */
  get isHome(): boolean {
    return readRoute(location.hash).isHome ?? false;
  }

  get channel(): ShownConversation | undefined {
    if (this.isHome) return undefined;
    const conversations = this.workspace?.conversations ?? [];
    const wanted = readRoute(location.hash).channel;
    const found = conversations.find((conversation) => conversation.id === wanted);
    return found ?? conversations.find((conversation) => conversation.isMember) ?? conversations[0];
  }

  /** Names whose conversation is on the screen. */
  get place(): string {
    return `${this.actingAs} ${this.channel?.id}`;
  }

  /** What blocks need besides the message or modal they stand in. */
  get blockContext(): Pick<BlockScope, 'reader' | 'members' | 'conversations' | 'opened'> {
    const { members = [], conversations = [], groups = [], nowMs = 0 } = this.workspace ?? {};
    const reader = {
      actingAs: this.actingAs,
      nowMs,
      memberName: (id: string) => members.find((member) => member.id === id)?.realName,
      groupHandle: (id: string) => groups.find((group) => group.id === id)?.handle,
      channelName: (id: string) => conversations.find((conversation) => conversation.id === id)?.name,
    };
    return { reader, members, conversations, opened: this.#openedTexts };
  }

  /** Does something as the person at the screen and answers whether it was done; a refusal is said on the page. */
  async post(verb: string, body: object): Promise<boolean> {
    const refusal = await post(verb, { as: this.actingAs, ...body });
    if (refusal !== undefined) toast(refusal, 'problem');
    return refusal === undefined;
  }

  /** Turns a thread from open to folded or back. */
  toggleThread(ts: string): void {
    if (!this.toggledThreads.delete(ts)) this.toggledThreads.add(ts);
    this.#draw();
  }

  openTraffic(isOpen: boolean): void {
    this.isTrafficOpen = isOpen;
    this.#draw();
    if (isOpen) void this.#refreshTraffic();
  }

  /** Presses an element of a message; its button is busy until the workspace took the press. */
  async click(request: ClickRequest): Promise<boolean> {
    const key = clickKey(request.ts, request.actionId);
    const count = (change: 1 | -1): void => {
      const left = (this.#clicks.get(key) ?? 0) + change;
      if (left === 0) this.#clicks.delete(key);
      else this.#clicks.set(key, left);
      this.#draw();
    };
    count(1);
    const isDone = await this.post('press', request);
    count(-1);
    return isDone;
  }

  /** Presses at the same moment, and says so once the workspace took every press. */
  async clickTogether(requests: readonly ClickRequest[]): Promise<void> {
    const results = await Promise.all(requests.map((request) => this.click(request)));
    if (!results.every(Boolean)) return;
    // A private answer to somebody else is easily missed, so the person is told where it is.
    const other = requests.find((request) => request.as !== this.actingAs)?.as;
    const name = other && (this.blockContext.reader.memberName(other) ?? other);
    const where = name ? ` Act as ${name} to see what that person was told.` : '';
    toast(`Both presses were delivered.${where}`);
  }

  isBusy(message: ShownMessage, actionId: string): boolean {
    return message.busyActions.includes(actionId) || this.#clicks.has(clickKey(message.ts, actionId));
  }

  /** The presses under way in a message, as a text that changes with them. */
  clicksIn({ ts }: ShownMessage): string {
    return [...this.#clicks.keys()].filter((key) => key.startsWith(clickKey(ts, ''))).join();
  }

  /** What surrounds the blocks of a modal. */
  scopeOf(view: OpenView): BlockScope {
    return {
      ...this.blockContext,
      key: view.id,
      errors: { ...view.errors, ...this.#problems.get(view.id) },
      isBusy: () => false,
      typed: (blockId, actionId) => this.#drafts.read(view.id, blockId, actionId),
      remember: (entry) => this.#drafts.write(view.id, entry),
      click: (click) =>
        void this.post('press-in-view', { viewId: view.id, ...click, values: this.#valuesOf(view) }),
    };
  }

  /** Sends a modal, unless something is missing: that is shown beside its field, and the answer is false. */
  submit(view: OpenView): boolean {
    const values = this.#valuesOf(view);
    const problems = findProblems(view.view, values);
    const isComplete = Object.keys(problems).length === 0;
    this.#problems.set(view.id, problems);
    this.#draw();
    if (isComplete) void this.post('submit-view', { viewId: view.id, values });
    return isComplete;
  }

  #valuesOf({ id, view }: OpenView): Values {
    return readValues(view, (blockId, actionId) => this.#drafts.read(id, blockId, actionId));
  }

  #listen(): void {
    const source = new EventSource('/_sim/events');
    source.addEventListener('open', () => this.#turn(true));
    source.addEventListener('message', (event: MessageEvent<string>) => {
      this.#change(JSON.parse(event.data) as ChangeEvent);
    });
    source.addEventListener('error', () => {
      this.#turn(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#listen(), reconnectAfterMs);
    });
  }

  #turn(isOnline: boolean): void {
    // A workspace that starts again counts its traffic from one.
    if (!isOnline) this.traffic = [];
    this.isOnline = isOnline;
    this.#draw();
    if (isOnline) void this.#refreshAll().then(() => this.#openHome());
  }

  /** The app hears that somebody opened its Home tab, and publishes what stands there. */
  async #openHome(): Promise<void> {
    if (this.isHome && this.workspace !== undefined) await this.post('open-home', {});
  }

  #change(event: ChangeEvent): void {
    const isHere = event.channel === undefined || event.channel === this.channel?.id;
    if (event.kind === 'messages' && isHere) void this.#refreshMessages();
    void (event.kind === 'traffic' ? this.#refreshTraffic() : this.#refreshState());
  }

  async #refreshAll(): Promise<void> {
    await this.#refreshState();
    await Promise.all([this.#refreshMessages(), this.#refreshTraffic()]);
  }

  async #readState(): Promise<void> {
    const wanted = readRoute(location.hash).actingAs;
    const state = await read<WorkspaceState>('state', wanted === undefined ? {} : { as: wanted }).catch(
      (error: unknown) => {
        if (!(error instanceof WorkspaceRefusal)) throw error;
        toast(error.message, 'problem');
        if (wanted !== undefined) location.replace(routeLink(this.#wayBack(wanted)));
        return undefined;
      },
    );
    if (state === undefined || readRoute(location.hash).actingAs !== wanted) return;
    this.workspace = state;
    const ids = [...state.views, ...(state.home ? [state.home] : [])].map(({ id }) => id);
    this.#drafts.keepOnly(ids);
    for (const id of [...this.#problems.keys()]) if (!ids.includes(id)) this.#problems.delete(id);
    this.#draw();
    await this.#markRead();
  }

  /** Nobody can be a person whom the workspace refuses, so the page goes back to whoever it was before. */
  #wayBack(refused: string): Route {
    return this.workspace === undefined || this.actingAs === refused ? {} : { actingAs: this.actingAs };
  }

  async #readMessages(): Promise<void> {
    const { place, channel, actingAs } = this;
    if (channel === undefined) return;
    const messages = await read<readonly ShownMessage[]>('messages', { as: actingAs, channel: channel.id });
    if (place !== this.place) return;
    this.messages = messages;
    this.messagesOf = place;
    this.#draw();
  }

  async #readTraffic(): Promise<void> {
    if (!this.isTrafficOpen) return;
    const after = this.traffic[0]?.n ?? 0;
    const entries = await read<readonly TrafficEntry[]>('traffic', { after: String(after) });
    this.traffic = [...[...entries].reverse(), ...this.traffic].slice(0, keptTraffic);
    this.#draw();
  }

  /** Tells the workspace that the messages are read, if there is news and somebody looks at the page. */
  async #markRead(): Promise<void> {
    const { channel } = this;
    if (channel === undefined || !channel.isMember || channel.unread === 0 || document.hidden) return;
    await post('read', { as: this.actingAs, channel: channel.id });
  }
}

function clickKey(ts: string, actionId: string): string {
  return `${ts} ${actionId}`;
}

/**
 * Makes work that never overlaps itself: calls during a run share one more run after it.
 *
 * A failed run is not repeated; the next change asks again.
 */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = work()
      .catch(reportError)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return () => {
    if (running === undefined) return start();
    following ??= running.then(() => {
      following = undefined;
      return start();
    });
    return following;
  };
}

/** Says in one sentence why the workspace would not answer. */
class WorkspaceRefusal extends Error {}

async function read<Result>(name: string, query: Readonly<Record<string, string>>): Promise<Result> {
  const response = await fetch(`/_sim/${name}?${new URLSearchParams(query).toString()}`);
  if (!response.ok) throw new WorkspaceRefusal(await refusalIn(response));
  return (await response.json()) as Result;
}

/** Answers why it was refused, nothing once it is done; never throws, since no answer is a refusal too. */
async function post(verb: string, body: object): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`/_sim/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.ok ? undefined : await refusalIn(response);
  } catch {
    return 'The simulated workspace does not answer.';
  }
}

/** The sentence of a refusal, or its code when it comes without one. */
async function refusalIn(response: Response): Promise<string> {
  const { message, error } = recordOf(await response.json().catch(() => undefined));
  return stringOf(message) || stringOf(error) || `HTTP ${response.status}`;
}
