import { setTimeout } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from 'kysely';
import { Client, type ClientBase, DatabaseError, Pool, type PoolClient, TypeOverrides, types } from 'pg';
import { OutcomeUnknown, type Store } from '../ports/store.js';
import {
  closing,
  createNestingGuard,
  createTransactionQueue,
  type Engine,
  givenTime,
  migrate,
  type NestingGuard,
  nameOfPlace,
  type OpenDatabase,
  type TransactionQueue,
} from './sql/database.js';
import { createBotLease } from './sql/leases.js';
import { createSqlStore } from './sql/sql-store.js';
import type { Db, Tables } from './sql/tables.js';

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
  /** Set to change nothing at all; throws where the ledger may not be read. */
  readonly readOnly?: boolean | undefined;
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
  readOnly = false,
}: PostgresOptions): Promise<OpenDatabase> {
  const address = new URL(url);
  // Through the setter, which escapes what would otherwise end the password early.
  if (password !== undefined) address.password = encodeURIComponent(password);
  const nesting = createNestingGuard();
  const enqueue = createTransactionQueue(nesting);
  const driver = createPostgresDriver(createConnections(address, { readOnly }), nesting);
  const db = new Kysely<Tables>({ dialect: postgresDialect(driver) });
  const close = closing(db, nesting, enqueue);
  try {
    // By itself, so that a server that cannot be reached is not taken for tables that cannot be made.
    await db.connection().execute(() => Promise.resolve());
    if (readOnly) await refuseUnreadable(db);
    else if (!asItIs) await migrate(db);
  } catch (error) {
    await db.destroy();
    nesting.end();
    throw error;
  }
  const engine = createEngine(enqueue, ownClock);
  return { db, engine, nesting, botLease: createBotLease(db, engine), close };
}

/** All that checking and writing out the ledger reads. */
const ledgerTables = ['ledger', 'ledger_heads'];

/** Throws an error that names what this role would have to be granted, where something keeps the ledger from being read. */
async function refuseUnreadable(db: Db): Promise<void> {
  const { rows } = await sql<{ role: string; schema: string; name: string; enters: boolean; reads: boolean }>`
    select current_user as role, nspname as schema, relname as name,
      has_schema_privilege(nspname, 'usage') as enters, has_table_privilege(c.oid, 'select') as reads
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where relkind = 'r' and relname in (${sql.join(ledgerTables)}) order by nspname, relname`.execute(db);
  // Of several schemas with such tables it is not known which is meant.
  if (new Set(rows.map(({ schema }) => schema)).size !== 1) return;
  for (const { role, schema, name, enters, reads } of rows) {
    if (!enters)
      throw new Error(`${role} may not use the schema; GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
    if (!reads) throw new Error(`${role} may not read ${name}; GRANT SELECT ON ${schema}.${name} TO ${role}`);
  }
}

/**
 * All that a bot decides goes through the same few rows, such as the last record of a system, so several of its
 * transactions at once would only refuse one another: they take turns. Other bots' may come in between.
 */
function createEngine(enqueue: TransactionQueue, ownClock: PostgresOptions['ownClock']): Engine {
  return {
    at: ownClock ? (ms) => serverTime(ms - ownClock()) : givenTime,
    transact: (db, work) => enqueue(() => transact(db, work)),
    surely,
    continueCounting,
    // The server's own autovacuum does.
    reclaimSpace: () => Promise.resolve(false),
    isTransient: isTransientPostgresError,
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
  try {
    return await write(true);
  } catch (cause) {
    throw new OutcomeUnknown('The answer of the store was lost, and it is away since', { cause });
  }
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

/** A restart of the server takes a second or two; a person who clicked is told after three. */
const connectTimeoutMs = 2_000;

const connectPauseMs = 100;

/** No limit may be so long that people wait for ever, nor so short that a busy server looks broken. */
const limits = {
  connectionTimeoutMillis: 2_000,
  query_timeout: 15_000,
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  // A bot that is frozen inside a transaction must not hold up the others.
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** More would only wait for one another. */
const mostConnections = 10;

/**
 * Opens connections to a server, as they are needed; where they are `readOnly`, they can change nothing there.
 *
 * While the server cannot be reached somebody who asks waits for two seconds, then gets an error that names the
 * server, without the password.
 */
export function createConnections(
  url: URL,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Connections {
  const pool = new Pool({
    Client: AllOrNothing,
    connectionString: url.href,
    application_name: 'countersign',
    max: mostConnections,
    keepAlive: true,
    types: numbersAsNumbers(),
    ...limits,
  });
  // A connection nobody uses has ended; the pool has dropped it, and whoever asks next gets a new one.
  pool.on('error', () => {});
  // One that somebody holds has ended between two questions; the next question fails and says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  const take = async () => {
    const client = await takeWithRetry(pool, url);
    // Every statement and transaction from then on; the server refuses whatever would write.
    if (!readOnly) return client;
    try {
      await client.query('set session characteristics as transaction read only');
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  return { take, end: () => pool.end() };
}

/** A connection that ends when it does not come about; else one the server waits for would keep the process a minute. */
class AllOrNothing extends Client {
  override connect(): Promise<Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<Client> | undefined {
    if (!callback) return super.connect();
    super.connect((error: Error | null) => {
      if (error) void this.end().catch(() => {});
      (callback as (error: Error | null, client: Client) => void)(error, this);
    });
    return undefined;
  }
}

type Connected = ((error: Error) => void) | ((error: null, client: ClientBase) => void);

async function takeWithRetry(pool: Pool, url: URL): Promise<PoolClient> {
  const giveUpAtMs = performance.now() + connectTimeoutMs;
  for (;;) {
    try {
      return await pool.connect();
    } catch (cause) {
      if (!mayConnectSoon(cause) || performance.now() > giveUpAtMs) {
        throw new NotReachable(`The store ${nameOfPlace(url.href)} cannot be reached: ${reasonOf(cause)}`, {
          cause,
        });
      }
    }
    await setTimeout(connectPauseMs);
  }
}

/** Some failures to connect have no words, only a code. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (lacksPassword(cause)) return 'it asks for a password, and COUNTERSIGN_STORE_PASSWORD is not set';
  const code = 'code' in cause ? String(cause.code) : cause.name;
  return cause.message === '' ? code : cause.message;
}

/** Ids and epoch milliseconds are far below what a number keeps exactly; counts come as this kind too. */
function numbersAsNumbers(): TypeOverrides {
  const overrides = new TypeOverrides(types);
  overrides.setTypeParser(types.builtins.INT8, (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value))
      throw new RangeError('The database holds a number too large to be exact');
    return value;
  });
  return overrides;
}

/** PostgreSQL as the store needs it: over a driver of ours, and told the tables in the same words as SQLite. */
export function postgresDialect(driver: Driver): Dialect {
  return {
    createDriver: () => driver,
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new NonReservingCompiler(),
  };
}

/** A migration is written once: what SQLite calls a key that counts up is an identity column here. */
class NonReservingCompiler extends PostgresQueryCompiler {
  protected override getAutoIncrement(): string {
    return 'generated by default as identity';
  }
}

/** As long as SQLite waits for another writer. */
const raceTimeoutMs = 5_000;

const longestPauseMs = 100;

const triesOfTakenKey = 3;

/**
 * Runs some work in a transaction that the server either lets happen as if it were alone, or refuses.
 *
 * A refused one has changed nothing and is run again, for a few seconds. One whose end is not known, because
 * the connection was lost, is not: it throws.
 */
async function transact<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + raceTimeoutMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(work);
    } catch (error) {
      const isHopeless = isKeyTaken(error) && tries >= triesOfTakenKey;
      if (!hasLostRace(error) || isHopeless || performance.now() > giveUpAtMs) throw error;
    }
    // At random, so that two who met do not meet again.
    await setTimeout(Math.random() * Math.min(longestPauseMs, 2 ** tries));
  }
}

/** Gives connections, and waits for those that are out before it ends. */
interface Connections {
  take(): Promise<PoolClient>;
  end(): Promise<void>;
}

/** The next connection may have ended as well, unnoticed so far. */
const mostReads = 3;

/** A connection somebody holds. */
interface PooledClient {
  client: PoolClient;
  isInTransaction: boolean;
  /** Set once the client is of no use any more, so that nobody gets it next. */
  isLost: boolean;
  isGivenBack: boolean;
}

/**
 * Creates a driver that keeps nobody's lost connection, and reads again what a lost connection did not answer.
 *
 * A write whose answer was lost may have happened, so it throws and is never tried again here.
 */
export function createPostgresDriver(connections: Connections, nesting: NestingGuard): Driver {
  const pooledClients = new WeakMap<DatabaseConnection, PooledClient>();
  const pooledOf = (connection: DatabaseConnection): PooledClient => {
    const found = pooledClients.get(connection);
    if (!found) throw new Error('This connection was not given out here');
    return found;
  };
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      nesting.refuseInside();
      const client = await connections.take();
      const pooled: PooledClient = { client, isInTransaction: false, isLost: false, isGivenBack: false };
      const connection = connectionOver(pooled, connections);
      pooledClients.set(connection, pooled);
      return connection;
    },
    async beginTransaction(connection, { isolationLevel }) {
      const pooled = pooledOf(connection);
      await say(pooled, isolationLevel ? `begin isolation level ${isolationLevel}` : 'begin');
      pooled.isInTransaction = true;
    },
    commitTransaction: (connection) => say(pooledOf(connection), 'commit'),
    async rollbackTransaction(connection) {
      const pooled = pooledOf(connection);
      // Without its connection a transaction is taken back by itself; what broke it is what is thrown.
      if (!pooled.isLost) await say(pooled, 'rollback');
    },
    async releaseConnection(connection) {
      giveBack(pooledOf(connection));
    },
    destroy: () => connections.end(),
  };
}

function connectionOver(pooled: PooledClient, connections: Connections): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const isRepeatable = !pooled.isInTransaction && query.query.kind === 'SelectQueryNode';
      for (let tries = 1; ; tries += 1) {
        try {
          return await ask<R>(pooled, query);
        } catch (error) {
          if (!pooled.isLost || !isRepeatable || tries === mostReads) throw error;
        }
        await replaceClient(pooled, connections);
      }
    },
    streamQuery() {
      throw new Error('Nothing is read bit by bit here');
    },
  };
}

async function replaceClient(pooled: PooledClient, connections: Connections): Promise<void> {
  // Given back first: several that all wait for one more would wait for one another.
  giveBack(pooled);
  pooled.client = await connections.take();
  pooled.isGivenBack = false;
  pooled.isLost = false;
}

function giveBack(pooled: PooledClient): void {
  if (!pooled.isGivenBack) pooled.client.release(pooled.isLost);
  pooled.isGivenBack = true;
}

async function say(pooled: PooledClient, text: string): Promise<void> {
  await noticingLoss(pooled, () => pooled.client.query(text));
}

async function ask<R>(pooled: PooledClient, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
  const { command, rowCount, rows } = await noticingLoss(pooled, () =>
    pooled.client.query(sql, [...parameters]),
  );
  const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
  return { rows, ...(isWrite ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
}

async function noticingLoss<T>(pooled: PooledClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    pooled.isLost ||= isConnectionLost(error);
    throw error;
  }
}

/** No connection could be had, so nothing was asked of the server. */
class NotReachable extends Error {
  override readonly name = 'NotReachable';
}

/** The server itself ends connections with these, as when it is stopped. */
const goodbyes = new Set(['57P01', '57P02', '57P03', '57P05', '25P03']);

/** The server is there and will take connections again: it is starting, or has too many now. */
const notNow = new Set(['57P03', '53300']);

/** A transaction that lost against another one, or met a row it could not know of, and left no trace. */
const lostRaces = new Set(['40001', '40P01', '23505']);

/**
 * Tells whether a connection is of no use after an error, because it is gone or what it is doing is not known.
 *
 * Everything that is not the server's own considered answer counts.
 */
function isConnectionLost(error: unknown): boolean {
  if (error instanceof NotReachable) return false;
  if (!(error instanceof DatabaseError)) return true;
  return goodbyes.has(error.code ?? '') || (error.code?.startsWith('08') ?? false);
}

/**
 * Tells whether PostgreSQL can take nothing for now, gave up on what it was doing, or was lost while it did it.
 *
 * A transaction whose end is not known has happened whole or not at all.
 */
export function isTransientPostgresError(error: unknown): boolean {
  if (error instanceof NotReachable) return true;
  if (error instanceof OutcomeUnknown) return isTransientPostgresError(error.cause);
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  if (error instanceof DatabaseError) return typeof code === 'string' && passing.test(code);
  return (typeof code === 'string' && lostOnTheWay.has(code)) || lostInDriver.test(error.message);
}

/**
 * Connections that end, races and deadlocks that are lost, too little memory, disk or connections, a server that stops
 * or starts, what was canceled or waited too long for a lock, one that only reads for now, and faults of its disk.
 */
const passing = /^(08...|40...|53...|57...|58...|55P03|25006|25P0[34])$/;

/** What the system says of a connection. */
const lostOnTheWay: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What the driver says of a connection, without any code. */
const lostInDriver =
  /^(Connection terminated|Connection ended|Query read timeout|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error) and is not queryable)/;

/** The driver itself says so, before it has asked the server. */
function lacksPassword(error: unknown): boolean {
  return error instanceof Error && /client password must be a/.test(error.message);
}

/** Tells whether connecting may succeed in a moment; a wrong password or name stays wrong. */
function mayConnectSoon(error: unknown): boolean {
  if (lacksPassword(error)) return false;
  return !(error instanceof DatabaseError) || notNow.has(error.code ?? '');
}

/**
 * Tells whether a transaction is to be run again from its beginning.
 *
 * A key that is taken counts, since it may have been taken meanwhile: read again, the work finds it.
 */
function hasLostRace(error: unknown): boolean {
  return error instanceof DatabaseError && lostRaces.has(error.code ?? '');
}

/** Tells whether that was a key that is taken, which may as well have been so from the beginning. */
function isKeyTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}
