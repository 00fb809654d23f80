import { mergeState } from '../../blocks/element-state.js';
import type { ClickInViewRequest, CloseViewRequest } from '../../page/protocol.js';
import { blockActionsInView } from '../../payloads/block-actions.js';
import { elementStateAfter } from '../../payloads/element-action.js';
import { viewClosed } from '../../payloads/view-payloads.js';
import type { ShownView } from '../../state/views.js';
import { type JsonObject, objectsAt } from '../../wire/json-object.js';
import type { World } from '../../world.js';
import { type Connection, failureSentence, type Outcome, outcomeOf } from '../connection.js';
import { actingMember, ImpossibleRequest } from '../present.js';
import { elementIn } from '../press.js';

/** Presses an element inside a modal or Home tab. */
export async function clickInView(
  world: World,
  connection: Connection,
  request: Omit<ClickInViewRequest, 'blockId'> & { readonly blockId?: string },
): Promise<Outcome> {
  const member = actingMember(world, request.as);
  const before = seenView(world, request);
  const placed = elementIn(objectsAt(before.view, 'blocks'), request);
  const after: JsonObject | undefined = elementStateAfter(placed.element, request.value);
  const entered = mergeState(before.state, request.values ?? {});
  const state =
    after === undefined ? entered : mergeState(entered, { [placed.blockId]: { [placed.actionId]: after } });
  world.views.change(before.id, { state });
  const triggerId = world.triggers.mint({ member: member.id, viewId: before.id });
  const use = { member, placed, value: request.value, triggerId, shown: { ...before, state } };
  const payload = blockActionsInView(world, use);
  const result = await connection.deliver({ kind: 'interactive', payload, acceptsResponse: false });
  const warning = failureSentence(world.settings.app.appName, result);
  if (warning !== undefined) world.views.change(before.id, { warning });
  return outcomeOf(result, triggerId);
}

/** Closes a modal; with `clear_on_close` the whole stack. The app hears of it only if it asked to. */
export async function closeView(
  world: World,
  connection: Connection,
  request: CloseViewRequest,
): Promise<void> {
  const member = actingMember(world, request.as);
  const shown = seenView(world, request);
  const isCleared = shown.view.clear_on_close === true;
  const gone = isCleared ? [...world.views.stack(request.as)].reverse() : [shown];
  if (isCleared) world.views.clear(request.as);
  else world.views.close(shown.id);
  for (const one of gone.filter(({ view }) => view.notify_on_close === true)) {
    const payload = viewClosed(world, { member, shown: one, isCleared });
    await connection.deliver({ kind: 'interactive', payload, acceptsResponse: false });
  }
}

function seenView(world: World, request: { readonly as: string; readonly viewId: string }): ShownView {
  const shown = world.views.find(request.viewId);
  if (shown === undefined || shown.owner !== request.as) {
    throw new ImpossibleRequest('view_not_found', `${request.as} does not see the view ${request.viewId}`);
  }
  return shown;
}
