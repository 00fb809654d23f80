import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { type DeleteResult, InsertResult, Migrator, type RawBuilder, sql, UpdateResult } from 'kysely';
import type { Store } from '../../ports/store.js';
import { isPostgresUrl } from '../../shared/text.js';
import { migrations } from './migrations/migrations.js';
import type { Db } from './tables.js';

/** Names a store as people know it: its file, or its database without the password. */
export function nameOfPlace(place: string): string {
  if (!isPostgresUrl(place)) return place;
  const { protocol, username, host, pathname } = new URL(place);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}

/** Makes a function that runs some statements as one, in the transaction that is open or in one of their own. */
export function atomicallyOn(db: Db, engine: Engine): <T>(work: (db: Db) => Promise<T>) => Promise<T> {
  return (work) => (db.isTransaction ? work(db) : engine.transact(db, work));
}

/** Gives the first row of a query as what it stands for; undefined if there is none. */
export async function firstOf<Row, T>(
  query: { executeTakeFirst(): Promise<Row | undefined> },
  read: (row: Row) => T,
): Promise<T | undefined> {
  const row = await query.executeTakeFirst();
  return row === undefined ? undefined : read(row);
}

/** Lists the rows of a query as what they stand for. */
export async function listOf<Row, T>(
  query: { execute(): Promise<readonly Row[]> },
  read: (row: Row) => T,
): Promise<readonly T[]> {
  return (await query.execute()).map((row) => read(row));
}

/** Runs a write and tells whether it changed any row. */
export async function didChange(write: {
  executeTakeFirst(): Promise<InsertResult | UpdateResult | DeleteResult>;
}): Promise<boolean> {
  const done = await write.executeTakeFirst();
  if (done instanceof InsertResult) return done.numInsertedOrUpdatedRows !== 0n;
  return (done instanceof UpdateResult ? done.numUpdatedRows : done.numDeletedRows) !== 0n;
}

/** Writes a time as it was given; the cast tells an engine what kind of value it is where it cannot know. */
export function givenTime(ms: number): RawBuilder<number> {
  return sql<number>`cast(${ms} as bigint)`;
}

/** Brings the tables up to this program's form; throws, having changed nothing, when that cannot be done. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new Error(
    'The store cannot be brought into the form this version needs; was it last used by a newer one?',
    { cause: error },
  );
}

/** The right to be the one running bot on a store. */
export type BotLease = Pick<Store, 'acquireBotLease' | 'getBotReplicaId' | 'releaseBotLease'>;

/** A database that was opened and whose tables are up to date. */
export interface OpenDatabase {
  readonly db: Db;
  readonly engine: Engine;
  readonly nesting: NestingGuard;
  readonly botLease: BotLease;
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
   * The write is told whether it is done again, since it may then find what it wrote itself. Throws `OutcomeUnknown`
   * where that fails as well, since the first may have been done.
   */
  surely<T>(write: (isAgain: boolean) => Promise<T>): Promise<T>;
  /** Lets the key `number` of a table go on from the highest, after rows were put in with keys of their own. */
  continueCounting(db: Db, table: string): Promise<void>;
  /** Gives some space of removed rows back to the disk; tells whether there is more. */
  reclaimSpace(): Promise<boolean>;
  /** Tells whether an error is one that passes: see `Store`. */
  isTransient(error: unknown): boolean;
  /** Whether rows can be locked one by one, and a query can pass over those that somebody else is changing. */
  readonly locksRows: boolean;
  /** Whether several bots may work on one store at the same time. */
  readonly isShared: boolean;
}

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
