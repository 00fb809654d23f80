import { Kysely, sql } from 'kysely';
import type { Store } from '../../ports/store.js';
import type { Engine } from '../sql/engine.js';
import { givenTime } from '../sql/given-time.js';
import { migrate } from '../sql/migrate.js';
import { createNestingGuard } from '../sql/nesting-guard.js';
import { closing, type OpenDatabase } from '../sql/open-database.js';
import { createSqlStore } from '../sql/sql-store.js';
import type { Db, Tables } from '../sql/tables.js';
import { createTransactionQueue, type TransactionQueue } from '../sql/turns.js';
import { createConnections } from './connections.js';
import { postgresDialect } from './postgres-dialect.js';
import { createPostgresDriver } from './postgres-driver.js';
import { isConnectionLost } from './postgres-failure.js';
import { createTransact } from './transact.js';

/** Which database, and by which clock its leases go. */
export interface PostgresOptions {
  /** Address of the database; see `isPostgresUrl`. */
  readonly url: string;
  /** Needed where the server asks for one and the address has none. */
  readonly password?: string | undefined;
  /**
   * This bot's clock, where several share a store: times are then kept by the server's clock.
   *
   * Without it times are taken as they are given, as by somebody who turns the clock by hand.
   */
  readonly ownClock?: (() => number) | undefined;
  /** Set to leave the tables in the form they have. */
  readonly asItIs?: boolean | undefined;
}

/** Opens a store in a PostgreSQL database; see `openPostgres` for what may go wrong. */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  return createSqlStore(await openPostgres(options));
}

/**
 * Opens a PostgreSQL database, which must be there; its tables are made or brought up to date.
 *
 * Throws when it cannot be reached or brought up to date. No error shows the password.
 */
export async function openPostgres({
  url,
  password,
  ownClock,
  asItIs,
}: PostgresOptions): Promise<OpenDatabase> {
  const address = new URL(url);
  // Through the setter, which escapes what would otherwise end the password early.
  if (password !== undefined) address.password = encodeURIComponent(password);
  const nesting = createNestingGuard();
  const enqueue = createTransactionQueue(nesting);
  const driver = createPostgresDriver(createConnections(address), nesting);
  const db = new Kysely<Tables>({ dialect: postgresDialect(driver) });
  const close = closing(db, nesting, enqueue);
  try {
    // By itself, so that a server that cannot be reached is not taken for tables that cannot be made.
    await db.connection().execute(() => Promise.resolve());
    if (!asItIs) await migrate(db);
  } catch (error) {
    await db.destroy();
    nesting.end();
    throw error;
  }
  return { db, engine: engineOn(enqueue, ownClock), nesting, close };
}

function engineOn(enqueue: TransactionQueue, ownClock: PostgresOptions['ownClock']): Engine {
  const at = ownClock ? (ms: number) => serverTime(ms - ownClock()) : givenTime;
  return {
    at,
    transact: createTransact(enqueue),
    surely,
    continueCounting,
    locksRows: true,
    isShared: true,
  };
}

async function surely<T>(write: (isAgain: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(false);
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
  }
  return write(true);
}

async function continueCounting(db: Db, table: string): Promise<void> {
  await sql`select setval(pg_get_serial_sequence(${table}, 'number'), max(number))
    from ${sql.table(table)} having count(*) > 0`.execute(db);
}

/**
 * Writes a time as one of the server's clock, by how far it is from now.
 *
 * The time a statement came in stands still while it runs, so an index can be used on it.
 */
function serverTime(fromNowMs: number) {
  return sql<number>`cast(extract(epoch from statement_timestamp()) * 1000 + ${fromNowMs} as bigint)`;
}
