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
    ...threadFields(world, message),
    ...(message.editedTs === undefined ? {} : { edited: { user: message.author, ts: message.editedTs } }),
  };
}

/** A message that has replies is the first one of its own thread. */
function threadFields(world: World, message: StoredMessage): JsonObject {
  if (message.threadTs !== undefined) return { thread_ts: message.threadTs };
  const replies = world.messages.inThread(message);
  const latest = replies.at(-1);
  if (!latest) return {};
  const authors = [...new Set(replies.map(({ author }) => author))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users: authors,
    reply_users_count: authors.length,
    latest_reply: latest.ts,
  };
}
