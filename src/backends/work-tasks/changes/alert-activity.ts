import type { SignalRefusal } from '../../../domain/approval-state.js';
import type { OutgoingSignal, SignalResult, WorkflowBackend } from '../../../ports/backend.js';
import type { ChangeRefusal } from '../../../ports/operations.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { WorkTasksServer } from '../settings.js';
import { actingUser } from './acting-user.js';
import type { MakeChange } from './make-change.js';

/**
 * Creates the sender of decisions: an alert moves the waiting activity along the chosen output, as the person
 * the settings name. It is sent once, and never again by itself.
 *
 * Which activity waits is not told by the API, so without its id nothing is sent.
 */
export function createAlertActivity(deps: {
  readonly server: Pick<WorkTasksServer, 'userTemplate'>;
  readonly makeChange: MakeChange;
}): WorkflowBackend['sendSignal'] {
  return async ({ ref }, { output, activityId, identity }: OutgoingSignal): Promise<SignalResult> => {
    if (output === undefined || activityId === undefined)
      return { kind: 'refused', reason: 'bad-request', isUnsent: true };
    const as = identity === undefined ? {} : { identity };
    if (actingUser(as, deps.server.userTemplate).kind === 'none')
      return { kind: 'refused', reason: 'nobody-mapped', isUnsent: true };
    const response = await deps.makeChange({ kind: 'alert', instance: ref, activityId, output }, as);
    if (response.kind === 'accepted') return { kind: 'accepted' };
    const isUnsent = response.reason === 'not-sendable';
    return { kind: 'refused', reason: refusalOf(response.reason), ...(isUnsent ? { isUnsent } : {}) };
  };
}

/** An activity that is not there, or not asleep, has its answer from elsewhere. */
function refusalOf(reason: ChangeRefusal): SignalRefusal {
  switch (reason) {
    case 'no-permission':
      return 'no-role';
    case 'not-found':
    case 'wrong-state':
      return 'not-waiting';
    case 'bad-request':
    case 'not-published':
    case 'not-sendable':
      return 'bad-request';
    case 'engine-down':
    case 'sign-in':
      return reason;
    default:
      return assertNever(reason);
  }
}
