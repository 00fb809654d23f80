import type { webApi } from '@slack/bolt';
import type { Person, PersonId } from '../../../domain/person.js';
import { ChatError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { chatError } from './client-errors.js';

/** Who is in a group is asked again after this long; it may be this old when somebody decides. */
const keptForMs = 5 * 60_000;

/** Who is in which user groups of Slack. */
export interface UserGroups {
  /** Lists who is in a group, at most five minutes old. Throws `ChatError`. */
  membersOf(group: string): Promise<readonly PersonId[]>;
  /** Says which of the groups named in the settings somebody is in, and of which nobody can tell. */
  groupsOf(id: PersonId): Promise<Pick<Person, 'groups' | 'uncheckedGroups'>>;
}

/**
 * Reads user groups, and keeps each reading for five minutes at most.
 *
 * A failed reading is never kept: it counts as not known, whatever was known before.
 */
export function createUserGroups(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly now: () => number;
  readonly teamId: () => string;
  /** Groups the settings name. */
  readonly groups: readonly string[];
}): UserGroups {
  const { client, log, now, teamId, groups } = options;
  const kept = new Map<string, { readonly atMs: number; readonly members: readonly string[] }>();
  const read = async (group: string): Promise<readonly string[]> => {
    const known = kept.get(group);
    const ageMs = known ? now() - known.atMs : keptForMs;
    if (known && ageMs >= 0 && ageMs < keptForMs) return known.members;
    const requestedAtMs = now();
    const members = await askSlack(client, group);
    kept.set(group, { atMs: requestedAtMs, members });
    return members;
  };
  return {
    membersOf: async (group) => (await read(group)).map((userId) => ({ teamId: teamId(), userId })),
    async groupsOf(id) {
      if (groups.length === 0 || id.teamId !== teamId()) return {};
      const unchecked: string[] = [];
      const isIn = async (group: string): Promise<boolean> => {
        try {
          return (await read(group)).includes(id.userId);
        } catch (error) {
          if (!(error instanceof ChatError)) throw error;
          log.warn({ group, err: error }, 'Who is in a user group cannot be told; nobody counts as in it');
          unchecked.push(group);
          return false;
        }
      };
      const memberships = await Promise.all(groups.map(isIn));
      return { groups: groups.filter((_group, index) => memberships[index]), uncheckedGroups: unchecked };
    },
  };
}

async function askSlack(client: webApi.WebClient, group: string): Promise<readonly string[]> {
  try {
    const { users } = await client.usergroups.users.list({ usergroup: group });
    if (!users)
      throw new ChatError('Slack did not say who is in the group', { code: 'refused', retryable: false });
    return users;
  } catch (error) {
    throw error instanceof ChatError ? error : chatError(error, 'read');
  }
}
