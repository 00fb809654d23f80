import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createEnvironment, readLedgerKeys, storePassword } from '../config/environment.js';
import { createHmacSigner } from '../crypto.js';
import { assertNever } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { type CopyOutcome, copyStore } from '../stores/copy.js';
import { openStore } from '../stores/index.js';
import { nameOfPlace } from '../stores/sql/database.js';
import { backupSqlite } from '../stores/sqlite.js';
import { confirmRestore } from '../use-cases/ledger/verify.js';
import { readSettings, type SettingsSource } from './settings.js';

/** What was asked of a store on the command line; the settings name the store to back up when `from` does not. */
export interface StoreCommand extends SettingsSource {
  /** `copy`, `backup` or `confirm-restore`. */
  readonly action: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Copies a store into another one, backs a file up, or confirms that a backup took its place; returns the exit code. */
export async function store(command: StoreCommand): Promise<number> {
  switch (command.action) {
    case 'copy':
      return copy(command);
    case 'backup':
      return backup(command);
    case 'confirm-restore':
      return confirm(command);
    default:
      return fail(
        2,
        'Say what to do with the store: "store copy", "store backup" or "store confirm-restore".',
      );
  }
}

async function copy({ from, to, env }: StoreCommand): Promise<number> {
  if (!from || !to) return fail(2, 'Say both: --from FILE-OR-ADDRESS --to FILE-OR-ADDRESS.');
  const environment = createEnvironment(env, (path) => readFileSync(path));
  const password = environment.read(storePassword.name);
  const [problem] = environment.problems();
  if (problem) return fail(2, `${problem.path}: expected ${problem.expected}, found ${problem.found}.`);
  const outcome = await copyStore({
    from,
    to,
    replicaId: `${hostname()}:${process.pid}:${randomUUID()}`,
    places: { password, ownClock: Date.now },
  });
  return reportCopied(outcome, nameOfPlace(to));
}

function reportCopied(outcome: CopyOutcome, to: string): number {
  switch (outcome.kind) {
    case 'copied':
      return write(
        `Copied ${outcome.rows} rows to ${to}. Name it in the settings as store, then start the bot.`,
      );
    case 'not-there':
      return fail(1, `There is no store at ${outcome.place}. Nothing was copied.`);
    case 'not-empty':
      return fail(1, `${outcome.place} is not empty. Nothing was copied; name a new file or database.`);
    case 'in-use':
      return fail(
        1,
        `A bot works on ${outcome.place} (${outcome.replicaId}). Nothing was copied; stop it first.`,
      );
    default:
      return assertNever(outcome);
  }
}

async function backup({ from, to, ...source }: StoreCommand): Promise<number> {
  if (!to) return fail(2, 'Say where the copy belongs: --to FILE.');
  const place = from ?? readSettings(source)?.store;
  if (place === undefined) return 2;
  if (isPostgresUrl(place)) {
    return fail(1, `${nameOfPlace(place)} is a PostgreSQL database; back it up with pg_dump.`);
  }
  const outcome = await backupSqlite(place, to);
  switch (outcome) {
    case 'written':
      return write(`Wrote ${place} to ${to}.`);
    case 'not-there':
      return fail(1, `There is no store at ${place}. Nothing was written.`);
    case 'exists':
      return fail(1, `${to} is there already. Nothing was written; name a new file.`);
    default:
      return assertNever(outcome);
  }
}

/** Says that a backup was put in place of the store on purpose, so that what it holds may be sent; also beside a bot. */
async function confirm({ from, ...source }: StoreCommand): Promise<number> {
  const place = from ?? readSettings(source)?.store;
  if (place === undefined) return 2;
  if (!isPostgresUrl(place) && !existsSync(place)) return fail(1, `There is no store at ${place}.`);
  const environment = createEnvironment(source.env, (path) => readFileSync(path));
  const { value: keys, problems } = readLedgerKeys(environment);
  const [problem] = problems;
  if (problem) return fail(2, `${problem.path}: expected ${problem.expected}, found ${problem.found}.`);
  const opened = await openStore(place, { password: environment.read(storePassword.name) });
  try {
    const signer = createHmacSigner(keys.key);
    const outcome = await confirmRestore({ store: opened, signer, now: Date.now });
    if (outcome === 'no-key')
      return fail(
        2,
        'COUNTERSIGN_LEDGER_KEY is not set, and the ledger is sealed with a key. Set it and try again.',
      );
    return write(
      outcome === 'confirmed'
        ? `Decisions held in ${nameOfPlace(place)} may be sent; each is checked again before.`
        : `Nothing is held in ${nameOfPlace(place)}: no start has found it older than its last anchor.`,
    );
  } finally {
    await opened.close();
  }
}

function write(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail(code: 1 | 2, text: string): number {
  process.stderr.write(`${text}\n`);
  return code;
}
