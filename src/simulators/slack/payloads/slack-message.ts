import type { StoredMessage } from '../state/messages.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';

/** Writes a message the way Slack's API and its payloads do. */
export function slackMessage(world: World, message: StoredMessage): JsonObject {
  const { app, team } = world.settings;
  return {
    type: 'message',
    user: message.author,
    ts: message.ts,
    ...(message.isFromApp
      ? {
          bot_id: app.botId,
          app_id: app.appId,
          bot_profile: {
            id: app.botId,
            app_id: app.appId,
            name: app.appName,
            deleted: false,
            team_id: team.id,
          },
        }
      : {}),
    text: message.text,
    team: team.id,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.editedTs === undefined ? {} : { edited: { user: message.author, ts: message.editedTs } }),
  };
}
