import { AsyncLocalStorage } from 'node:async_hooks';

/** Knows whether the code that runs was called from inside a transaction that has not ended. */
export interface NestingGuard {
  /** Runs the work of a transaction. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Throws when called from such work. */
  refuseInside(): void;
  /** Lets go of what slows every promise of the process while it is kept. */
  end(): void;
}

/** Creates a guard for one database. */
export function createNestingGuard(): NestingGuard {
  const current = new AsyncLocalStorage<{ isOver: boolean }>();
  return {
    during: (work) => {
      const transaction = { isOver: false };
      return current.run(transaction, async () => {
        try {
          return await work();
        } finally {
          transaction.isOver = true;
        }
      });
    },
    refuseInside: () => {
      if (current.getStore()?.isOver === false) {
        throw new Error('Inside a transaction, use the memory it is given and not the store');
      }
    },
    end: () => current.disable(),
  };
}
