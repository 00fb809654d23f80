/**
 * Every method of Slack's Web API that the bot calls, and the scope Slack wants for it; `none` if it wants none.
 *
 * A test holds this table against the calls in this folder, so that the app never asks for more than it uses.
 */
export const methodScopes = {
  'apps.connections.open': 'none',
  'auth.test': 'none',
  'chat.postEphemeral': 'chat:write',
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.open': 'im:write',
  'users.info': 'users:read',
  'users.lookupByEmail': 'users:read.email',
  'views.open': 'none',
  'views.update': 'none',
} as const;

/** A method the bot calls. */
export type SlackMethod = keyof typeof methodScopes;

/** Scope without which `users.info` leaves the e-mail address out; only asked for if people are matched by it. */
const emailScope = 'users:read.email';

/** Lists the scopes the app must ask for, sorted; features that are not used ask for nothing. */
export function neededScopes(
  features: { readonly emailMatching?: boolean; readonly command?: string } = {},
): readonly string[] {
  const always = Object.values(methodScopes).filter((scope) => scope !== 'none' && scope !== emailScope);
  const scopes = [
    ...always,
    ...(features.emailMatching ? [emailScope] : []),
    ...(features.command === undefined ? [] : ['commands']),
  ];
  return [...new Set(scopes)].sort();
}
