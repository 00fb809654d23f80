import { sql } from 'kysely';
import type { OpenDatabase } from './open-database.js';
import type { Db, Tables } from './tables.js';

type CopiedTable = Exclude<keyof Tables, 'bot_lease'>;
type Row = Readonly<Record<string, unknown>>;

const rowsAtOnce = 100;

/** Every table but the right to be the one bot, with its key; none refers to a later one. */
const keys = {
  approvals: ['number'],
  codes: ['number'],
  votes: ['number'],
  clicks: ['id'],
  dialogs: ['id'],
  signals: ['id'],
  changes: ['id'],
  incidents: ['number'],
  failures: ['number'],
  mutes: ['key'],
  watched_runs: ['system', 'instance_id'],
  deliveries: ['number'],
  lanes: ['name'],
  people: ['id'],
  notes: ['key'],
  receipts: ['code'],
  suspensions: ['person'],
  links: ['id'],
  link_requests: ['id'],
  ledger: ['system', 'number'],
  ledger_heads: ['system'],
  leases: ['name'],
} as const satisfies { readonly [Name in CopiedTable]: readonly (keyof Tables[Name])[] };

/** Tells whether a database remembers nothing. */
export async function isEmpty({ db }: OpenDatabase): Promise<boolean> {
  for (const name of Object.keys(keys)) if ((await countRows(db, name)) > 0) return false;
  return true;
}

/**
 * Copies every row of one database into another, which is empty; returns how many there were.
 *
 * Afterwards the other one holds all of them or, if this throws, none.
 */
export function copyTables(
  from: OpenDatabase,
  to: OpenDatabase,
  check: () => Promise<void>,
): Promise<number> {
  return to.engine.transact(to.db, async (tx) => {
    let rows = 0;
    for (const [name, key] of Object.entries(keys)) {
      rows += await copyTable({ from: from.db, to: tx, name, key });
      if (key[0] === 'number') await to.engine.continueCounting(tx, name);
    }
    await check();
    return rows;
  });
}

async function copyTable(what: {
  readonly from: Db;
  readonly to: Db;
  readonly name: string;
  readonly key: readonly string[];
}): Promise<number> {
  const { from, to, name, key } = what;
  let last: Row | undefined;
  let copied = 0;
  for (;;) {
    const rows = await readAfter(from, { name, key, last });
    last = rows.at(-1);
    if (!last) break;
    await insertAll(to, name, rows);
    copied += rows.length;
  }
  const counts = [await countRows(from, name), await countRows(to, name)];
  if (counts.some((count) => count !== copied)) throw new Error(`Table ${name} changed while it was copied`);
  return copied;
}

async function readAfter(
  db: Db,
  {
    name,
    key,
    last,
  }: { readonly name: string; readonly key: readonly string[]; readonly last: Row | undefined },
): Promise<readonly Row[]> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const after = last ? sql`where (${columns}) > (${sql.join(key.map((column) => last[column]))})` : sql``;
  const { rows } = await sql<Row>`select * from ${sql.table(name)} ${after}
    order by ${columns} limit ${sql.lit(rowsAtOnce)}`.execute(db);
  return rows;
}

async function insertAll(db: Db, name: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)}`.execute(db);
}

async function countRows(db: Db, name: string): Promise<number> {
  const { rows } = await sql<{
    readonly count: number;
  }>`select count(*) as count from ${sql.table(name)}`.execute(db);
  return rows[0]?.count ?? 0;
}
