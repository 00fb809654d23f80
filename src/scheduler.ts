import { createTask } from 'node-cron';

const secondMs = 1_000;

/** What was slept through for longer waits for its next time. */
const longestGapSeconds = 3_600;

/** Some recurring work that never overlaps itself. */
export interface Job {
  /**
   * Runs the job, or, while it is running, has it run once more afterwards; resolves when the run that was
   * asked for is over. Never rejects: a job reports its own failures.
   */
  run(): Promise<void>;
  /** Has it begin no more; resolves once nothing is running. */
  end(): Promise<void>;
}

/** Makes a job of some work; what it throws goes to `onBreak`. */
export function createJob(work: () => Promise<void>, onBreak: (error: unknown) => void): Job {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let isOver = false;
  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onBreak(error);
    }
  };
  const start = async (): Promise<void> => {
    if (isOver) return;
    running = once().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    run() {
      if (!running) return start();
      next ??= running.then(() => {
        next = undefined;
        return start();
      });
      return next;
    },
    async end() {
      isOver = true;
      await running;
    },
  };
}

/** Runs a job by a cron expression, in a time zone if one is given, until the returned function is called. */
export function runByCron(expression: string, job: Pick<Job, 'run'>, timeZone?: string): () => void {
  const isDue = createTicker(expression, timeZone);
  let timer: NodeJS.Timeout;
  const sleep = (): void => {
    timer = setTimeout(wake, secondMs - (Date.now() % secondMs));
  };
  const wake = (): void => {
    sleep();
    if (isDue(Date.now())) void job.run();
  };
  sleep();
  return () => clearTimeout(timer);
}

/**
 * Tells, asked about every second, whether a cron expression was due since it was last asked; in the time zone
 * of the process unless told another.
 *
 * Each second is looked at as it comes. A next time worked out in advance may be an hour off: in the hour that
 * autumn repeats, and where the clock is set back.
 */
export function createTicker(expression: string, timeZone?: string): (nowMs: number) => boolean {
  const cron = createTask(expression, () => {}, timeZone === undefined ? {} : { timezone: timeZone });
  let seen: number | undefined;
  return (nowMs) => {
    const second = Math.floor(nowMs / secondMs);
    if (second === seen) return false;
    const gap = second - (seen ?? second);
    const from = gap > 0 && gap <= longestGapSeconds ? second - gap + 1 : second;
    seen = second;
    for (let one = from; one <= second; one += 1) {
      if (cron.match(new Date(one * secondMs))) return true;
    }
    return false;
  };
}
