import { createJob, type Job, runByCron } from './scheduler.js';
import { settleChanges } from './use-cases/commands/settle-changes.js';
import type { Context } from './use-cases/context.js';
import { deliverNotifications } from './use-cases/deliver-notifications.js';
import { forgetSecrets } from './use-cases/forget-secrets.js';
import type { StoreHold } from './use-cases/hold-store.js';
import { type Anchoring, anchorLedger } from './use-cases/ledger/anchor-ledger.js';
import { observeWorkflows } from './use-cases/observe-workflows.js';
import type { AnswerTimes } from './use-cases/readiness/answer-times.js';

/** What the bot does again and again. */
export interface Jobs {
  /** Looks at every system once. */
  observe(): Promise<void>;
  /** Delivers what is due. */
  deliver(): Promise<void>;
  /** Has everything run by itself, systems by the given cron expression, until the returned function is called. */
  start(observeCron: string): () => void;
  /** Resolves once nothing is looked at and nothing tidied up. */
  idle(): Promise<void>;
}

/** Makes the jobs of a bot; none runs yet. */
export function createJobs(
  context: Context,
  {
    hold,
    answerTimes,
    anchoring,
  }: { readonly hold: StoreHold; readonly answerTimes: AnswerTimes; readonly anchoring: Anchoring },
): Jobs {
  const named = (name: string, work: () => Promise<void>) =>
    createJob(work, (error) => {
      const err = error instanceof Error ? error : new Error(String(error));
      context.log.error({ job: name, err }, 'A job broke');
    });
  const observations = [...context.backends.values()].map((backend) => {
    const { system } = backend;
    const job = named(`observe ${system}`, async () => {
      const { kind } = await observeWorkflows(context, backend);
      if (kind === 'observed') answerTimes.noteAnswer(system, context.now());
      await settleChanges(context, backend);
    });
    return counted(job, () => answerTimes.noteLook(system));
  });
  const delivery = named('deliver', () => deliverNotifications(context));
  const housekeeping = named('housekeeping', async () => {
    await hold.renew();
    await forgetSecrets(context);
    await anchorLedger(context, anchoring);
  });
  return {
    observe: async () => void (await Promise.all(observations.map((job) => job.run()))),
    deliver: () => delivery.run(),
    idle: async () => void (await Promise.all([...observations, housekeeping].map((job) => job.idle()))),
    start(observeCron) {
      const stops = [
        ...observations.map((job) => runByCron(observeCron, job)),
        runByCron('* * * * * *', delivery),
        runByCron('*/10 * * * * *', housekeeping),
      ];
      for (const job of observations) void job.run();
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** Notes each time it is time for a job, also while it still runs. */
function counted(job: Job, note: () => void): Job {
  return {
    idle: job.idle,
    run() {
      note();
      return job.run();
    },
  };
}
