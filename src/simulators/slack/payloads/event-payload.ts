import { type JsonObject, textAt } from '../wire/json-object.js';
import type { World } from '../world.js';

/** Wraps an event the way the Events API does. */
export function eventPayload(world: World, event: JsonObject): JsonObject {
  const { app, team, now } = world.settings;
  const ts = textAt(event, 'event_ts') ?? world.ids.nextTs();
  return {
    token: app.verificationToken,
    team_id: team.id,
    api_app_id: app.appId,
    event: { ...event, event_ts: ts },
    type: 'event_callback',
    event_id: world.ids.next('Ev'),
    event_time: Math.floor(now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}
