import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import type { NestingGuard } from '../sql/nesting-guard.js';

/** SQLite as the store needs it: writers queue up before they read, and a migration happens whole or not. */
export class CarefulSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  readonly #nesting: NestingGuard;

  constructor(database: SqliteDatabase, nesting: NestingGuard) {
    super({ database });
    this.#database = database;
    this.#nesting = nesting;
  }

  override createDriver(): Driver {
    return new CarefulSqliteDriver(this.#database, this.#nesting);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }
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
