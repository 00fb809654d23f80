import type { WorkspaceMember } from '../state/directory.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';

/** Writes a member the way `users.info` does; the address only for apps that may read it. */
export function slackUser(world: World, member: WorkspaceMember): JsonObject {
  const mayReadEmail = world.settings.app.scopes.includes('users:read.email');
  return {
    id: member.id,
    team_id: member.teamId,
    name: member.name,
    deleted: member.isDeactivated,
    real_name: member.realName,
    profile: {
      title: member.title,
      real_name: member.realName,
      display_name: member.name,
      team: member.teamId,
      ...(mayReadEmail && !member.isBot ? { email: member.email } : {}),
      ...(member.isBot ? { bot_id: world.settings.app.botId } : {}),
    },
    // Slack leaves everything else out for an account that was switched off.
    ...(member.isDeactivated
      ? {}
      : {
          tz: member.timeZone,
          is_admin: false,
          is_owner: false,
          is_primary_owner: false,
          is_restricted: member.isGuest,
          is_ultra_restricted: member.isSingleChannelGuest,
          is_email_confirmed: member.isEmailConfirmed,
        }),
    is_bot: member.isBot,
    is_app_user: false,
    ...(member.isStranger ? { is_stranger: true } : {}),
    updated: Math.floor(world.settings.now() / 1000),
  };
}
