import { withTimeout } from './with-timeout.js';

/** Knows which pieces of work are under way. */
export interface InFlight {
  /** Passes a promise on, and counts it until it has settled. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Waits until nothing is under way, but no longer than the given time; tells whether that was reached. */
  settled(timeoutMs: number): Promise<boolean>;
}

/** Starts counting work under way, so that stopping can wait for it. */
export function createInFlight(): InFlight {
  const running = new Set<Promise<unknown>>();
  const drain = async (): Promise<true> => {
    while (running.size > 0) await Promise.allSettled(running);
    return true;
  };
  return {
    async track(work) {
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    settled: (timeoutMs) => withTimeout(drain(), timeoutMs, false),
  };
}
