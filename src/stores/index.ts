import { constants, existsSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import type { RetentionKind, RetentionTimes } from '../domain/retention.js';
import type { CheckUp } from '../ports/backend.js';
import type { Store } from '../ports/store.js';
import { sha256Of } from '../shared/fingerprint-of.js';
import { messageOf } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { heldSince } from '../use-cases/ledger/verify.js';
import { listLoadedRules } from '../use-cases/rules.js';
import type { PostgresOptions } from './postgres.js';
import { nameOfPlace, type OpenDatabase } from './sql/database.js';
import { migrations } from './sql/migrations/migrations.js';
import { createSqlStore } from './sql/sql-store.js';
import { openSqlite, refuseEmptied } from './sqlite.js';

/**
 * Checks that a store can be opened and written to, and whether its tables are those of this version.
 *
 * Changes nothing: no file is made, no table brought up to date, and what is written is taken back at once.
 */
export async function checkUpStore(
  place: string,
  options: PlaceOptions & { readonly retention?: RetentionTimes },
): Promise<readonly CheckUp[]> {
  const name = 'store';
  const shown = nameOfPlace(place);
  try {
    if (!isPostgresUrl(place) && !existsSync(place)) {
      const fault = await whyNotWritten(place);
      if (fault !== undefined) return [{ name, verdict: 'bad', detail: `${shown}: ${fault}`, fix: storeFix }];
      refuseEmptied(place);
      return [{ name, verdict: 'unknown', detail: `${shown} is not there yet; the first start makes it` }];
    }
    const open = await openPlace(place, { ...options, asItIs: true });
    try {
      const tables = await checkTables(open);
      const isCurrent = tables.verdict === 'good';
      return [
        tables,
        await checkWriting(open, shown),
        ...(isCurrent ? [await measureStore(open, place, options.retention ?? {})] : []),
        ...(await checkRestored(open)),
        ...(isPostgresUrl(place) && isCurrent ? await checkAgreed(open) : []),
      ];
    } finally {
      await open.close();
    }
  } catch (error) {
    const said = messageOf(error);
    const detail = said.includes(shown) ? said : `${shown}: ${said}`;
    return [{ name, verdict: 'bad', detail, fix: storeFix }];
  }
}

/** Names a store so that two bots can tell whether they work on the same one, and nothing of its address shows. */
export function storeIdOf(place: string): string {
  return sha256Of(isPostgresUrl(place) ? nameOfPlace(place) : resolve(place)).slice(0, 16);
}

const storeFix = 'see that it is there and that this user may open it; see store in the settings';

/** Says why a file could not be made or added to; absent where it could. Nothing is made and nothing written. */
export async function whyNotWritten(file: string): Promise<string | undefined> {
  const isThere = existsSync(file);
  const place = isThere ? file : dirname(resolve(file));
  if (isThere && statSync(file).isDirectory()) return 'a folder';
  if (!existsSync(place)) return `the folder ${place} is not there`;
  if (!isThere && !statSync(place).isDirectory()) return `${place} is no folder`;
  try {
    await access(place, constants.W_OK);
    return undefined;
  } catch (error) {
    const isDisk = error instanceof Error && 'code' in error && error.code === 'EROFS';
    return isDisk ? `${place} is on a disk that is read only here` : `this user may not write to ${place}`;
  }
}

async function checkTables({ db }: OpenDatabase): Promise<CheckUp> {
  const name = 'store: tables';
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  const isNew = !tables.some((table) => table.name === 'kysely_migration');
  const done = isNew
    ? []
    : (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map(
        (row) => row.name,
      );
  const newer = done.filter((step) => !Object.hasOwn(migrations, step));
  const missing = Object.keys(migrations).filter((step) => !done.includes(step));
  if (newer.length > 0) {
    const fix = 'use that version, or a copy of the store from before';
    return { name, verdict: 'bad', detail: `made by a newer version: ${newer.join(', ')}`, fix };
  }
  if (missing.length === 0) return { name, verdict: 'good', detail: 'those of this version' };
  return { name, verdict: 'unknown', detail: `the next start brings them up to date: ${missing.join(', ')}` };
}

const plurals: Readonly<Record<RetentionKind, string>> = {
  approvals: 'approvals',
  alerts: 'alerts',
  changes: 'changes',
  ledger: 'records of the ledger',
};

/** Says how much there is of each kind, since when, and what of it is kept for good. */
async function measureStore(open: OpenDatabase, place: string, times: RetentionTimes): Promise<CheckUp> {
  const size = isPostgresUrl(place)
    ? sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`
    : sql<{
        bytes: number;
      }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`;
  const bytes = Number((await size.execute(open.db)).rows[0]?.bytes ?? 0);
  const store = createSqlStore(open);
  const counts: string[] = [];
  const kinds = ['approvals', 'alerts', 'changes', 'ledger'] as const;
  for (const kind of kinds) {
    const { rows, oldestMs } = await store.countStored(kind);
    const since = oldestMs === undefined ? '' : ` since ${new Date(oldestMs).toISOString().slice(0, 10)}`;
    counts.push(`${rows} ${plurals[kind]}${since}`);
  }
  const forGood = kinds.filter((kind) => times[kind] === undefined).map((kind) => plurals[kind]);
  const kept = forGood.length === 0 ? '' : `; kept for good: ${forGood.join(', ')}`;
  const detail = `${(bytes / 1e6).toFixed(1)} MB: ${counts.join(', ')}${kept}`;
  return { name: 'store: size', verdict: 'good', detail };
}

/** Says that decisions are held since a backup was found in place of the store, and how they are let go. */
async function checkRestored(open: OpenDatabase): Promise<readonly CheckUp[]> {
  const tables = await open.db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'notes')) return [];
  const held = await heldSince(createSqlStore(open));
  if (!held) return [];
  const since = new Date(held.atMs).toISOString();
  return [
    {
      name: 'store: restored backup',
      verdict: 'bad',
      detail: `older than its last anchor since the start of ${since}; decisions from before are held`,
      fix: 'if the backup was meant, run countersign store confirm-restore; if not, stop the bot and put the newer store back',
    },
  ];
}

/** Says that replicas have loaded different settings, so that the latest are not in force; nothing where they agree. */
async function checkAgreed(open: OpenDatabase): Promise<readonly CheckUp[]> {
  const loaded = [...(await listLoadedRules(createSqlStore(open), Date.now()))];
  if (new Set(loaded.map(([, hash]) => hash)).size < 2) return [];
  const replicas = loaded.map(([replicaId, hash]) => `${replicaId} ${hash?.slice(0, 8) ?? 'none yet'}`);
  return [
    {
      name: 'replicas: settings',
      verdict: 'bad',
      detail: `they have loaded different ones, so the latest are not in force: ${replicas.join(', ')}`,
      fix: 'give each replica the same settings, and run countersign reload beside each',
    },
  ];
}

/** Thrown to have what was written taken back. */
class TakenBack extends Error {
  override readonly name = 'TakenBack';
}

async function checkWriting({ db }: OpenDatabase, shown: string): Promise<CheckUp> {
  const name = 'store: writable';
  try {
    await db.transaction().execute(async (tx) => {
      await sql`create table countersign_check_up (id integer)`.execute(tx);
      throw new TakenBack('All is well');
    });
  } catch (error) {
    if (error instanceof TakenBack) return { name, verdict: 'good', detail: shown };
    const detail = messageOf(error);
    return { name, verdict: 'bad', detail, fix: 'let this user write there; see that the disk is not full' };
  }
  return { name, verdict: 'good', detail: shown };
}

/**
 * Opens the store the settings name: a file, or a PostgreSQL database by its address.
 *
 * See `openSqlite` and `openPostgres` for what may go wrong.
 */
export async function openStore(place: string, options: PlaceOptions = {}): Promise<Store> {
  return createSqlStore(await openPlace(place, options));
}

/** What to know about a store besides its address. */
export type PlaceOptions = Omit<PostgresOptions, 'url'>;

/** Opens what stands behind a store: a file, or a PostgreSQL database by its address. */
export async function openPlace(place: string, options: PlaceOptions = {}): Promise<OpenDatabase> {
  if (!isPostgresUrl(place)) {
    return openSqlite({ file: place, asItIs: options.asItIs, readOnly: options.readOnly });
  }
  const { openPostgres } = await import('./postgres.js');
  return openPostgres({ ...options, url: place });
}
