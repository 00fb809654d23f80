import type { Instance, ReceivedSignal, Step } from './model.js';
import { stepNamed } from './model.js';
import { runOn, waiting } from './run-steps.js';

/** The only signal a Require Approval step knows. */
export const approvalSignal = 'ApprovalStatus';

/** How a signal relates to the run it was sent to. */
export type SignalFit = 'fits' | 'not-suspended' | 'wrong-key' | 'no-role' | 'second-signal';

/** Who sends which signal key. */
export interface SignalSender {
  readonly key: string;
  readonly identity: string;
  readonly roles: readonly string[];
}

/** Tells whether a signal fits the step where the run stands now; earlier and later steps never fit. */
export function judgeSignal(instance: Instance, steps: readonly Step[], sender: SignalSender): SignalFit {
  if (instance.status !== 'Suspended') return 'not-suspended';
  if (sender.key !== `${instance.stepName}.${approvalSignal}`) return 'wrong-key';
  if (!holdsApprovalRole(instance, steps, sender.roles)) return 'no-role';
  return hasSignalled(instance, sender.identity) ? 'second-signal' : 'fits';
}

/** Tells whether the run waits for this identity: its role is asked and it has not answered yet. */
export function isAssignedTo(
  instance: Instance,
  steps: readonly Step[],
  person: { readonly name: string; readonly roles: readonly string[] },
): boolean {
  if (instance.status !== 'Suspended') return false;
  return holdsApprovalRole(instance, steps, person.roles) && !hasSignalled(instance, person.name);
}

/** Tells whether this identity's answer to the current step is already counted. */
export function hasSignalled(instance: Instance, identity: string): boolean {
  return instance.received.some((signal) => signal.identity === identity);
}

/** Writes a signal down without moving the run, as the lock conflict does. */
export function recordSignal(instance: Instance, signal: ReceivedSignal, atMs: number): Instance {
  const comments = [instance.stateData.approvalsignalcmnts, signal.comment];
  const heard = comments.filter((comment) => typeof comment === 'string' && comment !== '').join('\n');
  return {
    ...instance,
    modifiedAt: atMs,
    received: [...instance.received, signal],
    stateData: { ...instance.stateData, approvalsignalcmnts: heard },
  };
}

/** Moves the run on when its counted signals allow it: one denial rejects, enough approvals continue. */
export function continueIfEligible(instance: Instance, steps: readonly Step[], atMs: number): Instance {
  const step = stepNamed(steps, instance.stepName);
  if (instance.status !== 'Suspended' || !step?.approval) return instance;
  if (instance.received.some((signal) => !signal.approved)) {
    return {
      ...instance,
      status: 'Rejected',
      statusMessage: `${step.displayName} was denied.`,
      modifiedAt: atMs,
    };
  }
  const missing = step.approval.minimumApprovals - instance.received.length;
  return missing > 0 ? waiting(instance, missing) : runOn(instance, steps, atMs);
}

function holdsApprovalRole(instance: Instance, steps: readonly Step[], roles: readonly string[]): boolean {
  const rule = stepNamed(steps, instance.stepName)?.approval;
  if (!rule) return false;
  const requested = [...rule.roles, ...rule.roleTokens.map((token) => roleBehind(token, instance))];
  return requested.some((role) => roles.includes(role));
}

function roleBehind(token: string, instance: Instance): string {
  const wanted = token.replace(/^\$\((.*)\)$/, '$1').toLowerCase();
  const found = Object.entries(instance.stateData).find(([key]) => key.toLowerCase() === wanted);
  return String(found?.[1] ?? '');
}
