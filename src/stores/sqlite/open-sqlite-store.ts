import { open } from 'node:fs/promises';
import { Kysely, type SqliteDatabase } from 'kysely';
import type { Store } from '../../ports/store.js';
import { migrate } from '../sql/migrate.js';
import { createNestingGuard } from '../sql/nesting-guard.js';
import { createSqlStore } from '../sql/sql-store.js';
import type { Tables } from '../sql/tables.js';
import { type OpenEngine, openBestEngine } from './engines.js';
import { guardDatabase } from './guarded-database.js';
import { CarefulSqliteDialect } from './sqlite-dialect.js';

const inMemory = ':memory:';
const busyTimeoutMs = 5_000;

/**
 * Opens a store in a file, which is created for this user's eyes only when it is not there; `:memory:` keeps
 * nothing.
 *
 * Throws when the file cannot be opened or brought up to date, and when the disk cannot share memory between
 * processes, as network disks cannot: there an acknowledged decision would not be safe.
 */
export async function openSqliteStore(options: {
  readonly file: string;
  readonly openEngine?: OpenEngine;
}): Promise<Store> {
  const { file, openEngine = openBestEngine } = options;
  if (file !== inMemory) await createPrivately(file);
  const database = guardDatabase(await openEngine(file));
  try {
    configure(database, file);
    const nesting = createNestingGuard();
    const db = new Kysely<Tables>({ dialect: new CarefulSqliteDialect(database, nesting) });
    await migrate(db);
    return createSqlStore(db, nesting);
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

function configure(database: SqliteDatabase, file: string): void {
  pragma(database, `busy_timeout = ${busyTimeoutMs}`);
  const [journal] = Object.values(pragma(database, 'journal_mode = wal') ?? {});
  if (file !== inMemory && journal !== 'wal') {
    throw new Error(`${file} cannot be kept safely on its disk; put it on a local one`);
  }
  pragma(database, 'synchronous = full');
  pragma(database, 'foreign_keys = on');
}

/** Sets an option of the connection and gives what the engine answers, if anything. */
function pragma(database: SqliteDatabase, text: string): object | undefined {
  const statement = database.prepare(`pragma ${text}`);
  if (!statement.reader) {
    statement.run([]);
    return undefined;
  }
  const [row] = statement.all([]);
  return typeof row === 'object' && row !== null ? row : undefined;
}
