import { matchesPattern } from '../shared/matches-pattern.js';
import { isSamePerson, type PersonId } from './person.js';
import type { Policy } from './rules.js';

/** Lists, for each approver rule and each system it speaks of, the people whose name there is not known. */
export function unmappedApprovers(
  { approvers, people }: Pick<Policy, 'approvers' | 'people'>,
  systems: readonly string[],
): readonly { readonly rule: string; readonly system: string; readonly people: readonly PersonId[] }[] {
  return approvers.flatMap(({ name, match, people: named }) =>
    systems
      .filter((system) => match.system?.some((pattern) => matchesPattern(system, pattern)) ?? true)
      .map((system) => ({
        rule: name,
        system,
        people: named.filter((id) => !isKnown(id, system, people)),
      }))
      .filter((gap) => gap.people.length > 0),
  );
}

function isKnown(id: PersonId, system: string, people: Policy['people']): boolean {
  return people.some((person) => isSamePerson(person.id, id) && (person.identities[system] ?? []).length > 0);
}
