import { setTimeout } from 'node:timers/promises';
import type { RetentionTimes } from './domain/retention.js';
import { createJob, type Job, runByCron } from './scheduler.js';
import { endedBy } from './shared/async.js';
import { asError } from './shared/language.js';
import type { Tracing } from './shared/trace.js';
import { takeUpClicks } from './use-cases/approvals/decide.js';
import { sendDueDecisions } from './use-cases/approvals/send-signal.js';
import { type Context, forgetSecrets } from './use-cases/context.js';
import { endAbsences } from './use-cases/delegation.js';
import { createHomeJob } from './use-cases/home.js';
import { createLeaseRenewal, createObservationLease, type StoreLock } from './use-cases/leases.js';
import { type Anchoring, anchorLedger } from './use-cases/ledger/verify.js';
import type { ResponseTimes } from './use-cases/monitoring.js';
import { createDelivering } from './use-cases/notifications/deliver.js';
import { observeAlone, peekAlone } from './use-cases/replicas.js';
import { type RetentionOptions, removeOld } from './use-cases/retention.js';
import { areRulesInForce } from './use-cases/rules.js';

/** What the bot does again and again. */
export interface Jobs {
  /** Looks at every system once. */
  observe(): Promise<void>;
  /** Peeks at every system once, and looks at those where something is new. */
  peek(): Promise<void>;
  /** Delivers what is due. */
  deliver(): Promise<void>;
  /** Sends decisions whose time for taking back is over. */
  sendDue(): Promise<void>;
  /** Ends absences that do not stand any more. */
  endAbsences(): Promise<void>;
  /** Removes what is over and older than the settings keep it. */
  removeOld(): Promise<void>;
  /** Draws the Homes that are due. */
  drawHomes(): Promise<void>;
  /** Has everything run by itself until the returned function is called; no system is peeked at without a cron. */
  start(crons: { readonly observe: string; readonly peek?: string }): () => void;
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
    renewToken,
    tracing,
    retention,
    signerOf,
  }: {
    readonly storeLock: StoreLock;
    readonly responseTimes: ResponseTimes;
    readonly anchoring: Anchoring;
    /** Keeps the bot signed in to the chat; never throws. */
    readonly renewToken: () => Promise<void>;
    readonly tracing: Tracing;
    readonly retention: RetentionTimes & { readonly timeZone: string };
    readonly signerOf: RetentionOptions['signerOf'];
  },
): Jobs {
  const logBreak = (job: string) => (error: unknown) =>
    context.log.error({ job, err: asError(error) }, 'A job broke');
  const named = (name: string, work: () => Promise<void>, span?: string) =>
    createJob(() => tracing.begin(span, work), logBreak(name));
  /** Done only while the rules it is done by are in force. */
  const ruled = (name: string, work: () => Promise<void>, span?: string) =>
    named(
      name,
      async () => {
        if (await areRulesInForce(context, context.store)) await work();
      },
      span,
    );
  const polling = new AbortController();
  const observations = [...context.backends.values()].map((backend) => {
    const { system } = backend;
    const lease = createObservationLease(context, system);
    let isDue = false;
    let isUnderWay = false;
    const observe = async (): Promise<void> => {
      const isExtra = !isDue;
      isDue = false;
      isUnderWay = true;
      try {
        await endedBy(polling.signal, () =>
          observeAlone(context, { backend, lease, responseTimes, isExtra }),
        );
      } finally {
        isUnderWay = false;
      }
    };
    const job = ruled(`observe ${system}`, observe, 'poll');
    const poll = counted(job, () => {
      isDue = true;
      responseTimes.notePoll(system);
    });
    const peek = ruled(`peek ${system}`, async () => {
      if (isUnderWay) return;
      await endedBy(polling.signal, () => peekAlone(context, { backend, lease, poll: job.run }));
    });
    const renewal = ruled(
      `tend ${system}`,
      createLeaseRenewal({ store: context.store, lease, poll: () => void poll.run() }),
    );
    return { lease, poll, peek, renewal };
  });
  const delivering = createDelivering(context);
  // Asked while something hangs, it looks for more at once; a job would wait.
  const deliver = (): Promise<void> =>
    tracing.begin(undefined, async () => {
      try {
        if (await areRulesInForce(context, context.store)) await delivering.run();
      } catch (error) {
        logBreak('deliver')(error);
      }
    });
  const sending = ruled('send due decisions', () => sendDueDecisions(context));
  const drawing = ruled('draw homes', createHomeJob(context));
  const takingUp = ruled('take up clicks', () => takeUpClicks(context));
  const endingAbsences = ruled('end absences', () => endAbsences(context));
  const housekeeping = named('housekeeping', async () => {
    await storeLock.renew();
    await renewToken();
    await context.linking?.saveHeld();
    await forgetSecrets(context);
    await anchorLedger(context, anchoring);
  });
  const { timeZone, ...times } = retention;
  const removing = named('retention', async () => {
    const { signal } = polling;
    const places = { ...anchoring, inFile: anchoring.addLine !== undefined };
    const anchor = async () => {
      await anchorLedger(context, { ...anchoring, everyMs: 0 });
      // What waits to be posted is not written down yet.
      if (anchoring.inOperatorsChannel) await deliver();
    };
    const options = { times, signerOf, anchoring: places, anchor, signal, rest: setTimeout };
    const result = await removeOld(context, options);
    if (result.kind === 'done')
      for (const { system, result: why } of result.uncut)
        context.log.error({ system, ...why }, 'The ledger of a system was not cut');
  });
  return {
    removeOld: () => removing.run(),
    observe: async () => void (await Promise.all(observations.map(({ poll }) => poll.run()))),
    peek: async () => void (await Promise.all(observations.map(({ peek }) => peek.run()))),
    deliver,
    sendDue: () => sending.run(),
    takeUp: () => takingUp.run(),
    endAbsences: () => endingAbsences.run(),
    drawHomes: () => drawing.run(),
    endPolls() {
      polling.abort();
      for (const { poll, peek, renewal } of observations)
        void Promise.all([renewal.end(), peek.end(), poll.end()]);
    },
    async release() {
      const jobs = [
        ...observations.flatMap(({ poll, peek, renewal }) => [renewal, peek, poll]),
        sending,
        takingUp,
        drawing,
        endingAbsences,
        housekeeping,
        removing,
      ];
      await Promise.all(jobs.map((job) => job.end()));
      await Promise.all(observations.map(({ lease }) => lease.release()));
    },
    start(crons) {
      const { peek: peekCron } = crons;
      const stops = [
        ...observations.map(({ poll }) => runByCron(crons.observe, poll)),
        ...(peekCron === undefined ? [] : observations.map(({ peek }) => runByCron(peekCron, peek))),
        ...observations.map(({ renewal }) => runByCron('*/5 * * * * *', renewal)),
        runByCron('* * * * * *', { run: deliver }),
        runByCron('* * * * * *', sending),
        runByCron('*/5 * * * * *', takingUp),
        runByCron('*/2 * * * * *', drawing),
        runByCron('*/10 * * * * *', endingAbsences),
        runByCron('*/10 * * * * *', housekeeping),
        runByCron('0 0 2 * * *', removing, timeZone),
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
