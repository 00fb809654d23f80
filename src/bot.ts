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
import { createCommandDesk } from './use-cases/commands/command-desk.js';
import { retireChanges } from './use-cases/commands/retire-changes.js';
import { settleChanges } from './use-cases/commands/settle-changes.js';
import type { Context } from './use-cases/context.js';
import { deliverNotifications } from './use-cases/deliver-notifications.js';
import { forgetSecrets } from './use-cases/forget-secrets.js';
import { observeWorkflows } from './use-cases/observe-workflows.js';
import { retireApprovals } from './use-cases/retire-approvals.js';
import { adoptSignals } from './use-cases/settle-signals.js';

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
}

/** A bot at work. */
export interface Bot {
  /** Looks at every system once and delivers what came of it. */
  observe(): Promise<void>;
  /** Delivers what is due. */
  deliver(): Promise<void>;
  /** The port of the public HTTP listener, in HTTP mode. */
  readonly port: number | undefined;
  /** Resolves if another bot takes the store over, as it may when this one was frozen for long. */
  readonly lost: Promise<void>;
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
  const store = await openStore(settings.store);
  try {
    if (!(await takeStore(store, around))) {
      throw new AnotherBotRunning(`Another bot is running on ${settings.store}; stop it first.`);
    }
    return await startOn(store, settings, around);
  } catch (error) {
    await store.releaseBot(around.holder);
    await store.close();
    throw error;
  }
}

async function startOn(store: Store, settings: Settings, around: Surroundings): Promise<Bot> {
  const { log, now, holder } = around;
  const broke = (job: string) => (error: unknown) =>
    log.error({ job, err: error instanceof Error ? error : new Error(String(error)) }, 'A job broke');
  const loss = createLoss();
  const backends = createBackends(settings, { log, now, notes: store });
  const labelOf = (system: string) => backends.get(system)?.label ?? system;
  const slack = createChat({ ...around, ...slackOptionsOf(settings), labelOf });
  const delivery = createJob(() => deliverNotifications(context), broke('deliver'));
  const context: Context = {
    ...around,
    store,
    backends,
    chat: slack.chat,
    policy: settings.policy,
    unreachableAfter: settings.observe.unreachableAfter,
    kick: () => void delivery.run(),
  };
  const observations = [...backends.values()].map((backend) => observeJob(context, backend, broke));
  const housekeeping = createJob(() => keepHouse(context, loss.tell), broke('housekeeping'));
  await retireApprovals(context);
  await adoptSignals(context);
  await store.reclaimDeliveries(now());
  const { port } = await slack.start(createApprovalDesk(context), createCommandDesk(context));
  const stopCron =
    around.jobs === 'cron' ? startCron(settings, { observations, delivery, housekeeping }) : () => {};
  try {
    await resumeClicks(context);
    await retireChanges(context);
  } catch (error) {
    // The caller closes the store, so nobody may go on taking clicks.
    stopCron();
    await slack.stop();
    throw error;
  }

  return {
    port,
    lost: loss.told,
    observe: async () => {
      await Promise.all(observations.map((job) => job.run()));
      await delivery.run();
    },
    deliver: () => delivery.run(),
    stop: async () => {
      stopCron();
      await slack.stop();
      await Promise.all([...observations, housekeeping].map((job) => job.idle()));
      await delivery.run();
      await store.releaseBot(holder);
      await store.close();
    },
  };
}

/** Makes something that can be told once, and waited for. */
function createLoss(): { readonly told: Promise<void>; readonly tell: () => void } {
  let tell = (): void => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { told, tell };
}

function slackOptionsOf({ slack }: Settings) {
  const { mode, http, appToken = '', signingSecret = '', botToken, apiUrl, command } = slack;
  return {
    mode:
      mode === 'socket'
        ? ({ kind: 'socket', appToken } as const)
        : ({ kind: 'http', signingSecret, ...http } as const),
    botToken,
    command,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  };
}

/** Takes the right to be the one bot on a store, also from a run that is certainly over. */
async function takeStore(store: Store, { now, holder, isOver }: Surroundings): Promise<boolean> {
  if (await store.holdBot(holder, now(), botLeaseMs)) return true;
  const other = await store.botHolder();
  if (other === undefined || !isOver(other)) return false;
  await store.releaseBot(other);
  return store.holdBot(holder, now(), botLeaseMs);
}

function observeJob(
  context: Context,
  backend: WorkflowBackend,
  broke: (job: string) => (error: unknown) => void,
): Job {
  return createJob(
    async () => {
      await observeWorkflows(context, backend);
      await settleChanges(context, backend);
    },
    broke(`observe ${backend.system}`),
  );
}

/** Renews the right to be the only bot, and forgets what may not be kept. */
async function keepHouse(context: Context, tellLost: () => void): Promise<void> {
  if (!(await context.store.holdBot(context.holder, context.now(), botLeaseMs))) {
    context.log.error({}, 'Another bot has taken this store over; this one stops');
    tellLost();
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
