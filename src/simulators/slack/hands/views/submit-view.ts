import { mergeState } from '../../blocks/element-state.js';
import type { AckResult } from '../../delivery/deliver.js';
import type { SubmitViewRequest } from '../../page/protocol.js';
import { viewSubmission } from '../../payloads/view-payloads.js';
import type { ShownView } from '../../state/views.js';
import type { World } from '../../world.js';
import { type Connection, failureSentence, outcomeOf } from '../connection.js';
import { actingMember, ImpossibleRequest } from '../present.js';
import { applyViewResponse } from './apply-view-response.js';
import { inputErrors } from './input-errors.js';
import type { Submission } from './submission.js';

/** Submits the modal and resolves once the app's answer was applied. */
export async function submitView(
  world: World,
  connection: Connection,
  request: SubmitViewRequest,
): Promise<Submission> {
  const member = actingMember(world, request.as);
  const before = modalOnTop(world, request);
  const state = mergeState(before.state, request.values);
  const errors = inputErrors(before.view, state);
  const isHeldBack = Object.keys(errors).length > 0;
  world.views.change(before.id, { state, errors, isSubmitting: !isHeldBack, warning: undefined });
  if (isHeldBack) return { acked: false, triggerId: '', result: 'held-back', errors };
  const triggerId = world.triggers.mint({ member: member.id, viewId: before.id });
  const payload = viewSubmission(world, { member, shown: { ...before, state }, triggerId });
  const result = await connection.deliver({ kind: 'interactive', payload, acceptsResponse: true });
  world.views.change(before.id, { isSubmitting: false });
  return { ...outcomeOf(result, triggerId), ...settle(world, before, result) };
}

function settle(world: World, shown: ShownView, result: AckResult): Pick<Submission, 'result' | 'errors'> {
  if (result.kind === 'not-acked') {
    const warning = failureSentence(world.settings.app.appName, result) ?? '';
    world.views.change(shown.id, { warning });
    return { result: 'failed', errors: {} };
  }
  return applyViewResponse(world, shown, result.body);
}

function modalOnTop(world: World, request: SubmitViewRequest): ShownView {
  const top = world.views.stack(request.as).at(-1);
  if (top === undefined || top.id !== request.viewId) {
    throw new ImpossibleRequest('view_not_found', `${request.as} does not see the view ${request.viewId}`);
  }
  if (top.view.submit === undefined || top.view.submit === null) {
    throw new ImpossibleRequest('no_submit', `The view ${request.viewId} has no submit button`);
  }
  return top;
}
