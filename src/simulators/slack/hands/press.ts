import { findElements, type PlacedElement } from '../blocks/find-elements.js';
import type { ClickRequest } from '../page/protocol.js';
import { blockActionsInMessage } from '../payloads/block-actions.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';
import { type Connection, failureSentence, type Outcome, outcomeOf } from './connection.js';
import { actingMember, ImpossibleRequest, knownConversation, visibleMessage } from './present.js';

/** A press in a message; `from` are remembered blocks, for pressing what is no longer there. */
export type MessageClick = Omit<ClickRequest, 'blockId'> & {
  /** Needed only where two blocks share an action id. */
  readonly blockId?: string;
  readonly from?: readonly JsonObject[];
};

/** Presses an element of a message and resolves once the app acknowledged or failed to. */
export async function click(world: World, connection: Connection, request: MessageClick): Promise<Outcome> {
  const member = actingMember(world, request.as);
  const message = visibleMessage(world, request);
  const channel = knownConversation(world, request.channel);
  const placed = elementIn(request.from ?? message.blocks, request);
  const triggerId = world.triggers.mint({ member: member.id });
  const responsePath = world.responseUrls.mint({
    kind: 'message',
    channel: channel.id,
    member: member.id,
    messageTs: message.ts,
  });
  const responseUrl = connection.absolute(responsePath);
  const use = { member, placed, value: request.value, triggerId, message, channel, responseUrl };
  const payload = blockActionsInMessage(world, use);
  setBusy(world, request, placed.actionId);
  const result = await connection.deliver({ kind: 'interactive', payload, acceptsResponse: false });
  const warning = failureSentence(world.settings.app.appName, result);
  clearBusy(world, request, { actionId: placed.actionId, warning });
  return outcomeOf(result, triggerId);
}

/** Finds the element a person would press; throws when there is none. */
export function elementIn(
  blocks: readonly JsonObject[],
  request: { readonly blockId?: string; readonly actionId: string },
): PlacedElement {
  const placed = findElements(blocks).find(
    ({ blockId, actionId }) =>
      actionId === request.actionId && (request.blockId === undefined || blockId === request.blockId),
  );
  if (placed !== undefined) return placed;
  const where = request.blockId === undefined ? '' : ` in block ${request.blockId}`;
  throw new ImpossibleRequest('element_not_found', `There is no element ${request.actionId}${where}`);
}

type Place = { readonly channel: string; readonly ts: string };

function setBusy(world: World, { channel, ts }: Place, actionId: string): void {
  world.messages.change(channel, ts, ({ warning: _gone, ...message }) => ({
    ...message,
    busyActions: [...message.busyActions, actionId],
  }));
}

function clearBusy(
  world: World,
  { channel, ts }: Place,
  done: { readonly actionId: string; readonly warning: string | undefined },
): void {
  world.messages.change(channel, ts, (message) => {
    const at = message.busyActions.indexOf(done.actionId);
    return {
      ...message,
      busyActions: message.busyActions.filter((_action, index) => index !== at),
      ...(done.warning === undefined ? {} : { warning: done.warning }),
    };
  });
}
