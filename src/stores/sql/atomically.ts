import type { Db } from './tables.js';

/** Runs some statements as one, in the transaction that is already open or else in one of their own. */
export function atomically<T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
