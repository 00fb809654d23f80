import type { SqliteDatabase } from 'kysely';

/** Opens a database file, or one in memory, with one particular driver. */
export type OpenEngine = (file: string) => Promise<SqliteDatabase>;

/**
 * Opens a file with the best driver there is: the built-in one where this Node has it for good, else `libsql`.
 *
 * Node 22 has the built-in one as well, but warns about it at every start.
 */
export const openBestEngine: OpenEngine = async (file) =>
  Number.parseInt(process.versions.node, 10) >= 24 ? await openNodeSqlite(file) : await openLibsql(file);

/** Opens a file with the driver that is part of Node. */
export const openNodeSqlite: OpenEngine = async (file) => {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file);
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
      `Node ${process.versions.node} has no SQLite of its own, and the package libsql cannot be loaded; run "npm install libsql" or use Node 24`,
      { cause },
    );
  }
}
