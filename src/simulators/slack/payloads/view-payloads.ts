import type { WorkspaceMember } from '../state/directory.js';
import type { ShownView } from '../state/views.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';
import { envelopeFields } from './envelope-fields.js';
import { slackView } from './slack-view.js';

/** The payload of a submitted modal. */
export function viewSubmission(
  world: World,
  options: { readonly member: WorkspaceMember; readonly shown: ShownView; readonly triggerId: string },
): JsonObject {
  return {
    type: 'view_submission',
    ...envelopeFields(world, options.member),
    trigger_id: options.triggerId,
    view: slackView(world, options.shown),
    response_urls: [],
  };
}

/** The payload of a modal its owner closed; `isCleared` when the whole stack went. */
export function viewClosed(
  world: World,
  options: { readonly member: WorkspaceMember; readonly shown: ShownView; readonly isCleared: boolean },
): JsonObject {
  return {
    type: 'view_closed',
    ...envelopeFields(world, options.member),
    view: slackView(world, options.shown),
    is_cleared: options.isCleared,
  };
}
