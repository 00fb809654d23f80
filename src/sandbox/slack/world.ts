import { createFaults, type Faults } from './faults.js';
import { createRateLimits, type RateLimitSettings, type RateLimits } from './rate-limits.js';
import {
  type Changes,
  type Conversations,
  createChanges,
  createConversations,
  createDirectory,
  createIds,
  createMessages,
  createReadMarks,
  createResponseUrls,
  createTriggers,
  createViews,
  type Directory,
  type Ids,
  type Messages,
  type ReadMarks,
  type ResponseUrls,
  type Triggers,
  type Views,
} from './state.js';
import { createTraffic, type Traffic } from './traffic.js';

/** Everything a simulated workspace remembers. */
export interface World {
  readonly settings: WorkspaceSettings;
  readonly ids: Ids;
  readonly changes: Changes;
  readonly directory: Directory;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly readMarks: ReadMarks;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly views: Views;
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
}

/** Creates a workspace with nobody in it but the app's bot user. */
export function createWorld(settings: WorkspaceSettings): World {
  const { now, seed, team, app } = settings;
  const ids = createIds({ seed, now });
  const changes = createChanges();
  const directory = createDirectory({ ids, teamId: team.id });
  directory.add({ id: app.botUserId, name: app.appName.toLowerCase(), realName: app.appName, isBot: true });
  return {
    settings,
    ids,
    changes,
    directory,
    conversations: createConversations({ ids, now, botUserId: app.botUserId, changes }),
    messages: createMessages(changes),
    readMarks: createReadMarks(),
    triggers: createTriggers({ ids, now }),
    responseUrls: createResponseUrls({ ids, now, teamId: team.id }),
    views: createViews({ ids, changes }),
    traffic: createTraffic({ now, changes }),
    faults: createFaults(),
    rateLimits: createRateLimits({ settings: settings.rateLimits, now }),
  };
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
  readonly app?: Partial<AppIdentity>;
  readonly commands?: readonly (string | RegisteredCommand)[];
  /** Event types the app is subscribed to, such as `app_home_opened` or `message.im`. */
  readonly subscribedEvents?: readonly string[];
  /** Real milliseconds the app has to acknowledge. */
  readonly ackTimeoutMs?: number;
  /** Real milliseconds before each repetition of an event nobody acknowledged. */
  readonly eventRetryDelaysMs?: readonly number[];
  readonly rateLimits?: 'off' | Partial<RateLimitSettings>;
  /** Sends payloads here, signed, instead of over Socket Mode. */
  readonly requestUrl?: string;
  /** The folder with the compiled browser page. */
  readonly pageFolder?: string;
}

/** The options with every default filled in. */
interface WorkspaceSettings {
  readonly port: number;
  readonly now: () => number;
  readonly seed: string;
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: AppIdentity;
  readonly commands: readonly RegisteredCommand[];
  readonly subscribedEvents: readonly string[];
  readonly ackTimeoutMs: number;
  readonly eventRetryDelaysMs: readonly number[];
  readonly rateLimits: 'off' | RateLimitSettings;
  readonly requestUrl: string | undefined;
  readonly pageFolder: string | undefined;
}

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

/** Fills in what the options leave out. */
export function workspaceSettings(options: SlackWorkspaceOptions): WorkspaceSettings {
  return {
    port: options.port ?? 0,
    now: options.now ?? Date.now,
    seed: options.seed ?? 'countersign',
    team: { id: 'T0SIMULATED', name: 'Simulated', domain: 'simulated', ...options.team },
    app: { ...defaultApp, ...options.app },
    commands: (options.commands ?? ['/workflow']).map((entry) =>
      typeof entry === 'string' ? { command: entry, shouldEscape: true } : entry,
    ),
    subscribedEvents: options.subscribedEvents ?? ['app_home_opened'],
    ackTimeoutMs: options.ackTimeoutMs ?? 3000,
    eventRetryDelaysMs: options.eventRetryDelaysMs ?? [0, 60_000, 300_000],
    rateLimits: options.rateLimits === 'off' ? 'off' : { burst: 10, perMinute: {}, ...options.rateLimits },
    requestUrl: options.requestUrl,
    pageFolder: options.pageFolder,
  };
}
