import { existsSync, readFileSync } from 'node:fs';
import { createEnvironment } from '../config/environment/environment.js';
import { readLedgerKeys } from '../config/environment/ledger-keys.js';
import { storePassword } from '../config/environment/variables.js';
import type { Store } from '../ports/store.js';
import { createHmacSigner, createSignerFinder } from '../seal.js';
import { assertNever } from '../shared/assert-never.js';
import { isPostgresUrl } from '../shared/is-postgres-url.js';
import { openStore } from '../stores/index.js';
import { type Acceptance, acceptBreak } from '../use-cases/ledger/accept-break.js';
import { verifyLedger } from '../use-cases/ledger/verify-ledger.js';
import { exportLedger } from './audit/export-ledger.js';
import { readAnchors } from './audit/read-anchors.js';
import { nameOf, remarksOn, verdictLine } from './audit/verdict-line.js';
import { readSettings } from './start.js';

/** What was asked of the ledger on the command line. */
export interface AuditCommand {
  /** `verify`, `export` or `accept`. */
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
  /** The chain whose records without a seal are accepted; that of the bot itself is called ''. */
  readonly chain: string | undefined;
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
    case 'accept':
      return accept(command);
    default:
      return fail('Say what to do with the ledger: "audit verify", "audit export" or "audit accept".');
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
    signerOf: createSignerFinder([...(key ? [key] : []), ...previousKeys]),
    hasKey: key !== undefined,
    anchors: anchors.anchors,
  };
  const verdicts = await withStore(command, (store) => verifyLedger(store, proofs));
  if (!verdicts) return 2;
  for (const verdict of verdicts) {
    for (const line of [verdictLine(verdict, proofs), ...remarksOn(verdict)])
      process.stdout.write(`${line}\n`);
  }
  if (verdicts.length === 0) process.stdout.write('There is no record yet.\n');
  return verdicts.some((verdict) => 'what' in verdict) ? 1 : 0;
}

/** Takes over, on record, a chain that has lost its key, so that the bot starts again. */
async function accept(command: AuditCommand): Promise<number> {
  const { chain } = command;
  if (chain === undefined)
    return fail('Say of which system: "audit accept corp-pki", or "audit accept \'\'" for the bot itself.');
  const keys = readLedgerKeys(environmentOf(command));
  const [problem] = keys.problems;
  if (problem) return fail(`${problem.path}: expected ${problem.expected}, found ${problem.found}.`);
  const signer = createHmacSigner(keys.value.key);
  const done = await withStore(command, (store) =>
    acceptBreak({ store, signer: signer, now: Date.now }, chain),
  );
  return done ? tellAcceptance(done, chain) : 2;
}

function tellAcceptance(done: Acceptance, chain: string): number {
  switch (done.kind) {
    case 'accepted':
      process.stdout.write(
        `${nameOf(chain)}: record ${done.by} accepts ${done.from} to ${done.to}, which have no seal; every check tells of it.\n`,
      );
      return 0;
    case 'no-key':
      return fail('COUNTERSIGN_LEDGER_KEY is not set, so nothing can be sealed. Set it and try again.');
    case 'nothing-to-accept':
      return fail(
        `${nameOf(chain)}: no record that should have a seal lacks one, so there is nothing to accept.`,
      );
    case 'own-chain-first':
      return fail(
        'The chain of the bot itself lacks seals too: accept that first, with "audit accept \'\'".',
      );
    default:
      return assertNever(done);
  }
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
