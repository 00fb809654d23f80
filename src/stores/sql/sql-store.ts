import type { Store } from '../../ports/store.js';
import { createBotLease } from './bot-lease.js';
import { createMemory } from './memory/memory.js';
import type { NestingGuard } from './nesting-guard.js';
import type { Db } from './tables.js';

/**
 * Creates a store over a database whose tables are up to date.
 *
 * Work inside a transaction goes through the memory it is given. Whoever uses the store itself there gets an
 * error, since on an engine with one connection that call would wait for its own transaction for ever.
 */
export function createSqlStore(db: Db, nesting: NestingGuard): Store {
  return {
    ...createMemory(db),
    ...createBotLease(db),
    inTransaction: (work) => db.transaction().execute((tx) => nesting.during(() => work(createMemory(tx)))),
    async close() {
      // Whoever holds the connection finishes first.
      await db.connection().execute(() => Promise.resolve());
      await db.destroy();
      nesting.end();
    },
  };
}
