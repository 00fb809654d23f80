import { setImmediate } from 'node:timers/promises';
import type { NestingGuard } from './nesting-guard.js';

/** Has pieces of work done one after the other, and gives each the result of its own. */
export type TransactionQueue = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Creates turns for the transactions of one bot: one is under way at a time.
 *
 * Between two of them the process looks after everything else. So a click that comes in while many decisions are
 * worked on is written down and acknowledged at the next turn, and does not wait for all of them.
 */
export function createTransactionQueue(nesting: NestingGuard): TransactionQueue {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (work) => {
    nesting.refuseInside();
    const before = last;
    const isAlone = waiting === 0;
    waiting += 1;
    const task = (async () => {
      await before;
      if (!isAlone) await setImmediate();
      return work();
    })();
    last = task.then(
      () => {},
      () => {},
    );
    try {
      return await task;
    } finally {
      waiting -= 1;
    }
  };
}
