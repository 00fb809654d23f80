import { App, webApi } from '@slack/bolt';
import type { MappedPerson } from '../domain/person.js';
import type { CheckUp } from '../ports/backend.js';
import type { Chat, TokenPairRepository, WebRoute } from '../ports/chat.js';
import { ChatError } from '../ports/errors.js';
import { type Log, type Metrics, noMetrics } from '../ports/runtime.js';
import type { KeyValueStore } from '../ports/store.js';
import { createInFlight, type InFlight } from '../shared/async.js';
import { asError } from '../shared/language.js';
import { createTracing, type Tracing } from '../shared/trace.js';
import { clickReplyForms } from './blocks/notice.js';
import {
  chatError,
  createDispatcher,
  createFetch,
  createLookUpPerson,
  createSlackClient,
  createUserGroups,
  isOrgWide,
  orgWide,
  type SlackProxy,
  webClientOptions,
} from './client.js';
import {
  createPrivateReplies,
  postedAtMs,
  postMessage,
  publishHome,
  sendFiles,
  updateMessage,
} from './deliver.js';
import { checkUpSlack, type SlackCheckUpOptions } from './doctor.js';
import { mrkdwnFormatter } from './format.js';
import { commentField, linkPattern, strangeActionPattern, strangeCallbackPattern } from './ids.js';
import { registerAlerts } from './listeners/alerts.js';
import { askerOf, registerApprovals, registerQuestions } from './listeners/approvals.js';
import { type Picker, type Pickers, registerCommands, registerModals } from './listeners/commands.js';
import {
  arrived,
  broke,
  createClickSlots,
  createCommandReplies,
  createSharedCache,
  type ListenerContext,
  type Listening,
  onSubmission,
  replyUnread,
  type SlackIdentity,
} from './listeners/context.js';
import { registerBulk, registerHome } from './listeners/home.js';
import {
  type BoltLogger,
  createBoltLog,
  createHttpConnection,
  createSocketConnection,
  type HttpMode,
  type ReceiverConnection,
  type SocketMode,
} from './receivers.js';
import { clickReplyText, messages } from './text/answer.js';
import { createRotatingToken, type TokenRotationSecrets, tokenStandIn } from './token-rotation.js';
import type { UseCases } from './use-cases.js';

/** Checks, without posting anything, that the chat lets the bot do what the settings ask of it. */
export function checkUpChat(options: SlackCheckUpOptions): Promise<readonly CheckUp[]> {
  return checkUpSlack(options);
}

/** Creates the chat the bot lives in; another chat is one more line here. */
export function createChat(options: SlackChatOptions): SlackChat {
  return createSlackChat(options);
}

/** What the Slack chat needs. */
export interface SlackChatOptions {
  readonly mode: SocketMode | HttpMode;
  readonly botToken: string;
  /** Set where the app's tokens rotate; `botToken` is left out of account then. */
  readonly rotation?:
    | { readonly secrets: TokenRotationSecrets; readonly pairs: TokenPairRepository }
    | undefined;
  /** Another address of Slack's Web API, such as a simulator's; ends in `/api/`. */
  readonly apiUrl?: string;
  /** Through which Slack is reached, its socket too. */
  readonly proxy?: SlackProxy;
  readonly log: Log;
  /** Where that is kept which every bot in this workspace must find again. */
  readonly keyValueStore: KeyValueStore;
  readonly metrics?: Metrics;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Begins a trace for whatever comes in. */
  readonly tracing?: Tracing;
  /** The slash command the bot answers to, with its slash; `/workflow` if left out. */
  readonly command?: string;
  /** The workspace the token has to belong to; any if left out. */
  readonly team?: string;
  /** Says what people call a system. */
  readonly labelOf?: (system: string) => string;
  /** Gives the address at which an invitation to link an account is taken up. */
  readonly linkUrlOf?: (requestId: string) => string;
  /** Set in shadow mode: what to call people, none of whom is mentioned. */
  readonly shadowNames?: readonly MappedPerson[];
  /** Gives the ids of the user groups the settings name. */
  readonly userGroups?: () => readonly string[];
  /** How long one call to Slack may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** How long to wait before a start that did not reach Slack is tried again, in milliseconds. */
  readonly startAgainMs?: number;
}

/** Slack, connected or about to be. */
interface SlackChat {
  readonly chat: Chat;
  /**
   * Signs in and lets clicks and commands in; gives the address that Slack calls in HTTP mode, to be put on the
   * public listener. While Slack cannot be reached it goes on trying by itself, and says so in the log. Throws
   * `ChatError` when Slack does not let us in.
   */
  start(useCases: UseCases): Promise<WebRoute | undefined>;
  /** Tells whether clicks can come in just now, as far as this side knows. */
  isConnected(): boolean;
  /** Takes no more clicks, waits up to eleven seconds for those in hand, and closes the connection. */
  stop(): Promise<void>;
  /** Who the bot is there; known once started. */
  identity(): SlackIdentity;
  /** Refreshes the bot token where it rotates and is about to expire; never throws. */
  renewToken(): Promise<void>;
}

/** What is under way with a system ends after ten seconds, and what came of it is said. */
const settleTimeoutMs = 11_000;

const longestStartMs = 30_000;

const notReached = 'Slack cannot be reached; nobody can decide anything here until it can. Trying again';

/** Creates the chat in Slack. */
export function createSlackChat(given: SlackChatOptions): SlackChat {
  const { log, keyValueStore, now, newId, labelOf = () => 'Command', command = '/workflow' } = given;
  const { metrics = noMetrics, tracing = createTracing({ newId }) } = given;
  const dispatcher = createDispatcher(given.proxy, given.apiUrl);
  const logger = createBoltLog(log);
  const token =
    given.rotation && createRotatingToken({ ...given.rotation, ...given, fetch: createFetch(dispatcher) });
  const options = token ? { ...given, botToken: tokenStandIn, authorize: token.authorize } : given;
  const client = createSlackClient({
    ...options,
    dispatcher,
    logger,
    onResponse: ({ status }) => countThrottled(metrics, status),
  });
  const fetch = createFetch(dispatcher);
  const replies = createPrivateReplies({ client, log, fetch });
  const linking = options.linkUrlOf ? { linkUrlOf: options.linkUrlOf } : {};
  const renderContext = { formatter: mrkdwnFormatter, labelOf, command, ...linking };
  const { shadowNames } = options;
  const nameOf = (userId: string) => shadowNames?.find(({ id }) => id.userId === userId)?.name;
  const refused = { container: false, charts: false };
  const delivering = {
    client,
    log,
    labelOf,
    command,
    ...linking,
    ...(shadowNames ? { shadowNames: nameOf } : {}),
    refused,
  };
  const commandReplies = createCommandReplies({
    replies,
    renderContext,
    log,
    keyValueStore,
    now,
    newId,
    refused,
  });
  const inFlight = createInFlight();
  const slots = createClickSlots();
  const { startAgainMs = 2_000 } = options;
  let us: SlackIdentity | undefined;
  let connection: ReceiverConnection | undefined;
  let isStopping = false;

  const identity = (): SlackIdentity => {
    if (!us) throw new Error('Slack was not asked yet who we are: start first');
    return us;
  };
  const { userGroups = () => [] } = options;
  const teamId = (): string => {
    // Who we are is known once Slack was reached; until then nobody can be told from a stranger.
    if (us) return us.teamId;
    throw new ChatError('Slack has not been reached yet', { code: 'unavailable', retryable: true });
  };
  const lookUpPerson = createLookUpPerson({ client, now, teamId });
  const groups = createUserGroups({ client, log, now, teamId, groups: userGroups });
  return {
    chat: {
      lookUpPerson: async (id) => {
        const [person, inGroups] = await Promise.all([lookUpPerson(id), groups.groupsOf(id)]);
        return { ...person, ...inGroups };
      },
      membersOf: groups.membersOf,
      async checkConnection() {
        if (isStopping || !connection?.isOpen())
          throw new ChatError('No clicks come in', { code: 'unavailable', retryable: true });
        try {
          await client.auth.test();
        } catch (error) {
          throw chatError(error, 'read');
        }
      },
      post: (target, content, thread) => postMessage(delivering, { target, content, thread }),
      postedAtMs,
      update: (message, content) => updateMessage(delivering, message, content),
      replyToClick: (click, reply) => replies.show(askerOf(click), clickReplyForms(reply, renderContext)),
      sendFiles: ({ userId }, files, comment) => sendFiles({ client, fetch }, { userId, files, comment }),
      publishHome: (page, hash) => publishHome(delivering, page, hash),
      replyPrivately: (asker, reply) => commandReplies.reply(asker, reply),
    },
    identity,
    async start(useCases) {
      let opening = openingOf(options, { logger, dispatcher });
      const { route } = opening;
      const connectOnce = async (): Promise<void> => {
        us = await signIn(client, options.team);
        const common = {
          slots,
          client,
          replies,
          commandReplies,
          renderContext,
          us,
          command,
          log,
          metrics,
          now,
          newId,
        };
        const app = await createSlackApp({
          connection: opening,
          context: { useCases, ...common },
          pickers: createSharedCache<Picker>(keyValueStore, 'picker'),
          inFlight,
          tracing,
          botToken: options.botToken,
          clientOptions: webClientOptions({ ...options, dispatcher, logger }),
          logger,
          isStopping: () => isStopping,
        });
        connection = opening;
        await connect(opening, app);
      };
      const goOn = async (): Promise<void> => {
        for (let waitMs = startAgainMs; !isStopping; waitMs = Math.min(2 * waitMs, longestStartMs)) {
          await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
          if (isStopping) return;
          // What has failed to connect once is not used again.
          if (!route) opening = openingOf(options, { logger, dispatcher });
          try {
            await connectOnce();
            log.info({}, 'Slack was reached at last');
            return;
          } catch (error) {
            log.error({ err: asError(error) }, notReached);
          }
        }
      };
      try {
        await connectOnce();
      } catch (error) {
        if (!ChatError.hasCode(error, 'unavailable', 'throttled', 'outcome-unknown')) throw error;
        log.error({ err: error }, notReached);
        void goOn();
      }
      return route;
    },
    renewToken: async () => token?.renew(),
    isConnected: () => !isStopping && (connection?.isOpen() ?? false),
    async stop() {
      isStopping = true;
      if (!(await inFlight.settled(settleTimeoutMs))) log.warn({}, 'Some clicks were not finished in time');
      await connection?.close();
      connection = undefined;
      await dispatcher?.destroy();
    },
  };
}

function countThrottled(metrics: Metrics, status: number): void {
  if (status === 429) metrics.throttled();
}

function openingOf(
  { mode, apiUrl, log }: SlackChatOptions,
  parts: { readonly logger: BoltLogger; readonly dispatcher: ReturnType<typeof createDispatcher> },
): ReceiverConnection {
  return mode.kind === 'http'
    ? createHttpConnection(mode, { log })
    : createSocketConnection(mode, { apiUrl, log, ...parts });
}

async function connect(connection: ReceiverConnection, app: App): Promise<void> {
  try {
    await connection.open(app);
  } catch (error) {
    // Whatever is not Slack's answer says what it is by itself.
    if (!(error instanceof webApi.SlackError)) throw error;
    const refused = chatError(error, 'read');
    if (refused.code !== 'sign-in') throw refused;
    const { message, code, retryable } = refused;
    throw new ChatError(message, { code, retryable, about: 'app-token', cause: error });
  }
}

async function signIn(
  client: ReturnType<typeof createSlackClient>,
  team: string | undefined,
): Promise<SlackIdentity> {
  try {
    const said = await client.auth.test();
    const { team_id: teamId, user_id: botUserId, bot_id: botId, enterprise_id: enterpriseId } = said;
    if (isOrgWide(said)) {
      throw new ChatError(`Slack: ${orgWide.detail}; ${orgWide.fix}`, { code: 'sign-in', retryable: false });
    }
    if (!teamId || !botUserId || !botId) throw new Error('Slack did not say who the token belongs to');
    if (team !== undefined && team !== teamId) {
      const ofGrid = enterpriseId ? ` (of the Enterprise Grid ${enterpriseId})` : '';
      const wrong = `the bot token belongs to workspace ${teamId}${ofGrid}; slack.team is ${team}`;
      throw new ChatError(wrong, { code: 'refused', retryable: false, about: 'team' });
    }
    return { teamId, botUserId, botId, ...(enterpriseId ? { enterpriseId } : {}) };
  } catch (error) {
    throw chatError(error, 'read');
  }
}

/** What Bolt is set up with. */
interface SlackAppOptions {
  readonly connection: ReceiverConnection;
  readonly context: ListenerContext;
  readonly pickers: Pickers;
  readonly inFlight: InFlight;
  readonly tracing: Tracing;
  readonly botToken: string;
  readonly clientOptions: webApi.WebClientOptions;
  readonly logger: BoltLogger;
  /** True once nothing new may begin. */
  readonly isStopping: () => boolean;
}

/** Sets Bolt up: who listens to what, what counts as under way, and what a broken listener leads to. */
async function createSlackApp(options: SlackAppOptions): Promise<App> {
  const { connection, context, inFlight, tracing, isStopping } = options;
  const app = new App({
    token: options.botToken,
    botId: context.us.botId,
    botUserId: context.us.botUserId,
    receiver: connection.receiver,
    logger: options.logger,
    convoStore: false,
    deferInitialization: true,
    extendedErrorHandler: true,
    clientOptions: options.clientOptions,
  });
  await app.init();
  app.use(async ({ body, next }) => {
    // What comes while stopping stays unacknowledged: Slack tells the person so, which is the truth.
    if (isStopping()) return;
    const handle = () => next().catch((error: unknown) => reportBreak(context, error, body));
    await inFlight.track(tracing.begin(nameOfArrival(body), handle));
  });
  registerAll(app, context, options.pickers);
  const onError: Parameters<App['error']>[0] = async ({ error, body }) => reportBreak(context, error, body);
  app.error(onError);
  return app;
}

/** What the first span of something from Slack is called. */
function nameOfArrival(body: { readonly type?: string; readonly command?: unknown }): string {
  if (body.command !== undefined) return 'command';
  if (body.type === 'block_actions') return 'click';
  return body.type === 'view_submission' ? 'submission' : 'event';
}

/**
 * Registers every listener.
 *
 * Bolt calls all whose pattern matches and acknowledges nothing by itself, so no two patterns match the same name,
 * and what none of them matches is acknowledged by the last.
 */
export function registerAll(app: Listening, context: ListenerContext, pickers: Pickers): void {
  registerApprovals(app, context);
  registerQuestions(app, context);
  registerAlerts(app, context);
  registerHome(app, context);
  registerBulk(app, context);
  registerCommands(app, context, pickers);
  registerModals(app, context, pickers);
  registerRest(app, context);
}

/** Following a link needs no answer; what is on no message of ours says that it is not. */
function registerRest(app: Listening, context: ListenerContext): void {
  app.action(linkPattern, ({ ack }) => arrived(context, 'press')(ack()));
  app.action(strangeActionPattern, async ({ body, ack }) => {
    await arrived(context, 'press')(ack());
    const said = clickReplyText({ kind: 'unknown-card' }, context.renderContext);
    await replyUnread(context, body, said);
  });
  onSubmission(app, context, {
    callback: strangeCallbackPattern,
    handle: (_body, ack) => ack({ [commentField]: messages.oldWindow }),
  });
}

/** Logs what broke under a reference and gives the person that reference. */
async function reportBreak(context: ListenerContext, error: unknown, body: unknown): Promise<void> {
  const said = broke(context, { error, sentence: 'Handling something from Slack failed' });
  await replyUnread(context, body, said);
}
