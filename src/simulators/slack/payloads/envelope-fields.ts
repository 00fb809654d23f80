import type { WorkspaceMember } from '../state/directory.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';

/** The fields every interactive payload shares. */
export function envelopeFields(world: World, member: WorkspaceMember): JsonObject {
  const { app, team } = world.settings;
  return {
    user: { id: member.id, username: member.name, name: member.name, team_id: member.teamId },
    api_app_id: app.appId,
    token: app.verificationToken,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}
