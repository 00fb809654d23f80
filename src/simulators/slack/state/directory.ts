import type { Member } from '../page/protocol.js';
import type { Ids } from './ids.js';

/** A member as the workspace keeps them; more than the page shows. */
export interface WorkspaceMember extends Member {
  readonly teamId: string;
  readonly isEmailConfirmed: boolean;
  readonly isSingleChannelGuest: boolean;
  readonly timeZone: string;
}

/** What a test or a demo says about a new member; only the name is needed. */
export type NewMember = Partial<WorkspaceMember> & { readonly name: string };

/** A named group of members. */
export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** The people of the workspace. */
export interface Directory {
  add(member: NewMember): WorkspaceMember;
  /** Replaces fields of a member; throws when there is no such member. */
  change(id: string, fields: Partial<Omit<WorkspaceMember, 'id'>>): WorkspaceMember;
  find(id: string): WorkspaceMember | undefined;
  all(): readonly WorkspaceMember[];
  addGroup(group: Omit<UserGroup, 'id'> & { readonly id?: string }): UserGroup;
  groups(): readonly UserGroup[];
}

/** Creates an empty directory. */
export function createDirectory(options: { readonly ids: Ids; readonly teamId: string }): Directory {
  const members = new Map<string, WorkspaceMember>();
  const groups = new Map<string, UserGroup>();
  return {
    add(member) {
      const whole = withDefaults(member, { id: options.ids.next('U'), teamId: options.teamId });
      members.set(whole.id, whole);
      return whole;
    },
    change(id, fields) {
      const before = members.get(id);
      if (before === undefined) throw new Error(`There is no member ${id}`);
      const after = { ...before, ...fields };
      members.set(id, after);
      return after;
    },
    find: (id) => members.get(id),
    all: () => [...members.values()],
    addGroup(group) {
      const whole = { id: options.ids.next('S'), ...group };
      groups.set(whole.id, whole);
      return whole;
    },
    groups: () => [...groups.values()],
  };
}

function withDefaults(member: NewMember, made: { id: string; teamId: string }): WorkspaceMember {
  return {
    ...made,
    realName: member.name,
    title: '',
    email: `${member.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@example.com`,
    isEmailConfirmed: true,
    isBot: false,
    isGuest: false,
    isSingleChannelGuest: false,
    isStranger: false,
    isDeactivated: false,
    timeZone: 'Etc/UTC',
    ...member,
  };
}
