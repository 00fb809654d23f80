import type { Store } from '../../ports/store.js';
import { createBotLease } from './bot-lease.js';
import { createLeases } from './leases.js';
import { createLending, createRepositories } from './memory/memory.js';
import type { OpenDatabase } from './open-database.js';

/**
 * Creates a store over a database whose tables are up to date.
 *
 * Work inside a transaction goes through the memory it is given. Whoever uses the store itself there gets an
 * error, since that call would wait for its own transaction for ever, or write what is not taken back with it.
 */
export function createSqlStore({ db, engine, nesting, close }: OpenDatabase): Store {
  const transaction = createRepositories(db, engine);
  const lend = createLending(transaction, db, engine);
  return {
    isShared: engine.isShared,
    ...transaction,
    ...createBotLease(db, engine),
    ...createLeases(db, engine),
    inTransaction: (work) => engine.transact(db, (tx) => nesting.during(() => work(lend(tx)))),
    close,
  };
}
