import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { createBackends, createRoutes } from './backends/kind.js';
import { ConfigError, type Problem, type Settings } from './config.js';
import { createHmacSigner, createSecretBox, createSignerFinder } from './crypto.js';
import type { Anchor } from './domain/ledger.js';
import { groupsNamedIn } from './domain/person.js';
import { type Policy, shadowPolicy } from './domain/policy.js';
import { createLinkRoutes } from './http/link-pages.js';
import { createMetrics } from './http/metrics.js';
import { noListener, openOperationsListener, openPublicListener } from './http/server.js';
import { createJobs } from './jobs.js';
import { openOtel } from './otel.js';
import type { WebRoute } from './ports/chat.js';
import type { Log } from './ports/runtime.js';
import type { Store } from './ports/store.js';
import { type AtWork, createRules, type ReloadResult } from './reload.js';
import { coalesced, withTimeout } from './shared/async.js';
import { isPublicSuffix, toUnicode } from './shared/host-names.js';
import { defined } from './shared/language.js';
import { isPostgresUrl } from './shared/text.js';
import { createTracing } from './shared/trace.js';
import { createChat } from './slack/index.js';
import { createTokenPairs, originOf } from './slack/token-rotation.js';
import { useCasesOn } from './slack/use-cases.js';
import { openStore, storeIdOf } from './stores/index.js';
import { takeInboundApproval } from './use-cases/approvals/observe.js';
import { type SwitchResult, switchMode } from './use-cases/approvals/switch-mode.js';
import type { Context, Linking } from './use-cases/context.js';
import { createStoreLock, keyValueStoreIn, type StoreLock } from './use-cases/leases.js';
import { type LostKey, recordStart } from './use-cases/ledger/record.js';
import { type Anchoring, lastAnchors, noteRestored } from './use-cases/ledger/verify.js';
import {
  createHeldTokens,
  createLinking,
  type LinkingParts,
  linkUrl,
} from './use-cases/links/account-linking.js';
import {
  collectGauges,
  countedBackends,
  countedChat,
  createReadinessCheck,
  createResponseTimes,
} from './use-cases/monitoring.js';
import { takeOver, takeUpLeftClicks } from './use-cases/replicas.js';
import { beginCounting } from './use-cases/report.js';
import { reportMissingAccess } from './use-cases/shadow.js';

/** A bot at work. */
export interface Bot {
  /** Looks at every system once, delivers what came of it, and draws the Homes it concerns. */
  observe(): Promise<void>;
  /** Peeks at every system once, and does the same for those where something is new. */
  peek(): Promise<void>;
  /** Sends decisions that were held and may go now, and delivers what is due. */
  deliver(): Promise<void>;
  /** Works on clicks that a bot which is dead has left. */
  takeUp(): Promise<void>;
  /** Removes what is over and older than the settings keep it, as it does by itself at 02:00. */
  removeOld(): Promise<void>;
  /** The port of the public listener; absent when nothing needs one. */
  readonly port: number | undefined;
  /** The port of the operations listener. */
  readonly operationsPort: number | undefined;
  /** Resolves if another bot takes the store over, as it may when this one was frozen for long. */
  readonly lost: Promise<void>;
  /** Puts settings in force that were loaded, once every replica has them. */
  agreeOnRules(): Promise<void>;
  /**
   * Goes by other settings from now on, without letting go of the chat; what cannot be changed so is refused, and the
   * settings stay.
   */
  reload(settings: Settings, options: { readonly isConfirmed: boolean }): Promise<ReloadResult>;
  /**
   * Stops taking clicks, finishes those in hand, delivers what is due, and lets go of everything, within 15 seconds.
   *
   * What a system has not answered by then is left as unknown, and settled by the next start.
   */
  stop(): Promise<void>;
}

/** What the bot takes from the world besides its settings. */
export interface Runtime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly newCode: (length: number) => string;
  /** Names this run of the bot. */
  readonly replicaId: string;
  /** `cron` runs the jobs by themselves; `by-hand` leaves that to whoever holds the bot. */
  readonly jobs: 'cron' | 'by-hand';
  /** Opens what the settings name as the store, as `openStore` does unless told. */
  readonly openStore?: typeof openStore;
  /** Reads the settings again, for a reload that is asked for from outside; throws `ConfigError`. */
  readonly readSettings?: () => Settings;
  /** The file those are read from. */
  readonly settingsFile?: string;
}

/** Another bot has the store for itself. */
export class AnotherBotRunning extends Error {
  override readonly name = 'AnotherBotRunning';
}

/** Starts the bot: opens the store, connects the chat, takes up what a crash left, and sets the jobs going. */
export async function startBot(settings: Settings, runtime: Runtime): Promise<Bot> {
  const open = runtime.openStore ?? openStore;
  const store = await open(settings.store, {
    password: settings.storePassword,
    // Time that is turned by hand is taken as it is; real clocks are put right by the server's.
    ownClock: runtime.jobs === 'cron' ? runtime.now : undefined,
  });
  const storeLock = createStoreLock({ ...runtime, store });
  try {
    if (!(await storeLock.take())) {
      throw new AnotherBotRunning(`Another bot is running on ${settings.store}; stop it first.`);
    }
    return await startOn({ store, storeLock, settings, runtime });
  } catch (error) {
    await storeLock.release();
    await store.close();
    throw error;
  }
}

/** The store of a bot and all it is told. */
interface BotParts {
  readonly store: Store;
  readonly storeLock: StoreLock;
  readonly settings: Settings;
  readonly runtime: Runtime;
}

async function startOn(botParts: BotParts): Promise<Bot> {
  const { store, storeLock, settings, runtime } = botParts;
  const parts = await assemble(botParts);
  const { first, rules } = parts;
  const { context } = first;
  const operations = await openOperationsListener(
    { ...settings.operations, ...runtime },
    {
      checks: parts.checks,
      metrics: parts.metricsPage,
      storeId: storeIdOf(settings.store),
      ...defined({ reload: rules.reload, settingsFile: runtime.settingsFile }),
    },
  );
  try {
    await noteRestored(context, await writtenAnchors(settings));
    const started = await recordStart(context, settings.sections);
    if (started.kind === 'key-lost') throw keyLost(settings.store, started.chains);
    const switched = await switchMode(context);
    if (switched.kind === 'others')
      throw new AnotherBotRunning(
        `Another replica on ${settings.store} is in the other mode; stop it first.`,
      );
    if (switched.kind === 'busy') throw stillSending(switched);
    await beginCounting(context);
    await rules.begin(started);
    await reportMissingAccess(context);
    await takeOver(context);
    const { port, disconnect } = await connect(parts, botParts);
    const passOn = async () => {
      const { jobs } = rules.current();
      await jobs.endAbsences();
      await jobs.deliver();
      await jobs.drawHomes();
    };
    return {
      port,
      operationsPort: operations.port,
      lost: storeLock.lost,
      observe: async () => {
        await rules.current().jobs.observe();
        await passOn();
      },
      peek: async () => {
        await rules.current().jobs.peek();
        await passOn();
      },
      deliver: async () => {
        const { jobs } = rules.current();
        await jobs.sendDue();
        await jobs.deliver();
        await jobs.drawHomes();
      },
      removeOld: () => rules.current().jobs.removeOld(),
      takeUp: () => rules.current().jobs.takeUp(),
      agreeOnRules: rules.agree,
      reload: rules.load,
      stop: async () => {
        const cutOff = setTimeout(() => parts.cutOff.abort(), resultWithinMs);
        await rules.end();
        const { jobs } = rules.current();
        jobs.endPolls();
        await withTimeout(disconnect(), closedWithinMs, undefined);
        await jobs.release();
        // One that comes later would find the store closed.
        parts.endHints();
        await withTimeout(jobs.deliver(), flushedWithinMs, undefined);
        clearTimeout(cutOff);
        await parts.collector?.close();
        await operations.close();
        await storeLock.release();
        await store.close();
      },
    };
  } catch (error) {
    await operations.close();
    throw error;
  }
}

/** Lets people in, and has the jobs run; when that fails half-way, everybody is shut out again. */
async function connect(parts: Awaited<ReturnType<typeof assemble>>, { settings, runtime }: BotParts) {
  const { slack, rules, tracing } = parts;
  let web = noListener;
  const disconnect = async (): Promise<void> => {
    rules.rest();
    web.stopAccepting();
    await slack.stop();
    await web.close();
  };
  try {
    const events = await slack.start(rules.useCases);
    const routes = () => [...(events ? [events] : []), ...rules.current().routes];
    web = await openPublicListener({ ...settings.http, ...runtime }, routes);
    rules.run();
    await tracing.begin(undefined, () => takeUpLeftClicks(rules.current().context));
  } catch (error) {
    // The caller closes the store, so nobody may go on taking clicks.
    await disconnect();
    throw error;
  }
  return { port: web.port, disconnect };
}

/** So long a decision or change under way may take once the bot stops; then it is left as unknown. */
const resultWithinMs = 10_000;

/** Clicks in hand end soon after that, and Slack gets no longer to hang up. */
const closedWithinMs = 11_500;

const flushedWithinMs = 2_000;

/** While many click at once, one look at what is due serves all of them. */
const hintEveryMs = 100;

/** Puts the parts together; nothing runs yet and nobody is let in. */
async function assemble({ store, storeLock, settings, runtime }: BotParts) {
  const { log, now } = runtime;
  const { shadow } = settings;
  const cutOff = new AbortController();
  const { metrics, page } = createMetrics({ log, now, systems: settings.systems.map(({ name }) => name) });
  const signer = createHmacSigner(settings.ledger.key);
  const current = () => rules.current();
  const collector = settings.otel && (await openOtel({ ...settings.otel, log }));
  const tracing = createTracing({ ...runtime, collector });
  const slack = createChat({
    ...runtime,
    tracing,
    ...slackOptionsOf(settings),
    rotation: rotationOf(settings, { ...runtime, store }),
    ...(settings.tokenKeys
      ? { linkUrlOf: (requestId: string) => linkUrlOf(current().context, requestId) }
      : {}),
    labelOf: (system: string) => current().context.backends.get(system)?.label ?? system,
    metrics,
    userGroups: () => groupsNamedIn(current().context.policy),
    ...(shadow ? { shadowNames: settings.policy.people } : {}),
    keyValueStore: keyValueStoreIn(store, now),
  });
  const hint = coalesced(() => void current().jobs.deliver(), hintEveryMs);
  const responseTimes = createResponseTimes();
  const counting = { store, metrics, now };
  const chat = countedChat(slack.chat, counting);
  const settling: NonNullable<Context['settling']> = new Map();
  const heldTokens = createHeldTokens();

  /** Makes of settings what the bot works by; nothing of it runs yet. */
  const make = async (loaded: Settings): Promise<AtWork> => {
    const live = { ...loaded.policy, hosts: { toUnicode, isPublicSuffix }, now };
    const policy = shadow ? shadowPolicy(live, shadow) : live;
    const created = await createBackends(loaded.servers, {
      log,
      now,
      notes: store,
      cutOff: cutOff.signal,
      isReadOnly: shadow !== undefined,
    });
    const backends = countedBackends(created, counting);
    const linking = linkingOf(loaded, { ...runtime, store, backends, signer, policy }, heldTokens);
    const context: Context = {
      ...runtime,
      metrics,
      store,
      backends,
      chat,
      policy,
      signer,
      ...defined({ linking }),
      unreachableAfter: loaded.observe.unreachableAfter,
      ...defined({ readCandidate: candidateIn(loaded), evidence: evidenceOf(loaded) }),
      ...(shadow ? {} : { settling }),
      isInForce: (transaction) => rules.isInForce(context, transaction),
      scheduleDelivery: runtime.jobs === 'cron' ? hint.ask : () => void current().jobs.deliver(),
    };
    const jobs = createJobs(context, {
      storeLock,
      responseTimes,
      anchoring: anchoringOf(loaded),
      renewToken: slack.renewToken,
      tracing,
      retention: loaded.retention,
      signerOf: signerOfLedger(loaded),
    });
    const take: Parameters<typeof createRoutes>[1] = (request) =>
      tracing.begin('webhook', () => takeInboundApproval(current().context, request));
    const routes = [...(await createRoutes(loaded.servers, take)), ...linkRoutesOf(context)];
    return { settings: loaded, context, jobs, routes, useCases: useCasesOn(context) };
  };
  const first = await make(settings);
  const rules = createRules(first, { make, runtime });
  const checks = () =>
    createReadinessCheck({
      store,
      isChatConnected: slack.isConnected,
      systems: [...current().context.backends.keys()],
      responseTimes,
      now,
    })();
  const metricsPage = () => page(() => collectGauges(current().context));
  return { first, rules, slack, checks, metricsPage, cutOff, tracing, collector, endHints: hint.end };
}

function signerOfLedger({ ledger: { key, previousKeys } }: Settings) {
  return createSignerFinder([...(key ? [key] : []), ...previousKeys]);
}

/** Shadow mode sends nobody anything. */
function evidenceOf(settings: Settings): Context['evidence'] {
  if (!settings.evidenceUpload || settings.shadow) return undefined;
  return { signerOf: signerOfLedger(settings), readAnchors: () => writtenAnchors(settings) };
}

function candidateIn({ readCandidate }: Settings): (() => Policy) | undefined {
  return readCandidate && (() => ({ ...readCandidate(), hosts: { toUnicode, isPublicSuffix } }));
}

function slackOptionsOf({ slack }: Settings) {
  const { mode, appToken = '', signingSecret = '', botToken, apiUrl, proxy, command, team } = slack;
  return {
    mode:
      mode === 'socket'
        ? ({ kind: 'socket', appToken } as const)
        : ({ kind: 'http', signingSecret } as const),
    botToken,
    command,
    ...defined({ apiUrl, proxy, team }),
  };
}

/** Says how heads of the ledger are written down outside the store; a file is only ever added to. */
function anchoringOf({ store, ledger }: Settings): Anchoring {
  const { anchorEveryMs, anchorIn, anchorFile } = ledger;
  const beside = besideOf(store);
  return {
    everyMs: anchorEveryMs,
    inLog: anchorIn.includes('log'),
    inOperatorsChannel: anchorIn.includes('operators'),
    ...(anchorFile === undefined
      ? {}
      : { addLine: (line) => appendFile(anchorFile, `${line}\n`, { mode: 0o600 }) }),
    ...(beside === undefined ? {} : { keepBeside: (lines) => replaceFile(beside, lines) }),
  };
}

/** Names the file beside a store where its last heads stand; absent where the store is no file of its own. */
function besideOf(store: string): string | undefined {
  return isPostgresUrl(store) || store === ':memory:' ? undefined : `${store}.anchors`;
}

/** Whole or not at all, also when the process is killed meanwhile. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Reads what was written down of the heads of the ledger, wherever a start can read that. */
async function writtenAnchors({ store, ledger }: Settings): Promise<readonly Anchor[]> {
  const files = [besideOf(store), ledger.anchorFile].filter((file) => file !== undefined && existsSync(file));
  const texts = await Promise.all(files.map((file) => readFile(file ?? '', 'utf8')));
  return texts.flatMap(lastAnchors);
}

/**
 * Says why a start ends: chains of the ledger have been under a key, and would go on without one.
 *
 * Sealing them anew would hide who added or removed what meanwhile, so that is left to somebody who has looked.
 */
function keyLost(store: string, chains: readonly LostKey[]): ConfigError {
  return new ConfigError(`The ledger in ${store}`, chains.map(problemOf));
}

/** Says why a start ends: what is on its way must be seen through in live mode. */
function stillSending({ decisions, changes }: Extract<SwitchResult, { kind: 'busy' }>): ConfigError {
  const expected = 'live until what is on its way to a system is settled: start once more in live mode';
  const found = `shadow, with ${counted(decisions, 'decision')} and ${counted(changes, 'change')} on their way`;
  return new ConfigError('mode: shadow', [{ path: 'mode', expected, found, example: 'live' }]);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function problemOf({ system, number, why }: LostKey): Problem {
  const chain = system === '' ? 'the bot itself' : system;
  return why === 'no-key'
    ? {
        path: 'COUNTERSIGN_LEDGER_KEY',
        expected: `a key, since ${chain} is sealed with one up to record ${number}`,
        found: 'none',
        example:
          'set the key again; a new one if it is lost, since without one nothing after it could be proven',
      }
    : {
        path: `${chain}, record ${number}`,
        expected: 'a record with a seal, since the ledger has been under a key before it',
        found: 'one without: Countersign ran without the key, or someone changed the store',
        example: `countersign audit verify; once you know how it came: countersign audit accept ${system === '' ? "''" : system}`,
      };
}

function linkUrlOf({ linking }: Context, requestId: string): string {
  if (!linking) throw new Error('Nobody links an account by the settings in force');
  return linkUrl(linking, requestId);
}

/** Opens the place of the chat's tokens, where they rotate. */
function rotationOf(
  { slack: { rotation } }: Settings,
  runtime: Pick<Runtime, 'now' | 'replicaId'> & { store: Store },
) {
  if (!rotation) return undefined;
  const { keys, ...secrets } = rotation;
  const origin = originOf(secrets.refreshToken);
  return { secrets, pairs: createTokenPairs({ ...runtime, secretBox: createSecretBox(keys), origin }) };
}

/** Opens what speaks for people, where the settings ask for it. */
function linkingOf(
  { tokenKeys, http, shadow }: Settings,
  runtime: Omit<LinkingParts, 'secretBox' | 'publicUrl'>,
  heldTokens: ReturnType<typeof createHeldTokens>,
): Linking | undefined {
  if (!tokenKeys || http.publicUrl === undefined || shadow) return undefined;
  const secretBox = createSecretBox(tokenKeys);
  return createLinking({ ...runtime, secretBox, publicUrl: http.publicUrl }, heldTokens);
}

/** Lists the addresses at which people link their accounts; none where nobody does. */
function linkRoutesOf(context: Context): readonly WebRoute[] {
  const { linking } = context;
  if (!linking) return [];
  return createLinkRoutes({ context, linking });
}
