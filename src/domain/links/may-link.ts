import { couldBeSameName, isSameName } from '../backend-name.js';
import { isSamePerson, type PersonId } from '../person.js';
import type { Policy } from '../rules.js';

/** Whether an account may be linked to a person, by what the settings say of both. */
export type MayLink =
  | { readonly kind: 'yes' }
  /** The settings say that the person has another account there. */
  | { readonly kind: 'other-account'; readonly expected: readonly string[] }
  /** The settings say that the account is somebody else's. */
  | { readonly kind: 'other-person'; readonly name: string }
  /** The settings give somebody else a name that could be the account's. */
  | { readonly kind: 'maybe-other-person'; readonly name: string };

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
  const others = people.filter(({ id }) => !isSamePerson(id, person));
  const other = others.find((one) => isNamed(namesOf(one)));
  if (other) return { kind: 'other-person', name: other.name };
  if (isNamed(own)) return { kind: 'yes' };
  if (own.length > 0) return { kind: 'other-account', expected: own };
  const alike = others.find((one) => namesOf(one).some((name) => couldBeSameName(name, username)));
  return alike ? { kind: 'maybe-other-person', name: alike.name } : { kind: 'yes' };
}
