import { createBackends } from './backends/index.js';
import { createChat } from './chat/index.js';
import type { Settings } from './config.js';
import type { WorkflowBackend } from './ports/backend.js';
import type { Log } from './ports/log.js';
import type { Store } from './ports/store.js';
import { createJob, type Job, runByCron } from './scheduler.js';
import { openStore } from './stores/index.js';
import { resumeClicks } from './use-cases/answer-click.js';
import { createApprovalDesk } from './use-cases/approval-desk.js';
import type { Context } from './use-cases/context.js';
import { deliverNotifications } from './use-cases/deliver-notifications.js';
import { forgetSecrets } from './use-cases/forget-secrets.js';
import { observeWorkflows } from './use-cases/observe-workflows.js';
import { adoptSignals } from './use-cases/settle-signals.js';

/** What the bot takes from the world besides its settings. */
export interface Surroundings {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly newCode: (length: number) => string;
  /** `cron` runs the jobs by themselves; `by-hand` leaves that to whoever holds the bot. */
  readonly jobs: 'cron' | 'by-hand';
}

/** A bot at work. */
export interface Bot {
  /** Looks at every system once and delivers what came of it. */
  observe(): Promise<void>;
  /** Delivers what is due. */
  deliver(): Promise<void>;
  /** The port of the public HTTP listener, in HTTP mode. */
  readonly port: number | undefined;
  /** Stops taking clicks, finishes those in hand, delivers what is due, and lets go of everything. */
  stop(): Promise<void>;
}

/** Another bot works on the same store; two would post everything twice. */
export class AnotherBotRunning extends Error {
  override readonly name = 'AnotherBotRunning';
}

const botLeaseMs = 30_000;

/** Starts the bot: opens the store, connects the chat, takes up what a crash left, and sets the jobs going. */
export async function startBot(settings: Settings, around: Surroundings): Promise<Bot> {
  const { log, now } = around;
  const holder = around.newId();
  const store = await openStore(settings.store);
  if (!(await store.holdBot(holder, now(), botLeaseMs))) {
    await store.close();
    throw new AnotherBotRunning(`Another bot is running on ${settings.store}; stop it first.`);
  }
  const broke = (job: string) => (error: unknown) =>
    log.error({ job, err: error instanceof Error ? error : new Error(String(error)) }, 'A job broke');
  const backends = createBackends(settings, { log, now, notes: store });
  const slack = createChat({ ...around, ...slackOptionsOf(settings) });
  const delivery = createJob(() => deliverNotifications(context), broke('deliver'));
  const context: Context = {
    ...around,
    store,
    backends,
    holder,
    chat: slack.chat,
    policy: settings.policy,
    kick: () => void delivery.run(),
  };
  const observations = [...backends.values()].map((backend) => observeJob(context, backend, broke));
  const housekeeping = createJob(() => keepHouse(store, context), broke('housekeeping'));
  await adoptSignals(context);
  const { port } = await slack.start(createApprovalDesk(context));
  const stopCron =
    around.jobs === 'cron' ? startCron(settings, { observations, delivery, housekeeping }) : () => {};
  await resumeClicks(context);

  return {
    port,
    observe: async () => {
      await Promise.all(observations.map((job) => job.run()));
      await delivery.run();
    },
    deliver: () => delivery.run(),
    stop: async () => {
      stopCron();
      await slack.stop();
      await Promise.all(observations.map((job) => job.run()));
      await delivery.run();
      await store.releaseBot(holder);
      await store.close();
    },
  };
}

function slackOptionsOf({ slack }: Settings) {
  const { mode, http, appToken = '', signingSecret = '', botToken, apiUrl } = slack;
  return {
    mode:
      mode === 'socket'
        ? ({ kind: 'socket', appToken } as const)
        : ({ kind: 'http', signingSecret, ...http } as const),
    botToken,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
}

function observeJob(
  context: Context,
  backend: WorkflowBackend,
  broke: (job: string) => (error: unknown) => void,
): Job {
  return createJob(
    async () => {
      await observeWorkflows(context, backend);
    },
    broke(`observe ${backend.system}`),
  );
}

/** Renews the right to be the only bot, and forgets what may not be kept. */
async function keepHouse(store: Store, context: Context): Promise<void> {
  if (!(await store.holdBot(context.holder, context.now(), botLeaseMs))) {
    context.log.error({}, 'Another bot has taken over this store; stop one of the two');
  }
  await forgetSecrets(context);
}

function startCron(
  settings: Settings,
  jobs: { readonly observations: readonly Job[]; readonly delivery: Job; readonly housekeeping: Job },
): () => void {
  const stops = [
    ...jobs.observations.map((job) => runByCron(settings.observe.cron, job)),
    runByCron('* * * * * *', jobs.delivery),
    runByCron('*/10 * * * * *', jobs.housekeeping),
  ];
  for (const job of jobs.observations) void job.run();
  return () => {
    for (const stop of stops) stop();
  };
}
