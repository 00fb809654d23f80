import { Faults, type RateLimitSettings, RateLimits } from './faults.js';
import { Changes, Conversations, Directory, Ids, Messages, ResponseUrls, Triggers, Views } from './state.js';
import { Traffic } from './traffic.js';

/** Everything a simulated workspace remembers; nobody is in a new one but the app's bot user. */
export class World {
  readonly settings: WorkspaceSettings;
  readonly now: () => number;
  readonly ids: Ids;
  readonly changes = new Changes();
  readonly messages = new Messages(this.changes);
  readonly faults = new Faults();
  readonly directory: Directory;
  readonly conversations: Conversations;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly views: Views;
  readonly traffic: Traffic;
  readonly rateLimits: RateLimits;
  /** What payloads leave empty, as Slack's do now and then. */
  omitted: Omitted = {};

  constructor(options: SlackWorkspaceOptions) {
    this.settings = workspaceSettings(options);
    const { now, seed, team, app, rateLimits } = this.settings;
    this.now = now;
    this.ids = new Ids(seed, now);
    this.directory = new Directory(this.ids, team.id);
    this.conversations = new Conversations(this, app.botUserId);
    this.triggers = new Triggers(this);
    this.responseUrls = new ResponseUrls(this, team.id);
    this.views = new Views(this);
    this.traffic = new Traffic(this);
    this.rateLimits = new RateLimits(rateLimits, now);
    const name = app.appName.toLowerCase();
    this.directory.add({ id: app.botUserId, name, realName: app.appName, isBot: true });
  }
}

/** How a workspace of an Enterprise Grid says whose member somebody is, as seen in public. */
export interface Grid {
  /** The organization. */
  readonly id: string;
  /**
   * Whose id stands in `team_id` of a person: their home workspace's, the organization's, or nobody's. With the
   * last two, payloads have no `team` either.
   */
  readonly teamIdIs: 'home' | 'organization' | 'absent';
  /** The app is installed for the whole organization, so its token belongs to no workspace. */
  readonly isOrgWide?: boolean;
}

/** Fields of payloads that come empty, or not at all. */
export interface Omitted {
  /** Names of people and channels are empty. */
  readonly names?: boolean;
  /** Nothing says which workspace a person is of. */
  readonly team?: boolean;
  /** A press in a message comes with its ids in `container` only, and says neither when it was nor how to open a window. */
  readonly envelope?: boolean;
}

/** The app installed in the workspace, with the secrets it must know. */
export interface AppIdentity {
  readonly appId: string;
  readonly appName: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** The old verification token every payload still carries. */
  readonly verificationToken: string;
  readonly scopes: readonly string[];
}

/** A slash command registered for the app. */
interface RegisteredCommand {
  readonly command: string;
  /** Sends `@name` and `#name` as `<@U…|name>` and `<#C…|name>`. */
  readonly shouldEscape: boolean;
}

/** What a simulated workspace can be told; everything has a default. */
export interface SlackWorkspaceOptions {
  readonly port?: number;
  /** Epoch milliseconds. Signatures and the ack limit use the real clock all the same. */
  readonly now?: () => number;
  readonly seed?: string;
  readonly team?: { readonly id?: string; readonly name?: string; readonly domain?: string };
  /** Set where the workspace is one of an Enterprise Grid. */
  readonly grid?: Grid;
  readonly app?: Partial<AppIdentity>;
  readonly commands?: readonly (string | RegisteredCommand)[];
  /** Event types the app is subscribed to, such as `app_home_opened` or `message.im`. */
  readonly subscribedEvents?: readonly string[];
  /** Real milliseconds the app has to acknowledge. */
  readonly ackTimeoutMs?: number;
  /** Real milliseconds before each repetition of an event nobody acknowledged. */
  readonly eventRetryDelaysMs?: readonly number[];
  /** Types of blocks that have not come to this workspace yet. */
  readonly missingBlocks?: readonly string[];
  readonly rateLimits?: 'off' | Partial<RateLimitSettings>;
  /** Sends payloads here, signed, instead of over Socket Mode. */
  readonly requestUrl?: string;
  /** The folder with the compiled browser page. */
  readonly pageFolder?: string;
}

/** The options with every default filled in. */
type WorkspaceSettings = ReturnType<typeof workspaceSettings>;

const defaultApp: AppIdentity = {
  appId: 'A0COUNTER01',
  appName: 'Countersign',
  botId: 'B0COUNTER01',
  botUserId: 'U0COUNTER01',
  botToken: 'xoxb-simulated-bot-token',
  appToken: 'xapp-1-simulated-app-token',
  signingSecret: 'simulated-signing-secret',
  verificationToken: 'simulated-verification-token',
  scopes: ['chat:write', 'commands', 'im:write', 'users:read', 'users:read.email', 'channels:read'],
};

function workspaceSettings(options: SlackWorkspaceOptions) {
  return {
    port: 0,
    now: Date.now,
    seed: 'countersign',
    subscribedEvents: ['app_home_opened'],
    ackTimeoutMs: 3000,
    eventRetryDelaysMs: [0, 60_000, 300_000],
    missingBlocks: [],
    ...options,
    team: { id: 'T0SIMULATED', name: 'Simulated', domain: 'simulated', ...options.team },
    app: { ...defaultApp, ...options.app },
    commands: (options.commands ?? ['/workflow']).map((entry) =>
      typeof entry === 'string' ? { command: entry, shouldEscape: true } : entry,
    ),
    rateLimits:
      options.rateLimits === 'off' ? ('off' as const) : { burst: 10, perMinute: {}, ...options.rateLimits },
  };
}
