import type { Approval } from './approval.js';
import { mayDecide } from './may-decide.js';
import type { Person } from './person.js';
import { approverRuleFor, type Policy } from './rules.js';
import { signalsAsPerson } from './told-by-people.js';

/** Too few can act: how many can, and how many the rule wants. */
export interface RoleGap {
  readonly able: number;
  readonly wanted: number;
}

/**
 * Tells whether fewer people can approve than the rule and the system want; undefined if there are enough.
 *
 * `people`: everybody the rule names, as last known. Where it is decided in the portal the bot cannot tell.
 */
export function roleGap(
  approval: Approval,
  { people, policy }: { readonly people: readonly Person[]; readonly policy: Policy },
): RoleGap | undefined {
  const { instance, requirement } = approval;
  const rule = approverRuleFor(instance, policy);
  if (!rule || rule.approveWith === 'portal-only') return undefined;
  const isByPeople = signalsAsPerson(policy, instance.ref.system);
  const wanted = Math.max(rule.quorum, isByPeople ? (requirement.needed ?? 1) : 1);
  const able = people.filter((person) => {
    const { kind } = mayDecide(person, instance, policy);
    return kind === 'yes' || kind === 'group-not-checked';
  }).length;
  return able < wanted ? { able, wanted } : undefined;
}
