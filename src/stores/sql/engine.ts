import type { RawBuilder } from 'kysely';
import type { Db } from './tables.js';

/** What the engines a store can stand on do not have in common. */
export interface Engine {
  /**
   * Writes a time of the caller's clock as one of the clock that leases, lanes and due times go by.
   *
   * Where several bots share a store that is the server's clock, whatever theirs say.
   */
  at(ms: number): RawBuilder<number>;
  /**
   * Runs some work in a transaction, as if it were alone with the database.
   *
   * The work may be run again from its beginning, after everything it wrote was taken back.
   */
  transact<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T>;
  /**
   * Runs a write that does no harm when it is done twice; once more if its answer was lost on the way.
   *
   * The write is told whether it is done again, since it may then find what it wrote itself.
   */
  surely<T>(write: (isAgain: boolean) => Promise<T>): Promise<T>;
  /** Lets the key `number` of a table go on from the highest, after rows were put in with keys of their own. */
  continueCounting(db: Db, table: string): Promise<void>;
  /** Whether rows can be locked one by one, and a query can pass over those that somebody else is changing. */
  readonly locksRows: boolean;
  /** Whether several bots may work on one store at the same time. */
  readonly isShared: boolean;
}
