/** Names a person in a chat workspace; a user id alone is not unique across workspaces. */
export interface PersonId {
  readonly teamId: string;
  readonly userId: string;
}

/** What the chat says somebody is; only a `member` may ever decide. */
export type WorkspaceMembership = 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated';

/** Somebody who acts, as the chat knows them now. */
export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly membership: WorkspaceMembership;
  /** Only if the chat says that it was confirmed. */
  readonly confirmedEmail?: string;
  /** Ids of the user groups named in the settings of which the chat says they are a member. */
  readonly groups?: readonly string[];
  /** Ids of user groups of which the chat could not say who is in them. */
  readonly uncheckedGroups?: readonly string[];
  /** Ids of those of which it could; absent in what older versions stored. */
  readonly checkedGroups?: readonly string[];
  /** Whether everything they may do through the bot is suspended, until an operator restores it. */
  readonly isSuspended?: true;
  /** By which clock they live, as the chat says: a name such as `Europe/Berlin`. */
  readonly timeZone?: string;
  /** System name → what it calls them, by the account they linked. */
  readonly linkedAs?: Readonly<Record<string, string>>;
}

/** Ties a person to the names the systems know them by. */
export interface MappedPerson {
  readonly id: PersonId;
  readonly name: string;
  /** System name → names there, such as `KEYEXAMPLE\jsmith`. */
  readonly identities: Readonly<Record<string, readonly string[]>>;
}

/** Writes a person's id as one string, for keys. */
export function personKey(id: PersonId): string {
  return `${id.teamId}/${id.userId}`;
}

/** Tells whether two ids name the same person. */
export function isSamePerson(a: PersonId, b: PersonId): boolean {
  return a.teamId === b.teamId && a.userId === b.userId;
}

/** Whom a rule names: people one by one, and user groups of the chat. */
export interface Naming {
  readonly people: readonly PersonId[];
  /** Ids. */
  readonly groups?: readonly string[];
}

/** Whether a rule names somebody; `group-not-checked` if only a group could, and nobody can say who is in it. */
type Named = 'yes' | 'no' | 'group-not-checked';

/** Tells whether a rule names a person, by themselves or by a group they are in. */
export function namedBy({ people, groups = [] }: Naming, person: Person): Named {
  if (people.some((id) => isSamePerson(id, person.id))) return 'yes';
  if (groups.some((group) => person.groups?.includes(group))) return 'yes';
  return groups.some((group) => !isChecked(group, person)) ? 'group-not-checked' : 'no';
}

/** A group that the settings did not name when somebody was looked up was not read for them. */
function isChecked(group: string, { uncheckedGroups = [], checkedGroups }: Person): boolean {
  return !uncheckedGroups.includes(group) && (checkedGroups?.includes(group) ?? true);
}

/** Lists every group the rules about deciding and running name, each once. */
export function groupsNamedIn(rules: {
  readonly approvers: readonly Naming[];
  readonly operators: readonly Naming[];
}): readonly string[] {
  const { approvers, operators } = rules;
  return [...new Set([...approvers, ...operators].flatMap(({ groups = [] }) => groups))];
}

/** Tells, whatever the chat might say, that none of these rules can name somebody. */
export function canBeNamedByNone(id: PersonId, rules: readonly Naming[]): boolean {
  return rules.every(
    ({ people, groups = [] }) => groups.length === 0 && !people.some((one) => isSamePerson(one, id)),
  );
}

/** Tells whether a rule names nobody at all. */
export function namesNobody({ people, groups = [] }: Naming): boolean {
  return people.length === 0 && groups.length === 0;
}
