import type { webApi } from '@slack/bolt';
import { type PersonId, personKey } from '../domain/person.js';
import type { CheckUp } from '../ports/backend.js';
import { ChatError } from '../ports/errors.js';
import type { Log } from '../ports/runtime.js';
import { defined } from '../shared/language.js';
import { checkClock } from '../use-cases/monitoring.js';
import {
  chatError,
  createDispatcher,
  createSlackClient,
  isOrgWide,
  listGroup,
  lookUpPerson,
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
  /** Those of them whom rules name; others are only known by their user names. */
  readonly named: readonly PersonId[];
  /** The user groups the settings name. */
  readonly groups: readonly string[];
  /** The workspace the settings name, where they do. */
  readonly team?: string | undefined;
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
  const client = createClient(options, (headers) => {
    date = headers.get('date') ?? undefined;
  });
  const signedIn = await signIn(client);
  if (signedIn.kind === 'refused') return [signedIn.check, ...(await checkAppToken(client, options))];
  const { check, reply, scopes } = signedIn;
  const clock = checkClock('Slack', date, options.now());
  const channels = [];
  for (const channel of new Set(options.channels)) channels.push(await checkChannel(client, channel));
  return [
    check,
    ...checkWorkspace(reply, options),
    checkScopes(scopes, options.features),
    ...(await checkAppToken(client, options)),
    clock,
    ...channels,
    ...(await checkPeople(client, reply.team_id ?? '', options)),
    ...(await checkGroups(client, options.groups)),
  ];
}

function createClient(
  options: Pick<SlackCheckUpOptions, 'botToken' | 'apiUrl' | 'proxy' | 'log'>,
  onHeaders: (headers: { get(name: string): string | null }) => void = () => {},
): webApi.WebClient {
  return createSlackClient({
    ...options,
    dispatcher: createDispatcher(options.proxy, options.apiUrl),
    logger: createBoltLog(options.log),
    onResponse: ({ headers }) => onHeaders(headers),
  });
}

/** The same checks one at a time, with what they found, for whoever writes the settings. Nothing here throws. */
export interface SlackSetup {
  /** Signs in; `teamId` is absent where Slack refuses the token. */
  signIn(
    expected: Pick<SlackCheckUpOptions, 'team' | 'features'>,
  ): Promise<{ readonly checks: readonly CheckUp[]; readonly teamId?: string }>;
  checkAppToken(appToken: string): Promise<readonly CheckUp[]>;
  checkChannel(id: string): Promise<CheckUp>;
  /** Finds a channel by its name; `id` is absent where there is none, or where the app may not read channels. */
  findChannel(name: string): Promise<{ readonly check: CheckUp; readonly id?: string }>;
  /** Finds a person by member id; `name` is absent where they are no member who may decide. */
  findPerson(id: PersonId): Promise<{ readonly check: CheckUp; readonly name?: string }>;
}

/** Creates what an installation asks Slack while its settings are written. */
export function createSlackSetup(
  options: Pick<SlackCheckUpOptions, 'botToken' | 'apiUrl' | 'proxy' | 'log'>,
): SlackSetup {
  const client = createClient(options);
  return {
    async signIn({ team, features }) {
      const signedIn = await signIn(client);
      if (signedIn.kind === 'refused') return { checks: [signedIn.check] };
      const { check, reply, scopes } = signedIn;
      const workspace = checkWorkspace(reply, { people: [], team });
      return {
        checks: [check, ...workspace, checkScopes(scopes, features)],
        ...defined({ teamId: reply.team_id }),
      };
    },
    checkAppToken: (appToken) => checkAppToken(client, { appToken }),
    checkChannel: (id) => checkChannel(client, id),
    findChannel: (name) => findChannel(client, name),
    findPerson: (id) => findPerson(client, id),
  };
}

/** Pages of names that are read at most; Slack lets few through in a minute. */
const mostPages = 10;

async function findChannel(client: webApi.WebClient, text: string) {
  const name = text.replace(/^#/, '');
  const title = `Slack: channel #${name}`;
  const fix = 'write its id, which stands at the end of "About" when you click its name in Slack';
  try {
    const page = (cursor: string) =>
      listChannels(client, { limit: '1000', exclude_archived: 'true', ...(cursor ? { cursor } : {}) });
    let cursor = '';
    for (let pages = 0; pages < mostPages; pages += 1) {
      const reply = await page(cursor);
      const found = reply.channels?.find((one) => one.name === name);
      if (found?.id !== undefined) {
        const check = await checkChannel(client, found.id);
        return { check: { ...check, name: `${title} (${found.id})` }, id: found.id };
      }
      cursor = reply.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    const detail =
      'there is none of this name that the app can see; a private one is seen once the bot was invited';
    return { check: { name: title, verdict: 'bad', detail, fix } as const };
  } catch (error) {
    const detail =
      slackWord(error) === 'missing_scope'
        ? 'the app may not read channels (it lacks channels:read), so it cannot find one by its name'
        : saidOf(error);
    return { check: { name: title, verdict: 'unknown', detail, fix } as const };
  }
}

/** Private channels are listed only to apps with one more scope; without it the public ones are better than none. */
async function listChannels(
  client: webApi.WebClient,
  page: Readonly<Record<string, string>>,
): Promise<webApi.ConversationsListResponse> {
  const list = (types: string) => client.apiCall(triedMethods.listChannels, { ...page, types });
  try {
    return await list('public_channel,private_channel');
  } catch (error) {
    if (slackWord(error) !== 'missing_scope') throw error;
    return list('public_channel');
  }
}

async function findPerson(client: webApi.WebClient, id: PersonId) {
  const title = `Slack: person ${id.userId}`;
  const found = await judgePerson(client, id);
  if (found.kind === 'problem') return { check: { name: title, ...found.problem } };
  const { name } = found;
  return { check: { name: title, verdict: 'good', detail: name } as const, name };
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
function checkWorkspace(
  reply: webApi.AuthTestResponse,
  { people, team }: Pick<SlackCheckUpOptions, 'people' | 'team'>,
): readonly CheckUp[] {
  const name = 'Slack: workspace';
  if (isOrgWide(reply)) return [{ name, verdict: 'bad', ...orgWide }];
  const { team_id: teamId = '', enterprise_id: grid } = reply;
  const detail = grid
    ? `${teamId} of the Enterprise Grid ${grid}; whoever decides must be among the members of it, wherever in the Grid they are at home`
    : `${teamId}, of no Enterprise Grid`;
  if (team !== undefined && team !== teamId) {
    const wrong = `the token is of ${detail}; slack.team says ${team}, where nobody and nothing would be found`;
    return [
      {
        name,
        verdict: 'bad',
        detail: wrong,
        fix: `write slack.team: ${teamId}, or use the token of ${team}`,
      },
    ];
  }
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
  { appToken }: Pick<SlackCheckUpOptions, 'appToken'>,
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

/** More people are not looked up: Slack lets few questions through in a minute, and the running bot asks as well. */
const mostPeople = 40;

/** Finds people in the settings whom Slack does not know, or who cannot decide there any more. */
async function checkPeople(
  client: webApi.WebClient,
  teamId: string,
  { named, people }: Pick<SlackCheckUpOptions, 'named' | 'people'>,
): Promise<readonly CheckUp[]> {
  const name = 'Slack: members';
  const inRules = new Set(named.map(personKey));
  const all = [...named, ...people].filter((id) => id.teamId === teamId);
  const ours = [...new Set(all.map(({ userId }) => userId))];
  const found: CheckUp[] = [];
  let known = 0;
  for (const userId of ours.slice(0, mostPeople)) {
    const judged = await judgePerson(client, { teamId, userId });
    const isInRule = inRules.has(personKey({ teamId, userId }));
    if (judged.kind === 'member') known += 1;
    else found.push({ name: `Slack: person ${userId}`, ...judged.problem, ...(isInRule ? {} : onlyMapped) });
  }
  const good: CheckUp = { name, verdict: 'good', detail: `${known} of those named are members` };
  const rest = ours.length - mostPeople;
  const unchecked: CheckUp = { name, verdict: 'unknown', detail: `${rest} more were not looked up` };
  return [...(known > 0 ? [good] : []), ...found, ...(rest > 0 ? [unchecked] : [])];
}

async function judgePerson(
  client: webApi.WebClient,
  id: PersonId,
): Promise<
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'problem'; readonly problem: Omit<CheckUp, 'name'> }
> {
  const fix = 'correct the member id in the settings, or take the person out';
  try {
    const { membership, name } = await lookUpPerson(client, id, id.teamId);
    if (membership === 'member') return { kind: 'member', name };
    const detail = `${unfit[membership]}, so no click of theirs counts`;
    return { kind: 'problem', problem: { verdict: 'bad', detail, fix } };
  } catch (error) {
    return { kind: 'problem', problem: { verdict: 'unknown', detail: saidOf(error) } };
  }
}

/** Whoever only asks for things may be anybody. */
const onlyMapped = {
  verdict: 'unknown',
  fix: 'nothing, if they only ask for things; no rule names them',
} as const;

const unfit = {
  guest: 'a guest',
  bot: 'an app',
  deactivated: 'deactivated',
  stranger: 'nobody of this workspace',
} as const;

async function checkGroups(client: webApi.WebClient, groups: readonly string[]): Promise<readonly CheckUp[]> {
  const found: CheckUp[] = [];
  for (const group of new Set(groups)) {
    const name = `Slack: user group ${group}`;
    const members = await listGroup(client, group).catch((error: unknown) => saidOf(error));
    const isTold = members !== 'missing_scope';
    const fix = 'correct the id in the settings; it begins with S and stands in the address of the group';
    if (typeof members === 'string')
      found.push({ name, verdict: isTold ? 'bad' : 'unknown', detail: members, fix });
    else if (members.length === 0)
      found.push({ name, verdict: 'bad', detail: 'nobody is in it', fix: 'add its members in Slack' });
    else found.push({ name, verdict: 'good', detail: `${members.length} in it` });
  }
  return found;
}

function saidOf(error: unknown): string {
  const cause = error instanceof ChatError ? error.cause : error;
  return slackWord(cause) ?? chatError(error, 'read').message;
}
