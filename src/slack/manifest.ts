import { stringify } from 'yaml';
import { verbs } from '../domain/commands.js';
import { defined } from '../shared/language.js';

/** What the app is to be able to do. */
type ManifestOptions = (
  | { readonly mode: 'socket' }
  /** `url` is the bot's public address, such as `https://countersign.example.com`. */
  | { readonly mode: 'http'; readonly url: string }
) & {
  /** Asks for e-mail addresses as well. */
  readonly emailMatching?: boolean;
  /** Asks for user groups as well. */
  readonly userGroups?: boolean;
  /** Asks for sending files as well. */
  readonly fileUpload?: boolean;
  /** Name of the slash command, `/workflow` unless told; the same as in the settings. */
  readonly command?: string;
};

/** Name of the slash command unless the settings say another. */
const usualCommand = '/workflow';

/** Path under which Slack reaches the bot in mode http. */
export const eventsPath = '/slack/events';

const introduction = `# Manifest of the Slack app; at https://api.slack.com/apps choose "Create New App", "From a manifest".
# Written by "npm run fix" from src/slack/manifest.ts: changes made here are lost.
`;

const description = 'Approve workflows from Slack, and see the real state on every card.';

const longDescription = [
  'Countersign notifies the right people when a workflow in Keyfactor Command or AVEVA Work Tasks waits for an',
  'approval, shows what is requested, and takes their decision with its reason. It checks who may decide, counts the',
  'approvals a rule needs, sends one signal and reports the real result. A card stays true wherever it was',
  'posted, also when someone decided in the portal. Failed workflows are reported in one alert per cause.',
  'A slash command shows workflows, and lets operators restart, stop, start or control them.',
].join(' ');

/**
 * Renders the manifest (version 2) of the Slack app as YAML.
 *
 * Throws a `TypeError` if the public address is not an https one.
 */
export function renderManifest(options: ManifestOptions): string {
  const { command = usualCommand } = options;
  const requestUrl = options.mode === 'http' ? requestUrlOf(options.url) : undefined;
  const manifest = {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'Countersign',
      description,
      long_description: longDescription,
      background_color: '#1f3a5f',
    },
    features: {
      // Direct messages of an app appear in its Messages tab; nothing can be written there. Its Home tab is the inbox.
      app_home: {
        home_tab_enabled: true,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: true,
      },
      bot_user: { display_name: 'Countersign', always_online: true },
      slash_commands: [commandOf(command, requestUrl)],
    },
    oauth_config: { scopes: { bot: [...neededScopes({ ...options, command })] } },
    settings: {
      event_subscriptions: { bot_events: ['app_home_opened'], ...defined({ request_url: requestUrl }) },
      interactivity: { is_enabled: true, ...defined({ request_url: requestUrl }) },
      org_deploy_enabled: false,
      socket_mode_enabled: options.mode === 'socket',
      token_rotation_enabled: false,
    },
  };
  return `${introduction}${stringify(manifest, { lineWidth: 110 })}`;
}

function commandOf(command: string, requestUrl: string | undefined) {
  return {
    command,
    description: 'Look at workflows and act on them',
    usage_hint: verbs.map(({ usage }) => usage).join(' · '),
    // Names of people and channels come as ids, which nobody can pose with.
    should_escape: true,
    ...defined({ url: requestUrl }),
  };
}

function requestUrlOf(address: string): string {
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new TypeError('Slack calls https addresses only');
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path.endsWith(eventsPath) ? path : path + eventsPath}`;
}

/**
 * Every method of Slack's Web API that the bot calls, and the scope Slack wants for it; `none` if it wants none.
 *
 * Opening the socket is left out: the library does that, with the app-level token.
 * A test holds this table against the calls in this folder, so that the app never asks for more than it uses.
 */
export const methodScopes = {
  'auth.test': 'none',
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.open': 'im:write',
  'files.completeUploadExternal': 'files:write',
  'files.getUploadURLExternal': 'files:write',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'views.open': 'none',
  'views.publish': 'none',
  'views.push': 'none',
  'views.update': 'none',
} as const;

/** Methods that only installing and checking try; the app asks for no scope because of them. */
export const triedMethods = {
  openConnection: 'apps.connections.open',
  listChannels: 'conversations.list',
  readChannel: 'conversations.info',
} as const;

/** Scope for reading user groups; only asked for if rules name some. */
const groupScope = 'usergroups:read';

/** Scope for sending files; only asked for if evidence may be sent. */
const fileScope = 'files:write';

/**
 * The bot starts direct messages by posting to a member id. Slack lists only chat:write for that, but im:write
 * for starting direct messages otherwise; asking for both keeps on the safe side.
 */
const directMessageScope = 'im:write';

/** Scope without which `users.info` leaves the e-mail address out; only asked for if people are matched by it. */
const emailScope = 'users:read.email';

/** Lists the scopes the app must ask for, sorted; features that are not used ask for nothing. */
export function neededScopes(
  features: {
    readonly emailMatching?: boolean;
    readonly userGroups?: boolean;
    readonly fileUpload?: boolean;
    readonly command?: string;
  } = {},
): readonly string[] {
  const scopes = [
    ...Object.values(methodScopes).filter((scope) => !['none', groupScope, fileScope].includes(scope)),
    ...(features.userGroups ? [groupScope] : []),
    ...(features.fileUpload ? [fileScope] : []),
    directMessageScope,
    ...(features.emailMatching ? [emailScope] : []),
    ...(features.command === undefined ? [] : ['commands']),
  ];
  return [...new Set(scopes)].sort();
}
