import { createJob, type Job, runByCron } from './scheduler.js';
import { endedBy } from './shared/async.js';
import { asError } from './shared/language.js';
import { takeUpClicks } from './use-cases/approvals/decide.js';
import { sendDueDecisions } from './use-cases/approvals/send-signal.js';
import { type Context, forgetSecrets } from './use-cases/context.js';
import { endAbsences } from './use-cases/delegation.js';
import { createHomeJob } from './use-cases/home.js';
import { createLeaseRenewal, createObservationLease, type StoreLock } from './use-cases/leases.js';
import { type Anchoring, anchorLedger } from './use-cases/ledger/verify.js';
import type { ResponseTimes } from './use-cases/monitoring.js';
import { createDelivering } from './use-cases/notifications/deliver.js';
import { observeAlone } from './use-cases/replicas.js';
import { areRulesInForce } from './use-cases/rules.js';

/** What the bot does again and again. */
export interface Jobs {
  /** Looks at every system once. */
  observe(): Promise<void>;
  /** Delivers what is due. */
  deliver(): Promise<void>;
  /** Sends decisions whose time for taking back is over. */
  sendDue(): Promise<void>;
  /** Ends absences that do not stand any more. */
  endAbsences(): Promise<void>;
  /** Draws the Homes that are due. */
  drawHomes(): Promise<void>;
  /** Has everything run by itself, systems by the given cron expression, until the returned function is called. */
  start(observeCron: string): () => void;
  /** Works on clicks that somebody else has left. */
  takeUp(): Promise<void>;
  /** Ends what is being read of systems; nothing is looked at any more. */
  endPolls(): void;
  /** Waits until nothing is looked at and nothing tidied up, then lets other replicas look. */
  release(): Promise<void>;
}

/** Makes the jobs of a bot; none runs yet. */
export function createJobs(
  context: Context,
  {
    storeLock,
    responseTimes,
    anchoring,
  }: { readonly storeLock: StoreLock; readonly responseTimes: ResponseTimes; readonly anchoring: Anchoring },
): Jobs {
  const logBreak = (job: string) => (error: unknown) =>
    context.log.error({ job, err: asError(error) }, 'A job broke');
  const named = (name: string, work: () => Promise<void>) => createJob(work, logBreak(name));
  /** Done only while the rules it is done by are in force. */
  const ruled = (name: string, work: () => Promise<void>) =>
    named(name, async () => {
      if (await areRulesInForce(context, context.store)) await work();
    });
  const polling = new AbortController();
  const observations = [...context.backends.values()].map((backend) => {
    const { system } = backend;
    const lease = createObservationLease(context, system);
    const job = ruled(`observe ${system}`, () =>
      endedBy(polling.signal, () => observeAlone(context, { backend, lease, responseTimes })),
    );
    const poll = counted(job, () => responseTimes.notePoll(system));
    const renewal = ruled(
      `tend ${system}`,
      createLeaseRenewal({ store: context.store, lease, poll: () => void poll.run() }),
    );
    return { lease, poll, renewal };
  });
  const delivering = createDelivering(context);
  // Asked while something hangs, it looks for more at once; a job would wait.
  const deliver = async (): Promise<void> => {
    try {
      if (await areRulesInForce(context, context.store)) await delivering.run();
    } catch (error) {
      logBreak('deliver')(error);
    }
  };
  const sending = ruled('send due decisions', () => sendDueDecisions(context));
  const drawing = ruled('draw homes', createHomeJob(context));
  const takingUp = ruled('take up clicks', () => takeUpClicks(context));
  const endingAbsences = ruled('end absences', () => endAbsences(context));
  const housekeeping = named('housekeeping', async () => {
    await storeLock.renew();
    await forgetSecrets(context);
    await anchorLedger(context, anchoring);
  });
  return {
    observe: async () => void (await Promise.all(observations.map(({ poll }) => poll.run()))),
    deliver,
    sendDue: () => sending.run(),
    takeUp: () => takingUp.run(),
    endAbsences: () => endingAbsences.run(),
    drawHomes: () => drawing.run(),
    endPolls() {
      polling.abort();
      for (const { poll, renewal } of observations) void Promise.all([renewal.end(), poll.end()]);
    },
    async release() {
      const jobs = [
        ...observations.flatMap(({ poll, renewal }) => [renewal, poll]),
        sending,
        takingUp,
        drawing,
        endingAbsences,
        housekeeping,
      ];
      await Promise.all(jobs.map((job) => job.end()));
      await Promise.all(observations.map(({ lease }) => lease.release()));
    },
    start(observeCron) {
      const stops = [
        ...observations.map(({ poll }) => runByCron(observeCron, poll)),
        ...observations.map(({ renewal }) => runByCron('*/5 * * * * *', renewal)),
        runByCron('* * * * * *', { run: deliver }),
        runByCron('* * * * * *', sending),
        runByCron('*/5 * * * * *', takingUp),
        runByCron('*/2 * * * * *', drawing),
        runByCron('*/10 * * * * *', endingAbsences),
        runByCron('*/10 * * * * *', housekeeping),
      ];
      for (const { poll } of observations) void poll.run();
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** Notes each time it is time for a job, also while it still runs. */
function counted(job: Job, note: () => void): Job {
  return {
    end: job.end,
    run() {
      note();
      return job.run();
    },
  };
}
