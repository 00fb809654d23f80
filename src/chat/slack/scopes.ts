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
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'views.open': 'none',
  'views.update': 'none',
} as const;

/** Methods that only a check of the installation tries; the app asks for no scope because of them. */
export const triedMethods = {
  openConnection: 'apps.connections.open',
  readChannel: 'conversations.info',
} as const;

/** Scope for reading user groups; only asked for if rules name some. */
const groupScope = 'usergroups:read';

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
    readonly command?: string;
  } = {},
): readonly string[] {
  const scopes = [
    ...Object.values(methodScopes).filter((scope) => scope !== 'none' && scope !== groupScope),
    ...(features.userGroups ? [groupScope] : []),
    directMessageScope,
    ...(features.emailMatching ? [emailScope] : []),
    ...(features.command === undefined ? [] : ['commands']),
  ];
  return [...new Set(scopes)].sort();
}
