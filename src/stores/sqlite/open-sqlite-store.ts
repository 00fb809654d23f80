import { open } from 'node:fs/promises';
import { Kysely } from 'kysely';
import type { Store } from '../../ports/store.js';
import type { Engine } from '../sql/engine.js';
import { givenTime } from '../sql/given-time.js';
import { migrate } from '../sql/migrate.js';
import { createNestingGuard } from '../sql/nesting-guard.js';
import { closing, type OpenDatabase } from '../sql/open-database.js';
import { createSqlStore } from '../sql/sql-store.js';
import type { Tables } from '../sql/tables.js';
import { createTransactionQueue, type TransactionQueue } from '../sql/turns.js';
import { configureDatabase } from './configure-database.js';
import { type OpenEngine, openBestEngine } from './engines.js';
import { guardDatabase } from './guarded-database.js';
import { CarefulSqliteDialect } from './sqlite-dialect.js';

const inMemory = ':memory:';

/** One connection writes at a time, and whoever holds it goes by the caller's clock. */
function createEngine(enqueue: TransactionQueue): Engine {
  return {
    at: givenTime,
    transact: (db, work) => enqueue(() => db.transaction().execute(work)),
    surely: (write) => write(false),
    // It notes the highest key whichever way it came.
    continueCounting: () => Promise.resolve(),
    locksRows: false,
    isShared: false,
  };
}

/** Opens a store in a file; see `openSqlite` for what may go wrong. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return createSqlStore(await openSqlite(options));
}

interface SqliteOptions {
  readonly file: string;
  readonly openEngine?: OpenEngine;
  /** Set to leave the tables in the form they have. */
  readonly asItIs?: boolean | undefined;
}

/**
 * Opens a database in a file, which is created for this user's eyes only when it is not there; `:memory:` keeps
 * nothing.
 *
 * Throws when the file cannot be opened or brought up to date, and when the disk cannot share memory between
 * processes, as network disks cannot: there an acknowledged decision would not be safe.
 */
export async function openSqlite(options: SqliteOptions): Promise<OpenDatabase> {
  const { file, openEngine = openBestEngine } = options;
  if (file !== inMemory) await createPrivately(file);
  const database = guardDatabase(await openEngine(file));
  try {
    const journal = await configureDatabase(database);
    if (file !== inMemory && journal !== 'wal') {
      throw new Error(`${file} cannot be kept safely on its disk; put it on a local one`);
    }
    const nesting = createNestingGuard();
    const db = new Kysely<Tables>({ dialect: new CarefulSqliteDialect(database, nesting) });
    if (!options.asItIs) await migrate(db);
    const enqueue = createTransactionQueue(nesting);
    return { db, engine: createEngine(enqueue), nesting, close: closing(db, nesting, enqueue) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The files SQLite puts beside a database take over its permissions. */
async function createPrivately(file: string): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  await handle.close();
}
