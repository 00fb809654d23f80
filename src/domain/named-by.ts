import { isSamePerson, type Person, type PersonId } from './person.js';

/** Whom a rule names: people one by one, and user groups of the chat. */
export interface Naming {
  readonly people: readonly PersonId[];
  /** Ids. */
  readonly groups?: readonly string[];
}

/** Whether a rule names somebody; `group-not-checked` if only a group could, and nobody can say who is in it. */
export type Named = 'yes' | 'no' | 'group-not-checked';

/** Tells whether a rule names a person, by themselves or by a group they are in. */
export function namedBy({ people, groups = [] }: Naming, person: Person): Named {
  if (people.some((id) => isSamePerson(id, person.id))) return 'yes';
  if (groups.some((group) => person.groups?.includes(group))) return 'yes';
  return groups.some((group) => person.uncheckedGroups?.includes(group)) ? 'group-not-checked' : 'no';
}

/** Lists every group the rules about deciding and running name, each once. */
export function groupsNamedIn(rules: {
  readonly approvers: readonly Naming[];
  readonly operators: readonly Naming[];
}): readonly string[] {
  const { approvers, operators } = rules;
  return [...new Set([...approvers, ...operators].flatMap(({ groups = [] }) => groups))];
}

/** Tells whether a rule names nobody at all. */
export function namesNobody({ people, groups = [] }: Naming): boolean {
  return people.length === 0 && groups.length === 0;
}
