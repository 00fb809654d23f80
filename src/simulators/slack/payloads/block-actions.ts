import { initialState } from '../blocks/element-state.js';
import type { PlacedElement } from '../blocks/find-elements.js';
import type { Conversation } from '../state/conversations.js';
import type { WorkspaceMember } from '../state/directory.js';
import type { StoredMessage } from '../state/messages.js';
import type { ShownView } from '../state/views.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';
import { elementAction, elementStateAfter } from './element-action.js';
import { envelopeFields } from './envelope-fields.js';
import { slackMessage } from './slack-message.js';
import { slackView } from './slack-view.js';

/** One use of an element by one member. */
export interface ElementUse {
  readonly member: WorkspaceMember;
  readonly placed: PlacedElement;
  readonly value: string | undefined;
  readonly triggerId: string;
}

/** The `block_actions` payload of a press in a message. */
export function blockActionsInMessage(
  world: World,
  use: ElementUse & {
    readonly message: StoredMessage;
    readonly channel: Conversation;
    readonly responseUrl: string;
  },
): JsonObject {
  const { message, channel } = use;
  const isEphemeral = message.visibleTo !== undefined;
  return {
    type: 'block_actions',
    ...envelopeFields(world, use.member),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    },
    trigger_id: use.triggerId,
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    // Of an ephemeral message Slack tells only where it was.
    ...(isEphemeral ? {} : { message: slackMessage(world, message) }),
    state: { values: stateInMessage(message, use) },
    response_url: use.responseUrl,
    actions: [elementAction(use.placed, use.value, world.ids.nextTs())],
  };
}

/** The `block_actions` payload of a press in a modal or Home tab. */
export function blockActionsInView(
  world: World,
  use: ElementUse & { readonly shown: ShownView },
): JsonObject {
  return {
    type: 'block_actions',
    ...envelopeFields(world, use.member),
    container: { type: 'view', view_id: use.shown.id },
    trigger_id: use.triggerId,
    view: slackView(world, use.shown),
    actions: [elementAction(use.placed, use.value, world.ids.nextTs())],
  };
}

function stateInMessage(message: StoredMessage, { placed, value }: ElementUse): JsonObject {
  const before = initialState(message.blocks);
  const after = elementStateAfter(placed.element, value);
  if (after === undefined) return before;
  return { ...before, [placed.blockId]: { ...before[placed.blockId], [placed.actionId]: after } };
}
