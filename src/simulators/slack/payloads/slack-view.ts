import type { ShownView } from '../state/views.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';

/** Writes a view the way Slack's API and its payloads do. */
export function slackView(world: World, shown: ShownView): JsonObject {
  const { app, team } = world.settings;
  const { view } = shown;
  return {
    id: shown.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: shown.state },
    hash: shown.hash,
    title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: shown.previousId,
    root_view_id: shown.rootId,
    app_id: app.appId,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: app.botId,
  };
}
