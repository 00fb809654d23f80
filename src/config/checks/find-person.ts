import type { PersonId } from '../../domain/person.js';
import { personIdPattern } from '../schema/ids.js';
import type { PersonEntry } from '../schema/people-schema.js';

/** Reads a member id; one without a workspace belongs to the team of the settings. */
export function parsePersonId(text: string, team: string | undefined): PersonId | undefined {
  if (!personIdPattern.test(text)) return undefined;
  const [first = '', second] = text.split('/');
  if (second !== undefined) return { teamId: first, userId: second };
  return team === undefined ? undefined : { teamId: team, userId: first };
}

/** Finds whom a rule means by a name from `people` or by a member id; a name comes first. */
export function findPerson(
  reference: string,
  people: readonly PersonEntry[],
  team: string | undefined,
): PersonId | undefined {
  const named = people.find(({ name }) => name === reference);
  return parsePersonId(named?.id ?? reference, team);
}
