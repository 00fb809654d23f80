import type { Approval } from './approval.js';
import type { Policy } from './rules.js';
import { signalsAsPerson } from './told-by-people.js';

/**
 * Tells whether one account cannot complete a step: its system wants several identities, and the bot signals to
 * it as one for everybody.
 *
 * An approval from there would only be recorded as one of several. A denial ends the run all the same.
 */
export function isBeyondOneAccount(
  { requirement, instance, told: inbound }: Pick<Approval, 'requirement' | 'instance' | 'told'>,
  policy: Pick<Policy, 'signalingAsPerson'>,
): boolean {
  return !inbound && (requirement.needed ?? 1) > 1 && !signalsAsPerson(policy, instance.ref.system);
}
