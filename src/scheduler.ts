import { type ScheduledTask, schedule } from 'node-cron';

/** Some recurring work that never overlaps itself. */
export interface Job {
  /**
   * Runs the job, or, while it is running, has it run once more afterwards; resolves when the run that was
   * asked for is over. Never rejects: a job reports its own failures.
   */
  run(): Promise<void>;
  /** Resolves once nothing is running. */
  idle(): Promise<void>;
}

/** Makes a job of some work; what it throws goes to `onBreak`. */
export function createJob(work: () => Promise<void>, onBreak: (error: unknown) => void): Job {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onBreak(error);
    }
  };
  const start = (): Promise<void> => {
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
    async idle() {
      await (next ?? running);
    },
  };
}

/** Runs a job by a cron expression until the returned function is called. */
export function runByCron(expression: string, job: Job): () => void {
  const task: ScheduledTask = schedule(expression, () => job.run());
  return () => void task.stop();
}
