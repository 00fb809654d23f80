import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { replicaPrefix } from '../ports/store.js';
import { isPostgresUrl } from '../shared/text.js';
import { openPlace, type PlaceOptions } from './index.js';
import { nameOfPlace, type OpenDatabase } from './sql/database.js';
import { copyLeaseMs, createLeases } from './sql/leases.js';
import type { Db, Tables } from './sql/tables.js';

/** How the copying of a store went; places are named without their passwords. */
export type CopyOutcome =
  | { readonly kind: 'copied'; readonly rows: number }
  | { readonly kind: 'not-there' | 'not-empty'; readonly place: string }
  | { readonly kind: 'in-use'; readonly place: string; readonly replicaId: string };

/**
 * Copies everything a store remembers into another one, which remembers nothing yet.
 *
 * No bot can work on either meanwhile, and none may when it begins. If anything goes wrong, the other one is
 * as empty as before.
 */
export async function copyStore(options: {
  readonly from: string;
  readonly to: string;
  /** Names this copying, as a bot would be named. */
  readonly replicaId: string;
  readonly places: PlaceOptions;
}): Promise<CopyOutcome> {
  const { from, to, replicaId, places } = options;
  if (!isPostgresUrl(from) && !existsSync(from)) return { kind: 'not-there', place: from };
  return using(from, places, (source) =>
    whileLocked(source, { place: from, replicaId: replicaId }, () =>
      using(to, places, (target) =>
        whileLocked(target, { place: to, replicaId: replicaId }, async () => {
          if (!(await isEmpty(target))) return { kind: 'not-empty', place: nameOfPlace(to) };
          const rows = await copyTables(source, target, () => confirmLocked(source, replicaId));
          return { kind: 'copied', rows };
        }),
      ),
    ),
  );
}

async function using<T>(
  place: string,
  options: PlaceOptions,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openPlace(place, options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Works on a database as its one bot. */
async function whileLocked(
  { db, engine, botLease }: OpenDatabase,
  { place, replicaId }: { readonly place: string; readonly replicaId: string },
  work: () => Promise<CopyOutcome>,
): Promise<CopyOutcome> {
  if (!(await botLease.acquireBotLease(replicaId, Date.now(), copyLeaseMs))) {
    const other = (await botLease.getBotReplicaId()) ?? 'another bot';
    return { kind: 'in-use', place: nameOfPlace(place), replicaId: other };
  }
  try {
    // Several bots at work hold no right to the whole store, but none can join them from now on.
    const [bot] = await createLeases(db, engine).listLeaseReplicaIds(replicaPrefix, Date.now());
    if (bot !== undefined) return { kind: 'in-use', place: nameOfPlace(place), replicaId: bot };
    return await work();
  } finally {
    await botLease.releaseBotLease(replicaId);
  }
}

async function confirmLocked({ botLease }: OpenDatabase, replicaId: string): Promise<void> {
  if (await botLease.acquireBotLease(replicaId, Date.now(), copyLeaseMs)) return;
  throw new Error('A bot took the store over while it was copied; nothing was copied');
}

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
  rule_decisions: ['rule', 'day'],
  receipts: ['code'],
  suspensions: ['person'],
  absences: ['id'],
  preferences: ['person'],
  homes: ['person'],
  shadow_records: ['id'],
  report_entries: ['id'],
  links: ['id'],
  link_requests: ['id'],
  ledger: ['system', 'number'],
  evidence: ['sha256'],
  ledger_heads: ['system'],
  used_keys: ['key'],
  leases: ['name'],
} as const satisfies { readonly [Name in CopiedTable]: readonly (keyof Tables[Name])[] };

/** Tells whether a database remembers nothing. */
async function isEmpty({ db }: OpenDatabase): Promise<boolean> {
  for (const name of Object.keys(keys)) if ((await countRows(db, name)) > 0) return false;
  return true;
}

/**
 * Copies every row of one database into another, which is empty; returns how many there were.
 *
 * Afterwards the other one holds all of them or, if this throws, none.
 */
function copyTables(from: OpenDatabase, to: OpenDatabase, check: () => Promise<void>): Promise<number> {
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
