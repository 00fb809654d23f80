import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely';
import type { Store } from '../ports/store.js';
import { messageOf } from '../shared/language.js';
import {
  closing,
  createNestingGuard,
  createTransactionQueue,
  type Engine,
  givenTime,
  migrate,
  type NestingGuard,
  type OpenDatabase,
  type TransactionQueue,
} from './sql/database.js';
import { copyLeaseMs, createBotLease, type ProcessLock } from './sql/leases.js';
import { createSqlStore } from './sql/sql-store.js';
import type { Tables } from './sql/tables.js';

/**
 * Writes a copy of a store's file as it is at one moment, also while a bot works on it; never over another file.
 *
 * The copy is for this user's eyes only, and on the disk when this returns.
 */
export async function backupSqlite(from: string, to: string): Promise<'written' | 'not-there' | 'exists'> {
  if (!existsSync(from)) return 'not-there';
  if (existsSync(to)) return 'exists';
  const handle = await open(to, 'wx', 0o600);
  try {
    await namingFile(from, async () => {
      const database = await openBestEngine(from);
      try {
        database.prepare('vacuum into ?').run([to]);
      } finally {
        database.close();
      }
    });
    await handle.sync();
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return 'written';
}

/** What became of giving a file's space back; sizes are in bytes. */
type Vacuumed =
  | { readonly kind: 'vacuumed'; readonly before: number; readonly after: number }
  | { readonly kind: 'in-use'; readonly replicaId: string };

/**
 * Writes a store's file anew without the space of removed rows, and so that from then on it is given back by itself.
 *
 * Only while no bot works on it.
 */
export async function vacuumSqlite(file: string, replicaId: string): Promise<Vacuumed> {
  const { botLease, close } = await openSqlite({ file });
  try {
    if (!(await botLease.acquireBotLease(replicaId, Date.now(), copyLeaseMs)))
      return { kind: 'in-use', replicaId: (await botLease.getBotReplicaId()) ?? 'another bot' };
    const before = sizeOf(file) + sizeOf(`${file}-wal`);
    const database = await openBestEngine(file);
    try {
      pragma(database, 'auto_vacuum = incremental');
      database.prepare('vacuum').run([]);
      pragma(database, 'wal_checkpoint(truncate)');
    } finally {
      database.close();
      await botLease.releaseBotLease(replicaId);
    }
    return { kind: 'vacuumed', before, after: sizeOf(file) + sizeOf(`${file}-wal`) };
  } finally {
    await close();
  }
}

/** Moving so many pages takes a few milliseconds, in which nobody else writes. */
const reclaimedAtOnce = 200;

const inMemory = ':memory:';

/** One connection writes at a time, and whoever holds it goes by the caller's clock. */
function createEngine(enqueue: TransactionQueue, database: SqliteDatabase): Engine {
  return {
    at: givenTime,
    transact: (db, work) => enqueue(() => db.transaction().execute(work)),
    surely: (write) => write(false),
    // It notes the highest key whichever way it came.
    continueCounting: () => Promise.resolve(),
    async reclaimSpace() {
      const free = () => Number(pragma(database, 'freelist_count'));
      if (free() === 0) return false;
      return enqueue(async () => {
        const before = free();
        // Read to its end, since one driver else leaves it under way, and nothing can be committed any more.
        database.prepare(`pragma incremental_vacuum(${reclaimedAtOnce})`).all([]);
        return free() > 0 && free() < before;
      });
    },
    isTransient: isTransientSqliteError,
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
  /** Set to change nothing at all: neither the file, nor what stands beside it. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens a database in a file, which is created for this user's eyes only when it is not there; `:memory:` keeps
 * nothing.
 *
 * Throws when the file cannot be opened or brought up to date, and when the disk cannot share memory between
 * processes, as network disks cannot: there an acknowledged decision would not be safe.
 */
export function openSqlite(options: SqliteOptions): Promise<OpenDatabase> {
  return namingFile(options.file, () => openFile(options));
}

async function openFile(options: SqliteOptions): Promise<OpenDatabase> {
  const { file, openEngine = openBestEngine, readOnly = false } = options;
  if (readOnly) refuseUnreadable(file);
  else if (file !== inMemory) {
    refuseEmptied(file);
    await createPrivately(file);
  }
  const database = guardDatabase(await openEngine(readOnly ? readOnlyAddress(file) : file));
  try {
    // Whatever is no database is found out by the first question only.
    if (readOnly) pragma(database, 'schema_version');
    const journal = readOnly ? 'wal' : await configureDatabase(database);
    if (file !== inMemory && journal !== 'wal') {
      throw new Error(`${file} cannot be kept safely on its disk; put it on a local one`);
    }
    const nesting = createNestingGuard();
    const db = new Kysely<Tables>({ dialect: sqliteDialect(database, nesting) });
    if (!options.asItIs && !readOnly) await migrate(db);
    const enqueue = createTransactionQueue(nesting);
    const engine = createEngine(enqueue, database);
    const lock = createFileLock(file, openEngine);
    const close = closing(db, nesting, enqueue);
    return {
      db,
      engine,
      nesting,
      botLease: createBotLease(db, engine, lock),
      close: () => close().finally(() => lock.release()),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Has whatever goes wrong with a file name it, and say in plain words what SQLite says of it. */
async function namingFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = messageOf(error);
    if (said.includes(file) && !isFolder(file)) throw error;
    const why = isFolder(file)
      ? 'it is a folder'
      : (plainly.find(([pattern]) => pattern.test(said))?.[1] ?? said);
    throw new Error(`${file} cannot be used as a store: ${why}`, { cause: error });
  }
}

const plainly: readonly (readonly [RegExp, string])[] = [
  [/file is not a database/, 'it is not an SQLite database'],
  [/attempt to write a readonly database/, 'this user may not write to it, or not to the files beside it'],
];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Gives the address under which a file is read and never changed.
 *
 * A copy without a log of changes beside it is taken as it stands, and nothing is put beside it either. Where there is
 * such a log a bot may be at work, so it is read too, under SQLite's own read lock.
 */
function readOnlyAddress(file: string): string {
  const isStill = !existsSync(`${file}-wal`);
  return `${pathToFileURL(file).href}?mode=ro${isStill ? '&immutable=1' : ''}`;
}

/** Throws an error that names what this user would have to be allowed, where something keeps a file from being read. */
function refuseUnreadable(file: string): void {
  const may = (path: string, what: number) => {
    try {
      accessSync(path, what);
      return true;
    } catch {
      return false;
    }
  };
  const [log, index] = [`${file}-wal`, `${file}-shm`];
  const unread = [dirname(file), file, log, index].find(
    (one) => existsSync(one) && !may(one, constants.R_OK),
  );
  if (unread !== undefined) throw new Error(`${unread} cannot be read; give this user read permission on it`);
  if (existsSync(log) && !existsSync(index) && !may(dirname(file), constants.W_OK))
    throw new Error(
      `${file} has changes in ${log} and no ${index}, which can only be made again with write permission on ${dirname(file)}`,
    );
}

/**
 * The files SQLite puts beside a database take over its permissions.
 *
 * One that is there is not opened: closing it would free what this process has locked in it.
 */
async function createPrivately(file: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
}

/**
 * Throws where nothing stands in a store's file though a bot has worked on it.
 *
 * Going on would ask everybody again what they have decided, so that is left to somebody who knows what happened.
 */
export function refuseEmptied(file: string): void {
  if (sizeOf(file) > 0 || sizeOf(lockOf(file)) === 0) return;
  throw new Error(
    `${file} is ${existsSync(file) ? 'empty' : 'gone'}, though a bot has worked on it; put a backup in its place. To begin with nothing, remove ${lockOf(file)} as well.`,
  );
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

/** Another process is about to take the lock or to give it up; whoever holds it does so for longer. */
const lockWaitMs = 200;

/**
 * Creates the lock of a store's file: SQLite's own, on a database beside it, held by a connection that stays open.
 *
 * The kernel frees it when its process dies, wherever that ran; no clock, host name or process id has a say. The file
 * itself stays, and tells that a bot has worked on the store.
 */
function createFileLock(store: string, openEngine: OpenEngine): FileLock {
  const file = store === inMemory ? inMemory : lockOf(store);
  const fileId = () => (store === inMemory ? undefined : statSync(file, { throwIfNoEntry: false })?.ino);
  let held:
    | { readonly by: string; readonly fileId: number | undefined; readonly free: () => void }
    | undefined;
  return {
    async take(replicaId) {
      // Who removed the file may have let another bot lock a new one.
      if (held) return held.by === replicaId && held.fileId === fileId();
      if (store !== inMemory) await createPrivately(file);
      const connection = await namingFile(file, () => openEngine(file));
      const run = (text: string) => connection.prepare(text).run([]);
      try {
        pragma(connection, `busy_timeout = ${lockWaitMs}`);
        pragma(connection, 'user_version = 1');
        run('begin exclusive');
      } catch (error) {
        connection.close();
        if (/database is locked/.test(String(error))) return false;
        return namingFile(file, () => Promise.reject(error));
      }
      const free = () => {
        run('rollback');
        connection.close();
      };
      held = { by: replicaId, fileId: fileId(), free };
      return true;
    },
    release(replicaId = held?.by) {
      if (held?.by !== replicaId) return;
      held?.free();
      held = undefined;
    },
  };
}

/** The lock of a file; given back by its name, or whoever holds it here. */
interface FileLock extends ProcessLock {
  release(replicaId?: string): void;
}

const busyTimeoutMs = 5_000;

const journalTries = 100;

const journalRetryMs = 20;

/**
 * Makes what is committed survive a power cut, and lets two processes take turns.
 *
 * Gives back which journal the file really got, since a disk may be unable to keep the one asked for.
 */
async function configureDatabase(database: SqliteDatabase): Promise<unknown> {
  pragma(database, `busy_timeout = ${busyTimeoutMs}`);
  // Only before the first table; a file from before goes on without, until it is vacuumed.
  pragma(database, 'auto_vacuum = incremental');
  const journal = await useWriteAheadLog(database);
  pragma(database, 'synchronous = full');
  pragma(database, 'foreign_keys = on');
  return journal;
}

/** Another process that opens the same new file makes this fail at once, whatever the busy timeout says. */
async function useWriteAheadLog(database: SqliteDatabase): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return pragma(database, 'journal_mode = wal');
    } catch (error) {
      if (tries === journalTries || plainly.some(([pattern]) => pattern.test(String(error)))) throw error;
    }
    await setTimeout(journalRetryMs);
  }
}

/** Sets an option of the connection and gives what the engine answers, if anything. */
function pragma(database: SqliteDatabase, text: string): unknown {
  const statement = database.prepare(`pragma ${text}`);
  if (!statement.reader) {
    statement.run([]);
    return undefined;
  }
  const [row] = statement.all([]);
  return Object.values(row ?? {})[0];
}

const keptStatements = 200;

/**
 * Makes an engine safe to use: values it cannot bind are refused, and statements are prepared once.
 *
 * One of the engines ends the whole process when it is asked to bind a boolean, a date or an object, and
 * frees a statement only when the event loop turns.
 */
export function guardDatabase(engine: SqliteDatabase): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const kept = statements.get(text);
      const statement = kept ?? guardStatement(engine.prepare(text));
      // Put last again, so that the first is always the one not used for longest.
      statements.delete(text);
      statements.set(text, statement);
      const [oldest] = statements.keys();
      if (statements.size > keptStatements && oldest !== undefined) statements.delete(oldest);
      return statement;
    },
    close() {
      statements.clear();
      engine.close();
    },
  };
}

function guardStatement(statement: SqliteStatement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (values) => statement.all(checkValues(values)),
    run: (values) => statement.run(checkValues(values)),
    iterate: (values) => statement.iterate(checkValues(values)),
  };
}

function checkValues(values: readonly unknown[]): readonly unknown[] {
  const at = values.findIndex((value) => !canBind(value));
  if (at >= 0) throw new TypeError(`Value ${at + 1} is a ${typeof values[at]} the database cannot keep`);
  return values;
}

/** Whole numbers beyond what JavaScript keeps exactly come back rounded. */
function canBind(value: unknown): boolean {
  if (value === null || typeof value === 'string') return true;
  return (
    typeof value === 'number' &&
    (Number.isSafeInteger(value) || !Number.isInteger(value)) &&
    Number.isFinite(value)
  );
}

/** Tells whether SQLite can take nothing for now: its file is locked, full, read-only or away. */
export function isTransientSqliteError(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  // Node's own SQLite numbers what libsql names; an extended code holds more in its upper bits.
  if (typeof errcode === 'number') return sqliteFaults.has(errcode & 0xff);
  return (
    typeof code === 'string' && /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|FULL|CANTOPEN|PROTOCOL)(_|$)/.test(code)
  );
}

/** Busy, locked, read-only, input or output, full, cannot be opened, no lock to be had. */
const sqliteFaults: ReadonlySet<number> = new Set([5, 6, 8, 10, 13, 14, 15]);

/** SQLite as the store needs it: writers queue up before they read, and a migration happens whole or not. */
function sqliteDialect(database: SqliteDatabase, nesting: NestingGuard): Dialect {
  return {
    createDriver: () => new CarefulSqliteDriver(database, nesting),
    createAdapter: () => new TransactionalDdlAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class CarefulSqliteDriver extends SqliteDriver {
  readonly #nesting: NestingGuard;

  constructor(database: SqliteDatabase, nesting: NestingGuard) {
    super({ database });
    this.#nesting = nesting;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#nesting.refuseInside();
    return await super.acquireConnection();
  }

  /** A deferred transaction that reads before it writes fails at once when another process writes. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** Where the disk is full SQLite has rolled back by itself; complaining of that would hide the cause. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      // By its words alone: an engine that is built in may throw an error of another realm.
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }
}

/** Kysely assumes otherwise; then a kill during the first start leaves tables nobody can migrate. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Opens a database file, given by its path or as a `file:` address, or one in memory, with one particular driver. */
export type OpenEngine = (file: string) => Promise<SqliteDatabase>;

/**
 * Opens a file with the best driver there is: the one that is part of Node, from 22.16 on, else `libsql`.
 *
 * The versions before have no such driver, or one that cannot say whether a statement gives rows.
 */
export const openBestEngine: OpenEngine = async (file) =>
  isBuiltInHere() ? await openNodeSqlite(file) : await openLibsql(file);

/** Tells whether this Node has a SQLite of its own that can be used here. */
export function isBuiltInHere(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 16);
}

/** Opens a file with the driver that is part of Node. */
export const openNodeSqlite: OpenEngine = async (file) => {
  const { DatabaseSync } = await importBuiltIn();
  const database = new DatabaseSync(file.startsWith('file:') ? new URL(file) : file);
  return {
    close: () => database.close(),
    prepare: (text) => {
      const statement = database.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...values.map(toSqlValue)),
        run: (values) => statement.run(...values.map(toSqlValue)),
        iterate: (values) => statement.iterate(...values.map(toSqlValue)),
      };
    },
  };
};

/** Node 22 warns at every start that its SQLite may still change; Node 24 has kept it as it is. */
async function importBuiltIn() {
  const { emitWarning } = process;
  const emitOthers = (...warning: unknown[]): void => {
    if (!String(warning[0]).startsWith('SQLite is an experimental feature'))
      Reflect.apply(emitWarning, process, warning);
  };
  process.emitWarning = emitOthers;
  try {
    return await import('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function toSqlValue(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`A ${typeof value} cannot be kept`);
}

/** Opens a file with the package `libsql`; throws an error that says what to install when it is not there. */
export const openLibsql: OpenEngine = async (file) => {
  const Libsql = await loadLibsql();
  const database = new Libsql(file);
  return {
    close: () => {
      database.close();
    },
    prepare: (text) => database.prepare(text),
  };
};

async function loadLibsql() {
  try {
    const { default: Libsql } = await import('libsql');
    return Libsql;
  } catch (cause) {
    throw new Error(
      `Node ${process.versions.node} has no SQLite of its own, and the package libsql cannot be loaded; run "npm install libsql", or use Node 22.16 or newer`,
      { cause },
    );
  }
}
