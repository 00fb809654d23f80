import { anchoringOf } from './anchoring.js';
import { createBackends, createRoutes } from './backends/index.js';
import { createChat } from './chat/index.js';
import type { Settings } from './config.js';
import { groupsNamedIn } from './domain/named-by.js';
import { createMetrics, noListener, openOperationsListener, openPublicListener } from './http/index.js';
import { createJobs } from './jobs.js';
import { linkingOf, linkRoutesOf, linkUrlsOf } from './linking.js';
import type { Log } from './ports/log.js';
import type { Store } from './ports/store.js';
import { createSeal } from './seal.js';
import { coalesced } from './shared/coalesced.js';
import { openStore } from './stores/index.js';
import { createAlertDesk } from './use-cases/alerts/alert-desk.js';
import { createApprovalDesk } from './use-cases/approval-desk.js';
import { createCommandDesk } from './use-cases/commands/command-desk.js';
import { retireChanges } from './use-cases/commands/retire-changes.js';
import type { Context } from './use-cases/context.js';
import { disownDecision } from './use-cases/disown-decision.js';
import { createStoreHold, type StoreHold } from './use-cases/hold-store.js';
import { recordStart } from './use-cases/ledger/record-settings.js';
import { createAnswerTimes } from './use-cases/readiness/answer-times.js';
import { createReadinessCheck } from './use-cases/readiness/check-readiness.js';
import { keepingIn } from './use-cases/replicas/keeping-in.js';
import { takeOver, takeUpLeftClicks } from './use-cases/replicas/take-over.js';
import { retireApprovals } from './use-cases/retire-approvals.js';
import { takeToldApproval } from './use-cases/take-told-approval.js';
import { countedBackends } from './use-cases/watch/counted-backend.js';
import { countedChat } from './use-cases/watch/counted-chat.js';
import { countedApprovalDesk, countedCommandDesk } from './use-cases/watch/counted-desks.js';
import { takeStock } from './use-cases/watch/take-stock.js';

/** While many click at once, one look at what is due serves all of them. */
const hintEveryMs = 100;

/** What the bot takes from the world besides its settings. */
export interface Surroundings {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly newCode: (length: number) => string;
  /** Names this run of the bot. */
  readonly holder: string;
  /** Tells whether the run of that name is certainly over, so that its rights can be taken at once. */
  readonly isOver: (holder: string) => boolean;
  /** `cron` runs the jobs by themselves; `by-hand` leaves that to whoever holds the bot. */
  readonly jobs: 'cron' | 'by-hand';
  /** Opens what the settings name as the store, as `openStore` does unless told. */
  readonly openStore?: typeof openStore;
}

/** A bot at work. */
export interface Bot {
  /** Looks at every system once and delivers what came of it. */
  observe(): Promise<void>;
  /** Sends decisions that were held and may go now, and delivers what is due. */
  deliver(): Promise<void>;
  /** Works on clicks that a bot which is dead has left. */
  takeUp(): Promise<void>;
  /** The port of the public listener; absent when nothing needs one. */
  readonly port: number | undefined;
  /** The port of the operations listener. */
  readonly operationsPort: number | undefined;
  /** Resolves if another bot takes the store over, as it may when this one was frozen for long. */
  readonly lost: Promise<void>;
  /** Stops taking clicks, finishes those in hand, delivers what is due, and lets go of everything. */
  stop(): Promise<void>;
}

/** Another bot has the store for itself. */
export class AnotherBotRunning extends Error {
  override readonly name = 'AnotherBotRunning';
}

/** The store of a bot and all it is told. */
interface Home {
  readonly store: Store;
  readonly hold: StoreHold;
  readonly settings: Settings;
  readonly around: Surroundings;
}

/** Starts the bot: opens the store, connects the chat, takes up what a crash left, and sets the jobs going. */
export async function startBot(settings: Settings, around: Surroundings): Promise<Bot> {
  const open = around.openStore ?? openStore;
  const store = await open(settings.store, {
    password: settings.storePassword,
    // Time that is turned by hand is taken as it is; real clocks are put right by the server's.
    ownClock: around.jobs === 'cron' ? around.now : undefined,
  });
  const hold = createStoreHold({ ...around, store });
  try {
    if (!(await hold.take())) {
      throw new AnotherBotRunning(`Another bot is running on ${settings.store}; stop it first.`);
    }
    return await startOn({ store, hold, settings, around });
  } catch (error) {
    await hold.release();
    await store.close();
    throw error;
  }
}

async function startOn(home: Home): Promise<Bot> {
  const { store, hold, settings, around } = home;
  const parts = assemble(home);
  const { context, jobs } = parts;
  const operations = await openOperationsListener(
    { ...settings.operations, ...around },
    { checks: parts.checks, metrics: parts.metricsPage },
  );
  try {
    await recordStart(context, settings.sections);
    await retireApprovals(context);
    await takeOver(context);
    const { port, shutOut } = await letIn(parts, home);
    return {
      port,
      operationsPort: operations.port,
      lost: hold.lost,
      observe: async () => {
        await jobs.observe();
        await jobs.deliver();
      },
      deliver: async () => {
        await jobs.sendDue();
        await jobs.deliver();
      },
      takeUp: jobs.takeUp,
      stop: async () => {
        await shutOut();
        await jobs.release();
        await jobs.deliver();
        await operations.close();
        await hold.release();
        await store.close();
      },
    };
  } catch (error) {
    await operations.close();
    throw error;
  }
}

/** Puts the parts together; nothing runs yet and nobody is let in. */
function assemble({ store, hold, settings, around }: Home) {
  const { log, now } = around;
  const { metrics, page } = createMetrics({ log, now });
  const counting = { store, metrics, now };
  const backends = countedBackends(createBackends(settings, { log, now, notes: store }), counting);
  const labelOf = (system: string) => backends.get(system)?.label ?? system;
  const userGroups = groupsNamedIn(settings.policy);
  const keeping = keepingIn(store, now);
  const seal = createSeal(settings.ledger.key);
  const { policy } = settings;
  const linking = linkingOf(settings, { ...around, store, backends, seal, policy });
  const slack = createChat({
    ...around,
    ...slackOptionsOf(settings),
    ...linkUrlsOf(linking),
    labelOf,
    metrics,
    userGroups,
    keeping,
  });
  const context: Context = {
    ...around,
    metrics,
    store,
    backends,
    chat: countedChat(slack.chat, counting),
    policy,
    seal,
    ...linking,
    unreachableAfter: settings.observe.unreachableAfter,
    kick:
      around.jobs === 'cron' ? coalesced(() => void jobs.deliver(), hintEveryMs) : () => void jobs.deliver(),
  };
  const answerTimes = createAnswerTimes();
  const jobs = createJobs(context, { hold, answerTimes, anchoring: anchoringOf(settings.ledger) });
  const { isConnected: isChatConnected } = slack;
  const systems = [...backends.keys()];
  const checks = createReadinessCheck({ store, isChatConnected, systems, answerTimes, now });
  const metricsPage = () => page(() => takeStock(context));
  return { context, slack, jobs, checks, metricsPage };
}

/** Lets people in, and has the jobs run; when that fails half-way, everybody is shut out again. */
async function letIn(parts: ReturnType<typeof assemble>, { settings, around }: Home) {
  const { context, slack } = parts;
  let web = noListener;
  let stopCron = (): void => {};
  const shutOut = async (): Promise<void> => {
    stopCron();
    web.shut();
    await slack.stop();
    await web.close();
  };
  try {
    const events = await slack.start({
      approvals: countedApprovalDesk(createApprovalDesk(context), context),
      commands: countedCommandDesk(createCommandDesk(context), context),
      alerts: createAlertDesk(context),
      receipts: { disown: (code, person) => disownDecision(context, code, person) },
    });
    const told = createRoutes(settings, { desk: { take: (asked) => takeToldApproval(context, asked) } });
    const routes = [...(events ? [events] : []), ...told, ...linkRoutesOf(context)];
    web = await openPublicListener({ ...settings.http, ...around }, routes);
    if (around.jobs === 'cron') stopCron = parts.jobs.start(settings.observe.cron);
    await takeUpLeftClicks(context);
    await retireChanges(context);
  } catch (error) {
    // The caller closes the store, so nobody may go on taking clicks.
    await shutOut();
    throw error;
  }
  return { port: web.port, shutOut };
}

function slackOptionsOf({ slack }: Settings) {
  const { mode, appToken = '', signingSecret = '', botToken, apiUrl, command } = slack;
  return {
    mode:
      mode === 'socket'
        ? ({ kind: 'socket', appToken } as const)
        : ({ kind: 'http', signingSecret } as const),
    botToken,
    command,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
}
