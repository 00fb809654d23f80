import type { Engine } from './engine.js';
import type { NestingGuard } from './nesting-guard.js';
import type { Db } from './tables.js';
import type { TransactionQueue } from './turns.js';

/** A database that was opened and whose tables are up to date. */
export interface OpenDatabase {
  readonly db: Db;
  readonly engine: Engine;
  readonly nesting: NestingGuard;
  /** Waits for whoever uses it, and lets go of it. */
  close(): Promise<void>;
}

/** Prepares the end of a database: whoever waits for a turn or holds a connection finishes first. */
export function closing(db: Db, nesting: NestingGuard, takeSlot: TransactionQueue): () => Promise<void> {
  return async () => {
    await takeSlot(() => db.connection().execute(() => Promise.resolve()));
    await db.destroy();
    nesting.end();
  };
}
