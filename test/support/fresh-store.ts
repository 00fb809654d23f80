import { sql } from 'kysely';
import type { Store } from '../../src/ports/store.js';
import { openBestEngine, openSqlite, openSqliteStore } from '../../src/stores/sqlite.js';

let schema: Promise<readonly string[]> | undefined;

/** Opens an empty store in memory, whose tables are made at once in the form to which migrations bring them. */
export async function openFreshStore(): Promise<Store> {
  schema ??= readSchema();
  const statements = await schema;
  return openSqliteStore({
    file: ':memory:',
    asItIs: true,
    async openEngine(file) {
      const engine = await openBestEngine(file);
      for (const statement of statements) engine.prepare(statement).run([]);
      return engine;
    },
  });
}

/** Lists what makes the tables and indexes of a store that was migrated, in order. */
async function readSchema(): Promise<readonly string[]> {
  const { db, close } = await openSqlite({ file: ':memory:' });
  const made = await sql<{ text: string }>`select sql as text from sqlite_master
    where sql is not null and name not like 'sqlite%' order by rowid`.execute(db);
  await close();
  return made.rows.map(({ text }) => text);
}
