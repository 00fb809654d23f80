import type { webApi } from '@slack/bolt';
import { type PersonId, personKey } from '../domain/person.js';
import type { CheckUp } from '../ports/backend.js';
import type { Log } from '../ports/runtime.js';
import { checkClock } from '../use-cases/monitoring.js';
import {
  chatError,
  createDispatcher,
  createSlackClient,
  isOrgWide,
  orgWide,
  type SlackProxy,
  slackWord,
} from './client.js';
import { neededScopes, triedMethods } from './manifest.js';
import { createBoltLog } from './receivers.js';

/** What is checked in Slack. */
export interface SlackCheckUpOptions {
  readonly botToken: string;
  /** Set in Socket Mode. */
  readonly appToken?: string | undefined;
  readonly apiUrl?: string | undefined;
  readonly proxy?: SlackProxy | undefined;
  readonly channels: readonly string[];
  /** Everybody the settings name. */
  readonly people: readonly PersonId[];
  readonly features: Parameters<typeof neededScopes>[0];
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Checks the tokens, the scopes, the channels and the clock; posts nothing and opens no connection.
 *
 * Never throws: what cannot be asked is said to be unknown.
 */
export async function checkUpSlack(options: SlackCheckUpOptions): Promise<readonly CheckUp[]> {
  let date: string | undefined;
  const client = createSlackClient({
    ...options,
    dispatcher: createDispatcher(options.proxy, options.apiUrl),
    logger: createBoltLog(options.log),
    onResponse: ({ headers }) => {
      date = headers.get('date') ?? undefined;
    },
  });
  const signedIn = await signIn(client);
  if (signedIn.kind === 'refused') return [signedIn.check, ...(await checkAppToken(client, options))];
  const { check, reply, scopes } = signedIn;
  const clock = checkClock('Slack', date, options.now());
  const channels = [];
  for (const channel of new Set(options.channels)) channels.push(await checkChannel(client, channel));
  return [
    check,
    ...checkWorkspace(reply, options.people),
    checkScopes(scopes, options.features),
    ...(await checkAppToken(client, options)),
    clock,
    ...channels,
  ];
}

async function signIn(client: webApi.WebClient) {
  const name = 'Slack: bot token';
  try {
    const reply = await client.auth.test();
    const detail = `${reply.user ?? 'the bot'} in ${reply.team ?? 'the workspace'}`;
    const scopes = reply.response_metadata?.scopes;
    return { kind: 'in', check: { name, verdict: 'good', detail } as const, reply, scopes } as const;
  } catch (error) {
    const detail = saidOf(error);
    const fix =
      slackWord(error) === undefined
        ? 'see whether this machine reaches slack.com'
        : 'install the app again and put its new token into SLACK_BOT_TOKEN';
    return { kind: 'refused', check: { name, verdict: 'bad', detail, fix } as const } as const;
  }
}

/** Says which workspace the app is in, and who is named in the settings that nobody there can be. */
function checkWorkspace(reply: webApi.AuthTestResponse, people: readonly PersonId[]): readonly CheckUp[] {
  const name = 'Slack: workspace';
  if (isOrgWide(reply)) return [{ name, verdict: 'bad', ...orgWide }];
  const { team_id: teamId = '', enterprise_id: grid } = reply;
  const detail = grid
    ? `${teamId} of the Enterprise Grid ${grid}; whoever decides must be among the members of it, wherever in the Grid they are at home`
    : `${teamId}, of no Enterprise Grid`;
  const others = new Set(people.filter((id) => id.teamId !== teamId).map(personKey));
  if (others.size === 0) return [{ name, verdict: 'good', detail }];
  return [
    { name, verdict: 'good', detail },
    {
      name: 'Slack: people',
      verdict: 'bad',
      detail: `named with another workspace, so that no rule fits them: ${[...others].join(', ')}`,
      fix: `write ${teamId} as slack.team, or in front of their ids`,
    },
  ];
}

function checkScopes(
  held: readonly string[] | undefined,
  features: SlackCheckUpOptions['features'],
): CheckUp {
  const name = 'Slack: scopes';
  const needed = neededScopes(features);
  if (!held)
    return { name, verdict: 'unknown', detail: `Slack does not list them; needed: ${needed.join(', ')}` };
  const missing = needed.filter((scope) => !held.includes(scope));
  if (missing.length === 0) return { name, verdict: 'good', detail: needed.join(', ') };
  return {
    name,
    verdict: 'bad',
    detail: `missing: ${missing.join(', ')}`,
    fix: 'update the app with the manifest of this version (countersign manifest) and install it again',
  };
}

/** Asks for an address to connect to and does not connect, which leaves the running bot alone. */
async function checkAppToken(
  client: webApi.WebClient,
  { appToken }: SlackCheckUpOptions,
): Promise<readonly CheckUp[]> {
  if (appToken === undefined) return [];
  const name = 'Slack: app-level token';
  try {
    await client.apiCall(triedMethods.openConnection, { token: appToken });
    return [{ name, verdict: 'good', detail: 'Socket Mode can be opened' }];
  } catch (error) {
    const fix =
      'make an app-level token with connections:write, put it into SLACK_APP_TOKEN, turn Socket Mode on';
    return [{ name, verdict: 'bad', detail: saidOf(error), fix }];
  }
}

/** Slack tells about channels only to apps that may read them, which the bot itself need not. */
async function checkChannel(client: webApi.WebClient, id: string): Promise<CheckUp> {
  const name = `Slack: channel ${id}`;
  try {
    const reply = await client.apiCall(triedMethods.readChannel, { channel: id });
    return judgeChannel(name, reply);
  } catch (error) {
    if (slackWord(error) === 'missing_scope') {
      const fix = `see in Slack that the bot is a member of ${id}; the scope channels:read would let this be checked here`;
      return { name, verdict: 'unknown', detail: 'the app may not read channels', fix };
    }
    const fix = 'correct the id in the settings; a private channel is seen only once the bot was invited';
    return { name, verdict: 'bad', detail: saidOf(error), fix };
  }
}

function judgeChannel(name: string, reply: webApi.WebAPICallResult): CheckUp {
  const channel = 'channel' in reply ? reply.channel : undefined;
  const isThere = typeof channel === 'object' && channel !== null;
  if (isThere && 'is_archived' in channel && channel.is_archived === true)
    return { name, verdict: 'bad', detail: 'it is archived', fix: 'bring it back, or name another channel' };
  if (isThere && 'is_member' in channel && channel.is_member === true)
    return { name, verdict: 'good', detail: 'the bot is a member' };
  return {
    name,
    verdict: 'bad',
    detail: 'the bot is not a member',
    fix: 'invite it there: /invite @Countersign',
  };
}

function saidOf(error: unknown): string {
  return slackWord(error) ?? chatError(error, 'read').message;
}
