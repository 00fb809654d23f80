import { existsSync, readFileSync } from 'node:fs';
import { createEnvironment } from '../config/environment/environment.js';
import { readLedgerKeys } from '../config/environment/ledger-keys.js';
import { storePassword } from '../config/environment/variables.js';
import type { Store } from '../ports/store.js';
import { createSealFinder } from '../seal.js';
import { isPostgresUrl } from '../shared/is-postgres-url.js';
import { openStore } from '../stores/index.js';
import { verifyLedger } from '../use-cases/ledger/verify-ledger.js';
import { exportLedger } from './audit/export-ledger.js';
import { readAnchors } from './audit/read-anchors.js';
import { verdictLine } from './audit/verdict-line.js';
import { readSettings } from './start.js';

/** What was asked of the ledger on the command line. */
export interface AuditCommand {
  /** `verify` or `export`. */
  readonly action: string | undefined;
  /** The store, where it is not the one in the settings. */
  readonly from: string | undefined;
  /** Heads that were written down, each as `system:number:seal`. */
  readonly heads: readonly string[];
  /** A file of such heads. */
  readonly anchors: string | undefined;
  readonly format: string;
  readonly since: string | undefined;
  readonly system: string | undefined;
  /** The settings file, which names the store when `from` does not. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Checks the ledger or writes it out, also while a bot runs; returns the exit code: 1 where it is not in order. */
export async function audit(command: AuditCommand): Promise<number> {
  switch (command.action) {
    case 'verify':
      return verify(command);
    case 'export':
      return writeOut(command);
    default:
      return fail('Say what to do with the ledger: "audit verify" or "audit export".');
  }
}

async function verify(command: AuditCommand): Promise<number> {
  const environment = environmentOf(command);
  const keys = readLedgerKeys(environment);
  const anchors = readAnchors(command);
  const [problem] = keys.problems;
  if (problem) return fail(`${problem.path}: expected ${problem.expected}, found ${problem.found}.`);
  if (anchors.kind === 'wrong') return fail(anchors.why);
  const { key, previousKeys } = keys.value;
  const proofs = {
    sealingOf: createSealFinder([...(key ? [key] : []), ...previousKeys]),
    hasKey: key !== undefined,
    anchors: anchors.anchors,
  };
  const verdicts = await withStore(command, (store) => verifyLedger(store, proofs));
  if (!verdicts) return 2;
  for (const verdict of verdicts) process.stdout.write(`${verdictLine(verdict, proofs)}\n`);
  if (verdicts.length === 0) process.stdout.write('There is no record yet.\n');
  return verdicts.some((verdict) => 'what' in verdict) ? 1 : 0;
}

async function writeOut(command: AuditCommand): Promise<number> {
  const { format, since, system } = command;
  if (format !== 'jsonl' && format !== 'csv') return fail('--format is jsonl or csv.');
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  if (Number.isNaN(sinceMs)) return fail('--since is a day or a moment, such as 2026-01-01.');
  const done = await withStore(command, (store) =>
    exportLedger(store, { format, sinceMs, system }, process.stdout),
  );
  return done === undefined ? 2 : 0;
}

/** Does something with the store; absent when there is none. */
async function withStore<T>(
  command: AuditCommand,
  work: (store: Store) => Promise<T>,
): Promise<T | undefined> {
  const place = command.from ?? readSettings(command.file, command.env)?.store;
  if (place === undefined) return undefined;
  if (!isPostgresUrl(place) && !existsSync(place)) {
    fail(`There is no store at ${place}.`);
    return undefined;
  }
  const store = await openStore(place, { password: environmentOf(command).read(storePassword.name) });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function environmentOf({ env }: AuditCommand) {
  return createEnvironment(env, (path) => readFileSync(path));
}

function fail(text: string): 2 {
  process.stderr.write(`${text}\n`);
  return 2;
}
