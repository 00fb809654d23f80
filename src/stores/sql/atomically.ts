import type { Engine } from './engine.js';
import type { Db } from './tables.js';

/** Makes a function that runs some statements as one, in the transaction that is open or in one of their own. */
export function atomicallyOn(db: Db, engine: Engine): <T>(work: (db: Db) => Promise<T>) => Promise<T> {
  return (work) => (db.isTransaction ? work(db) : engine.transact(db, work));
}
