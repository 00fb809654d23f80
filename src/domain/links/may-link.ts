import { isSameName } from '../backend-name.js';
import { isSamePerson, type PersonId } from '../person.js';
import type { Policy } from '../rules.js';

/** Whether an account may be linked to a person, by what the settings say of both. */
export type MayLink =
  | { readonly kind: 'yes' }
  /** The settings say that the person has another account there. */
  | { readonly kind: 'other-account'; readonly expected: readonly string[] }
  /** The settings say that the account is somebody else's. */
  | { readonly kind: 'other-person'; readonly name: string };

/** Decides whether an account may be linked to a person; the settings' map of people is the stronger word. */
export function mayLink(
  person: PersonId,
  account: { readonly system: string; readonly username: string },
  { people }: Pick<Policy, 'people'>,
): MayLink {
  const { system, username } = account;
  const namesOf = (one: Policy['people'][number]) => one.identities[system] ?? [];
  const isNamed = (names: readonly string[]) => names.some((name) => isSameName(name, username));
  const own = people.filter(({ id }) => isSamePerson(id, person)).flatMap(namesOf);
  const other = people.find((one) => !isSamePerson(one.id, person) && isNamed(namesOf(one)));
  if (other) return { kind: 'other-person', name: other.name };
  return own.length > 0 && !isNamed(own) ? { kind: 'other-account', expected: own } : { kind: 'yes' };
}
