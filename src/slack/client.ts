import { webApi } from '@slack/bolt';
import { type Dispatcher, ProxyAgent, fetch as undiciFetch } from 'undici';
import type { Person, PersonId, WorkspaceMembership } from '../domain/person.js';
import { isTimeZone } from '../domain/quiet-hours.js';
import { ChatError, type ChatErrorCode } from '../ports/errors.js';
import type { Log } from '../ports/runtime.js';
import { defined } from '../shared/language.js';
import { inSpan } from '../shared/trace.js';

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
/** Says who somebody is in our workspace. Throws `ChatError` where Slack does not tell. */
export async function lookUpPerson(
  client: webApi.WebClient,
  id: PersonId,
  ourTeamId: string,
): Promise<Person> {
  const user = await readUser(client, id);
  if (!user) return { id, name: id.userId, membership: 'stranger' };
  const profile = user.profile ?? {};
  const email = user.is_email_confirmed === true ? profile.email : undefined;
  return {
    id,
    name: profile.display_name || profile.real_name || user.real_name || user.name || id.userId,
    membership: membershipOf(user, id, ourTeamId),
    ...(email ? { confirmedEmail: email } : {}),
    ...(isTimeZone(user.tz) ? { timeZone: user.tz } : {}),
  };
}

async function readUser(client: webApi.WebClient, id: PersonId): Promise<User | undefined> {
  try {
    const { user } = await client.users.info({ user: id.userId });
    if (user?.id !== id.userId) {
      throw new ChatError('Slack reported somebody else', { code: 'refused', retryable: false });
    }
    return user;
  } catch (error) {
    if (['user_not_found', 'user_not_visible', 'users_not_found'].includes(slackWord(error) ?? '')) {
      return undefined;
    }
    throw chatError(error, 'read');
  }
}

/**
 * Whoever is not clearly a full member of our own workspace is none.
 *
 * Of members of an Enterprise Grid `team_id` may be another workspace, the organization or absent; then only the list
 * of their workspaces tells.
 */
function membershipOf(user: User, id: PersonId, ourTeamId: string): WorkspaceMembership {
  if (user.deleted === true) return 'deactivated';
  if (user.is_bot === true || user.id === 'USLACKBOT') return 'bot';
  const { teams = [] } = user.enterprise_user ?? {};
  const isFromHere = id.teamId === ourTeamId && (user.team_id === ourTeamId || teams.includes(ourTeamId));
  if (!isFromHere || isStranger(user)) return 'stranger';
  return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'member';
}

/** Slack's client does not list this field of people from a connected workspace. */
function isStranger(user: User): boolean {
  return 'is_stranger' in user && user.is_stranger === true;
}

type SlackResponse = Awaited<ReturnType<webApi.FetchFunction>>;

/** How calls to Slack are made. */
interface SlackClientOptions {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
  readonly logger: webApi.Logger;
  readonly timeoutMs?: number | undefined;
  /** Leads through a proxy, where there is one. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Has the calls made with the token in force, where tokens rotate. */
  readonly authorize?: ((fetchFrom: webApi.FetchFunction) => webApi.FetchFunction) | undefined;
  /** Sees each answer before anybody reads it. */
  readonly onResponse?: (reply: SlackResponse) => void;
}

/**
 * Gives the options under which a call is made once and fails at once.
 *
 * Slack's client would otherwise repeat a post whose answer got lost, and would hold back every call,
 * also the opening of a modal, while it waits out a rate limit. Never add `headers`: the client writes the
 * token into that object.
 */
export function webClientOptions({
  apiUrl,
  timeoutMs,
  dispatcher,
  authorize = (fetchFrom) => fetchFrom,
  onResponse,
}: SlackClientOptions): webApi.WebClientOptions {
  const fetchFrom = authorize(createFetch(dispatcher));
  return {
    ...defined({ slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs ?? 10_000,
    fetch: onResponse ? showing(fetchFrom, onResponse) : fetchFrom,
  };
}

/** Fetches the same way, and shows each answer. */
function showing(
  fetchFrom: webApi.FetchFunction,
  onResponse: (reply: SlackResponse) => void,
): webApi.FetchFunction {
  return async (...request) => {
    const reply = await fetchFrom(...request);
    onResponse(reply);
    return reply;
  };
}

/** Creates the client for every call of ours. */
export function createSlackClient(options: SlackClientOptions): webApi.WebClient {
  return new webApi.WebClient(options.botToken, { ...webClientOptions(options), logger: options.logger });
}

/** Who is in a group is asked again after this long; it may be this old when somebody decides. */
const keptForMs = 5 * 60_000;

/** Who is in which user groups of Slack. */
interface UserGroups {
  /** Lists who is in a group, at most five minutes old. Throws `ChatError`. */
  membersOf(group: string): Promise<readonly PersonId[]>;
  /** Says which of the groups named in the settings somebody is in, and of which nobody can tell. */
  groupsOf(id: PersonId): Promise<Pick<Person, 'groups' | 'uncheckedGroups' | 'checkedGroups'>>;
}

/**
 * Reads user groups, and keeps each reading for five minutes at most.
 *
 * A failed reading is never kept: it counts as not known, whatever was known before. While Slack wants to be left
 * alone it is not asked.
 */
export function createUserGroups(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly now: () => number;
  readonly teamId: () => string;
  /** Gives the groups the settings name. */
  readonly groups: () => readonly string[];
}): UserGroups {
  const { client, log, now, teamId } = options;
  const kept = new Map<string, { readonly atMs: number; readonly members: readonly string[] }>();
  const requested = new Map<string, Promise<readonly string[]>>();
  let throttled: { readonly atMs: number; readonly error: ChatError } | undefined;
  const readAnew = async (group: string): Promise<readonly string[]> => {
    const requestedAtMs = now();
    try {
      const members = await listGroup(client, group);
      kept.set(group, { atMs: requestedAtMs, members });
      return members;
    } catch (error) {
      if (error instanceof ChatError && error.retryAfterMs !== undefined) throttled = { atMs: now(), error };
      throw error;
    } finally {
      requested.delete(group);
    }
  };
  const read = async (group: string): Promise<readonly string[]> => {
    const known = kept.get(group);
    const ageMs = known ? now() - known.atMs : keptForMs;
    if (known && ageMs >= 0 && ageMs < keptForMs) return known.members;
    if (throttled) {
      const passedMs = now() - throttled.atMs;
      // A clock that was turned back makes nobody wait for longer.
      if (passedMs >= 0 && passedMs < (throttled.error.retryAfterMs ?? 0)) throw throttled.error;
    }
    // Many may ask at once, a flood of clicks for instance, and Slack answers few such questions in a minute.
    const request = requested.get(group) ?? readAnew(group);
    requested.set(group, request);
    return request;
  };
  return {
    membersOf: async (group) => (await read(group)).map((userId) => ({ teamId: teamId(), userId })),
    async groupsOf(id) {
      const groups = options.groups();
      // Nobody of another workspace is in a group of this one.
      if (groups.length === 0 || id.teamId !== teamId()) return { checkedGroups: groups };
      const unchecked: string[] = [];
      const isIn = async (group: string): Promise<boolean> => {
        try {
          return (await read(group)).includes(id.userId);
        } catch (error) {
          if (!(error instanceof ChatError)) throw error;
          log.warn(
            { group, err: error },
            'The members of a user group cannot be read; nobody counts as a member',
          );
          unchecked.push(group);
          return false;
        }
      };
      const memberships = await Promise.all(groups.map(isIn));
      return {
        groups: groups.filter((_group, index) => memberships[index]),
        uncheckedGroups: unchecked,
        checkedGroups: groups.filter((group) => !unchecked.includes(group)),
      };
    },
  };
}

/** Lists who is in a user group. Throws `ChatError`. */
export async function listGroup(client: webApi.WebClient, group: string): Promise<readonly string[]> {
  try {
    const { users } = await client.usergroups.users.list({ usergroup: group });
    if (!users)
      throw new ChatError('Slack did not say who is in the group', { code: 'refused', retryable: false });
    return users;
  } catch (error) {
    throw error instanceof ChatError ? error : chatError(error, 'read');
  }
}

const { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } = webApi;

/** Whatever an answer says, nothing waits longer than this before Slack is asked again. */
const longestPauseS = 3_600;

/** What was being done when a call failed; only a post must not be repeated blindly. */
type Attempt = 'post' | 'update' | 'read';

/** This place takes no posts, now or ever; a prefix stands for all words that begin with it. */
const placeClosed: readonly string[] = [
  'is_archived',
  'is_inactive',
  'channel_not_found',
  'not_in_channel',
  'user_not_found',
  'user_disabled',
  'user_not_visible',
  'cannot_dm_bot',
  'messages_tab_disabled',
  'restricted_action',
];

/** The message was deleted, or the one whose thread it was to stand in. */
const messageGone: readonly string[] = ['message_not_found', 'thread_not_found', 'cannot_reply_to_message'];

const notEditable: readonly string[] = ['cant_update_message', 'edit_window_closed'];

/** What is wrong is ours: how the message is formed. */
const wrongForm: readonly string[] = [
  'invalid_blocks',
  'invalid_attachments',
  'invalid_arguments',
  'invalid_metadata',
  'metadata_',
  'msg_blocks_too_long',
  'msg_too_long',
  'too_many_attachments',
  'no_text',
  'invalid_view',
  'view_too_large',
];

/** The token does not do; an uninstalled app hears `account_inactive`, which says nothing about whom it wrote to. */
const signIn: readonly string[] = [
  'invalid_auth',
  'token_',
  'not_authed',
  'missing_scope',
  'account_inactive',
  'not_allowed_token_type',
  'org_login_required',
  'ekm_access_denied',
  'team_access_not_granted',
];

/** Slack says of these that it broke off somewhere on the way. */
const halfWay: readonly string[] = ['fatal_error', 'internal_error', 'service_unavailable'];

/** Failures before a connection existed, so nothing can have arrived. */
const notConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Translates what Slack's client throws; the only place that knows Slack's error words.
 *
 * Slack adds words every year, and a proxy answers with pages of its own. What nobody knows is no reason to give up
 * a message: it counts as not done, or as perhaps done where Slack did not say no in a word. The words are those of
 * https://docs.slack.dev/reference/methods/chat.postMessage and its siblings.
 */
export function chatError(error: unknown, attempt: Attempt): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof WebAPIRateLimitedError)
    return throttled(error, Math.min(Math.max(error.retryAfter, 1), longestPauseS) * 1000);
  if (error instanceof WebAPIPlatformError) return platformError(error, attempt);
  if (error instanceof WebAPIHTTPError) {
    const { statusCode } = error;
    const isTaken = statusCode < 400 || statusCode === 408 || statusCode >= 500;
    return fromCode(error, isTaken ? lost(attempt) : 'unavailable');
  }
  if (error instanceof WebAPIRequestError) {
    const { original } = error;
    const wasSent = !(original instanceof NetworkFailure && notConnected.has(original.code));
    return fromCode(error, wasSent ? lost(attempt) : 'unavailable');
  }
  return fromCode(error, lost(attempt));
}

/**
 * Gives Slack's own word for a refusal; absent when it was something else.
 *
 * Slack's client puts a whole page there when the answer was no JSON.
 */
export function slackWord(error: unknown): string | undefined {
  if (!(error instanceof WebAPIPlatformError)) return undefined;
  const { error: word }: { readonly error?: unknown } = error.data;
  return typeof word === 'string' && /^[a-z][\w:.-]{1,79}$/i.test(word) ? word : undefined;
}

/** Tells whether Slack found fault with the form of a message rather than with anything else. */
export function isBadForm(error: unknown): boolean {
  const word = slackWord(error);
  return word !== undefined && isOneOf(wrongForm, word);
}

/** Tells whether a window could not be opened because it came too late, or a second time. */
export function isTriggerGone(error: unknown): boolean {
  const word = slackWord(error);
  return (
    word !== undefined &&
    [
      'expired_trigger_id',
      'exchanged_trigger_id',
      'invalid_trigger_id',
      'trigger_expired',
      'trigger_exchanged',
    ].includes(word)
  );
}

/** Gives what Slack says is wrong with blocks: a sentence and a JSON pointer each, none of our text. */
export function blockProblems(error: unknown): readonly string[] {
  return error instanceof WebAPIPlatformError ? (error.data.response_metadata?.messages ?? []) : [];
}

function platformError(error: Error, attempt: Attempt): ChatError {
  const word = slackWord(error);
  if (word === undefined || isOneOf(halfWay, word)) return fromCode(error, lost(attempt));
  if (word === 'ratelimited' || word === 'rate_limited') return throttled(error, 1000);
  if (isOneOf(placeClosed, word)) return fromCode(error, 'channel-gone');
  if (isOneOf(messageGone, word)) return fromCode(error, 'message-gone');
  if (isOneOf(notEditable, word)) return fromCode(error, 'not-editable');
  if (isOneOf(signIn, word)) return fromCode(error, 'sign-in');
  return fromCode(error, isOneOf(wrongForm, word) ? 'refused' : 'unavailable');
}

function isOneOf(listed: readonly string[], word: string): boolean {
  return listed.some((one) => word === one || word.startsWith(one.endsWith('_') ? one : `${one}_`));
}

/** An update or a read may be repeated; of a post it is not known whether it was done. */
function lost(attempt: Attempt): ChatErrorCode {
  return attempt === 'post' ? 'outcome-unknown' : 'unavailable';
}

function throttled(cause: unknown, retryAfterMs: number): ChatError {
  return new ChatError('Slack asks to wait', { code: 'throttled', retryable: true, retryAfterMs, cause });
}

function fromCode(cause: unknown, code: ChatErrorCode): ChatError {
  const word = slackWord(cause);
  const retryable = code === 'unavailable' || code === 'sign-in';
  return new ChatError(`Slack did not do it: ${word ?? code}`, { code, retryable, cause });
}

/** A request got no answer; the code is the system's, such as `ECONNREFUSED`, or empty. */
class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(`No answer${code === '' ? '' : ` (${code})`}`, { cause });
    this.code = code;
  }
}

/** Creates what fetches, and names what went wrong: how it failed tells whether a message can have arrived. */
export function createFetch(dispatcher?: Dispatcher): webApi.FetchFunction {
  const send: webApi.FetchFunction = async (url, init = {}) => {
    try {
      // The one built into Node takes no dispatcher of another version.
      return dispatcher ? await undiciFetch(url, { ...proxied(init), dispatcher }) : await fetch(url, init);
    } catch (error) {
      throw new NetworkFailure(systemCode(error), error);
    }
  };
  return (url, init) => inSpan(`Slack ${methodIn(url)}`, {}, () => send(url, init));
}

/** Names the method that is called; an address for answering is a secret, and stays one. */
function methodIn(url: Parameters<webApi.FetchFunction>[0]): string {
  return /\/api\/([a-z]+(?:\.[a-zA-Z]+)+)$/.exec(String(url))?.[1] ?? 'response';
}

/** Slack is sent forms as text alone; files would be of another kind. */
function proxied({ body, ...init }: NonNullable<Parameters<webApi.FetchFunction>[1]>) {
  if (body !== undefined && typeof body !== 'string') throw new Error('Only text is sent through a proxy');
  return { ...init, ...defined({ body }) };
}

/** A proxy between the bot and Slack, and what is reached without it. */
export interface SlackProxy {
  readonly url: string;
  /** Hosts as `NO_PROXY` lists them. */
  readonly except?: string;
}

/** Leads through a proxy, to Slack's API as well as to its socket; undefined where Slack is reached without one. */
export function createDispatcher(
  proxy: SlackProxy | undefined,
  apiUrl = 'https://slack.com/api/',
): Dispatcher | undefined {
  if (!proxy) return undefined;
  const { hostname } = new URL(apiUrl);
  const except = (proxy.except ?? '')
    .split(/[\s,]+/)
    .map((one) => one.replace(/^\*?\./, '').replace(/:\d+$/, ''));
  const isDirect = except.some((one) => one === '*' || (one !== '' && `.${hostname}`.endsWith(`.${one}`)));
  return isDirect ? undefined : new ProxyAgent({ uri: proxy.url, proxyTunnel: true });
}

/** The code lies some causes down. */
function systemCode(error: unknown): string {
  let cause = error;
  while (typeof cause === 'object' && cause !== null) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return '';
}

/** Tells whether a token is of an app installed for a whole Enterprise Grid, which belongs to no workspace. */
export function isOrgWide({ is_enterprise_install, team_id = '' }: webApi.AuthTestResponse): boolean {
  return is_enterprise_install === true || team_id.startsWith('E');
}

/** What is said of such a token, of which nobody could be found a member, and what to do. */
export const orgWide = {
  detail: 'the app is installed for a whole Enterprise Grid, and Countersign works in one workspace',
  fix: 'install it into the workspace whose people decide, and put that token into SLACK_BOT_TOKEN',
} as const;
