import { assemble, type BotParts, type Runtime } from './assemble.js';
import { createRoutes } from './backends/index.js';
import type { Settings } from './config.js';
import { noListener, openOperationsListener, openPublicListener } from './http/index.js';
import { keyLost } from './key-lost.js';
import { linkRoutesOf } from './linking.js';
import { openStore } from './stores/index.js';
import { createAlertService } from './use-cases/alerts/desk/alert-desk.js';
import { createApprovalService } from './use-cases/clicks/approval-desk.js';
import { repudiateDecision } from './use-cases/clicks/disown-decision.js';
import { retireChanges } from './use-cases/commands/changes/retire-changes.js';
import { createCommandService } from './use-cases/commands/command-desk.js';
import { createStoreLock } from './use-cases/hold-store.js';
import { recordStart } from './use-cases/ledger/record-settings.js';
import { retireApprovals } from './use-cases/observation/retire-approvals.js';
import { takeInboundApproval } from './use-cases/observation/take-told-approval.js';
import { takeOver, takeUpLeftClicks } from './use-cases/replicas/take-over.js';
import { countedApprovalService, countedCommandService } from './use-cases/watch/counted-desks.js';

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

async function startOn(botParts: BotParts): Promise<Bot> {
  const { store, storeLock, settings, runtime } = botParts;
  const parts = assemble(botParts);
  const { context, jobs } = parts;
  const operations = await openOperationsListener(
    { ...settings.operations, ...runtime },
    { checks: parts.checks, metrics: parts.metricsPage },
  );
  try {
    const started = await recordStart(context, settings.sections);
    if (started.kind === 'key-lost') throw keyLost(settings.store, started.chains);
    await retireApprovals(context);
    await takeOver(context);
    const { port, disconnect } = await connect(parts, botParts);
    return {
      port,
      operationsPort: operations.port,
      lost: storeLock.lost,
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
        await disconnect();
        await jobs.release();
        // One that comes later would find the store closed.
        parts.endHints();
        await jobs.deliver();
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
async function connect(parts: ReturnType<typeof assemble>, { settings, runtime }: BotParts) {
  const { context, slack } = parts;
  let web = noListener;
  let stopCron = (): void => {};
  const disconnect = async (): Promise<void> => {
    stopCron();
    web.stopAccepting();
    await slack.stop();
    await web.close();
  };
  try {
    const events = await slack.start({
      approvals: countedApprovalService(createApprovalService(context), context),
      commands: countedCommandService(createCommandService(context), context),
      alerts: createAlertService(context),
      receipts: { repudiate: (code, person) => repudiateDecision(context, code, person) },
    });
    const inbound = createRoutes(settings, {
      service: { take: (request) => takeInboundApproval(context, request) },
    });
    const routes = [...(events ? [events] : []), ...inbound, ...linkRoutesOf(context)];
    web = await openPublicListener({ ...settings.http, ...runtime }, routes);
    if (runtime.jobs === 'cron') stopCron = parts.jobs.start(settings.observe.cron);
    await takeUpLeftClicks(context);
    await retireChanges(context);
  } catch (error) {
    // The caller closes the store, so nobody may go on taking clicks.
    await disconnect();
    throw error;
  }
  return { port: web.port, disconnect };
}
