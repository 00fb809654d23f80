import type { webApi } from '@slack/bolt';
import type { Person, PersonId, WorkspaceMembership } from '../../../domain/person.js';
import { ChatError } from '../../../ports/errors.js';
import { chatError, slackWord } from './client-errors.js';

type User = NonNullable<webApi.UsersInfoResponse['user']>;

/** Creates what looks people up, and does not ask while Slack wants to be left alone. Throws `ChatError`. */
export function createLookUpPerson(deps: {
  readonly client: webApi.WebClient;
  readonly now: () => number;
  readonly teamId: () => string;
}): (id: PersonId) => Promise<Person> {
  const { client, now, teamId } = deps;
  let restsUntilMs = 0;
  return async (id) => {
    const retryAfterMs = restsUntilMs - now();
    if (retryAfterMs > 0) {
      throw new ChatError('Slack asked to wait', { code: 'throttled', retryable: true, retryAfterMs });
    }
    try {
      return await lookUpPerson(client, id, teamId());
    } catch (error) {
      if (error instanceof ChatError)
        restsUntilMs = Math.max(restsUntilMs, now() + (error.retryAfterMs ?? 0));
      throw error;
    }
  };
}

/**
 * Looks a person up afresh in Slack, who they are and what they are to this workspace.
 *
 * Nothing is remembered between calls: somebody deactivated a second ago must not decide. Throws `ChatError`.
 */
async function lookUpPerson(client: webApi.WebClient, id: PersonId, ourTeamId: string): Promise<Person> {
  const user = await readUser(client, id);
  if (!user) return { id, name: id.userId, standing: 'stranger' };
  const profile = user.profile ?? {};
  const email = user.is_email_confirmed === true ? profile.email : undefined;
  return {
    id,
    name: profile.display_name || profile.real_name || user.real_name || user.name || id.userId,
    standing: membershipOf(user, id, ourTeamId),
    ...(email ? { confirmedEmail: email } : {}),
  };
}

async function readUser(client: webApi.WebClient, id: PersonId): Promise<User | undefined> {
  try {
    const { user } = await client.users.info({ user: id.userId });
    if (user?.id !== id.userId) {
      throw new ChatError('Slack told of somebody else', { code: 'refused', retryable: false });
    }
    return user;
  } catch (error) {
    if (['user_not_found', 'user_not_visible', 'users_not_found'].includes(slackWord(error) ?? '')) {
      return undefined;
    }
    throw chatError(error, 'read');
  }
}

/** Whoever is not clearly a full member of our own workspace is none. */
function membershipOf(user: User, id: PersonId, ourTeamId: string): WorkspaceMembership {
  if (user.deleted === true) return 'deactivated';
  if (user.is_bot === true || user.id === 'USLACKBOT') return 'bot';
  const isFromHere = id.teamId === ourTeamId && user.team_id === ourTeamId;
  if (!isFromHere || isStranger(user)) return 'stranger';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'member';
}

/** Slack's client does not list this field of people from a connected workspace. */
function isStranger(user: User): boolean {
  return 'is_stranger' in user && user.is_stranger === true;
}
