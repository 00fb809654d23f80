import { isSamePerson, type Person } from '../../domain/person.js';
import type { Context } from '../context.js';

/** Gives the name by which people know somebody: the one in the settings, else the chat's. */
export function knownName({ policy }: Context, { id, name }: Pick<Person, 'id' | 'name'>): string {
  return policy.people.find((one) => isSamePerson(one.id, id))?.name ?? name;
}
