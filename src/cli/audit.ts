import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { createEnvironment, readLedgerKeys, storePassword } from '../config/environment.js';
import { whyUnreadable } from '../config/problems.js';
import { ConfigError } from '../config.js';
import { createHmacSigner, createSignerFinder } from '../crypto.js';
import {
  type Anchor,
  type ChainFault,
  type ChainProofs,
  entryOf,
  type LedgerRecord,
  readAnchor,
} from '../domain/ledger.js';
import type { LedgerRepository, Store } from '../ports/store.js';
import { parseMoment } from '../shared/duration.js';
import { assertNever } from '../shared/language.js';
import { isPostgresUrl, nearMatch } from '../shared/text.js';
import { openStore } from '../stores/index.js';
import { composeEvidence, evidenceJson, evidencePage, findRecorded } from '../use-cases/ledger/evidence.js';
import { type Acceptance, acceptBreak } from '../use-cases/ledger/record.js';
import { type ChainVerdict, lastAnchors, readLedger, verifyLedger } from '../use-cases/ledger/verify.js';
import { readSettings, type SettingsSource, tryToRead } from './settings.js';

/** What was asked of the ledger on the command line; the settings name the store when `from` does not. */
export interface AuditCommand extends SettingsSource {
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
      return fail('Name what to do with the ledger: "audit verify", "audit export" or "audit accept".');
  }
}

/** What was asked to be written out about one run; heads and store are given as to `audit`. */
export interface EvidenceCommand
  extends Omit<AuditCommand, 'action' | 'format' | 'since' | 'system' | 'chain'> {
  /** A short code, or the id of the run in its system. */
  readonly ref: string | undefined;
  /** The folder the files are written into. */
  readonly dir: string;
}

/**
 * Writes everything on record about a run into two files, a page and JSON; returns the exit code.
 *
 * The store is only read, also while a bot runs. Files that are there already are left as they are.
 */
export async function evidence(command: EvidenceCommand): Promise<number> {
  const { ref: typed, dir } = command;
  if (typed === undefined) return fail('Name a run: "evidence K7F3", or its ID in its system.');
  if (!existsSync(dir)) return fail(`There is no folder ${dir}.`, 1);
  const keys = keysOf(command);
  const anchors = readAnchors(command);
  if (!keys) return 2;
  if (anchors.kind === 'wrong') return fail(anchors.why, anchors.code);
  const { key, previousKeys } = keys;
  const options = {
    nowMs: Date.now(),
    anchors: [...anchors.anchors, ...anchorsBeside(command)],
    signerOf: createSignerFinder([...(key ? [key] : []), ...previousKeys]),
  };
  const done = await withStore(command, async (store) => {
    const ref = await findRecorded(store, typed);
    if (!ref) return fail(`The ledger has nothing about ${typed}.`, 1);
    const pack = await composeEvidence(store, ref, options);
    const name = join(dir, `evidence-${typed.replace(/[^\w.-]/g, '_')}`);
    return writeNew([
      [`${name}.html`, evidencePage(pack)],
      [`${name}.json`, evidenceJson(pack)],
    ]);
  });
  return done ?? 2;
}

/** Evidence that was handed to somebody must not change behind their back. */
function writeNew(files: readonly (readonly [path: string, text: string])[]): number {
  const [there] = files.filter(([path]) => existsSync(path));
  if (there) return fail(`${there[0]} is there already; remove it, or name another folder with --out.`, 1);
  for (const [path, text] of files) {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    process.stdout.write(`Wrote ${path}\n`);
  }
  return 0;
}

/** Reads the heads that a bot writes beside its store, and into its file of heads. */
function anchorsBeside(command: Pick<AuditCommand, 'from' | keyof SettingsSource>): readonly Anchor[] {
  const read = command.from === undefined ? tryToRead(command) : undefined;
  const settings = read instanceof ConfigError ? undefined : read;
  const place = command.from ?? settings?.store;
  const beside = place === undefined || isPostgresUrl(place) ? undefined : `${place}.anchors`;
  return [beside, settings?.ledger.anchorFile]
    .filter((file) => file !== undefined)
    .filter((file) => existsSync(file))
    .flatMap((file) => lastAnchors(readFileSync(file, 'utf8')));
}

async function verify(command: AuditCommand): Promise<number> {
  const keys = keysOf(command);
  const anchors = readAnchors(command);
  if (!keys) return 2;
  if (anchors.kind === 'wrong') return fail(anchors.why, anchors.code);
  const { key, previousKeys } = keys;
  const proofs = {
    signerOf: createSignerFinder([...(key ? [key] : []), ...previousKeys]),
    hasKey: key !== undefined,
    anchors: [...anchors.anchors, ...anchorsBeside(command)],
  };
  const verdicts = await withStore(command, (store) => verifyLedger(store, proofs));
  if (!verdicts) return 2;
  for (const verdict of verdicts) {
    for (const line of [verdictLine(verdict, proofs), ...messagesOn(verdict)])
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
  const keys = keysOf(command);
  if (!keys) return 2;
  const signer = createHmacSigner(keys.key);
  const accepting = (store: Store) => acceptBreak({ store, signer, now: Date.now }, chain);
  const done = await withStore(command, accepting, { readOnly: false });
  return done ? reportAcceptance(done, chain) : 2;
}

function reportAcceptance(done: Acceptance, chain: string): number {
  switch (done.kind) {
    case 'accepted':
      process.stdout.write(
        `${nameOf(chain)}: record ${done.by} accepts ${done.from} to ${done.to}, which have no seal; every check reports it.\n`,
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
  const sinceMs = since === undefined ? undefined : parseMoment(since);
  if (since !== undefined && sinceMs === undefined)
    return fail('--since is a day or a moment, such as 2026-01-01; without a zone it is UTC.');
  const done = await withStore(command, async (store) => {
    const systems = await store.listLedgerSystems();
    if (system !== undefined && !systems.includes(system)) return fail(unknownSystem(system, systems));
    await exportLedger(store, { format, sinceMs, system }, process.stdout);
    return 0;
  });
  return done ?? 2;
}

/** An empty file would look like a system about which nothing is on record. */
function unknownSystem(typed: string, systems: readonly string[]): string {
  const near = nearMatch(typed, systems);
  const hint =
    near === undefined ? `It has ${systems.map(nameOf).join(', ') || 'none'}.` : `Did you mean ${near}?`;
  return `The ledger has no system ${typed}. ${hint}`;
}

/** Does something with the store, without changing anything unless told; absent when there is none. */
async function withStore<T>(
  command: Pick<AuditCommand, 'from' | keyof SettingsSource>,
  work: (store: Store) => Promise<T>,
  { readOnly }: { readonly readOnly: boolean } = { readOnly: true },
): Promise<T | undefined> {
  const place = command.from ?? readSettings(command)?.store;
  if (place === undefined) return undefined;
  if (!isPostgresUrl(place) && !existsSync(place)) {
    fail(`There is no store at ${place}.`);
    return undefined;
  }
  const password = environmentOf(command).read(storePassword.name);
  const store = await openStore(place, { password, readOnly });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Gives the keys of the ledger, or says what is wrong with one. */
function keysOf(command: SettingsSource) {
  const { value, problems } = readLedgerKeys(environmentOf(command));
  const [problem] = problems;
  if (problem) fail(`${problem.path}: expected ${problem.expected}, found ${problem.found}.`);
  return problem ? undefined : value;
}

function environmentOf({ env }: SettingsSource) {
  return createEnvironment(env, (path) => readFileSync(path));
}

function fail(text: string, code: 1 | 2 = 2): 1 | 2 {
  process.stderr.write(`${text}\n`);
  return code;
}

/** Writes records out as they are read; waits wherever the reader of the output is slower. */
export async function exportLedger(
  repository: LedgerRepository,
  wanted: {
    readonly format: 'jsonl' | 'csv';
    readonly sinceMs: number | undefined;
    readonly system: string | undefined;
  },
  to: Writable,
): Promise<number> {
  const lineOf = wanted.format === 'jsonl' ? jsonLine : csvLine;
  const write = async (line: string): Promise<void> => {
    if (!to.write(`${line}\n`)) await once(to, 'drain');
  };
  if (wanted.format === 'csv') await write(columns.join(','));
  const systems = wanted.system === undefined ? await repository.listLedgerSystems() : [wanted.system];
  let count = 0;
  for (const system of systems) {
    for await (const record of readLedger(repository, { system, sinceMs: wanted.sinceMs })) {
      const sha256 = wanted.format === 'jsonl' ? entryOf(record).shown?.evidence : undefined;
      await write(lineOf(record, sha256 === undefined ? undefined : await repository.findEvidence(sha256)));
      count += 1;
    }
  }
  return count;
}

const columns = ['system', 'number', 'at', 'kind', 'instance', 'person', 'body', 'previous', 'mac', 'key_id'];

/** What was sealed stands as its text in `body`, so that the seal can be checked from the line alone. */
function jsonLine(record: LedgerRecord, evidence: string | undefined): string {
  const { system, number, body, previous, mac, keyId, atMs } = record;
  const at = new Date(atMs).toISOString();
  return JSON.stringify({
    system,
    number,
    at,
    body,
    previous,
    mac,
    keyId,
    entry: JSON.parse(body),
    evidence,
  });
}

function csvLine(record: LedgerRecord): string {
  const { system, number, atMs, kind, instanceId = '', person = '', body, previous, mac, keyId } = record;
  const at = new Date(atMs).toISOString();
  const cells = [system, number, at, kind, instanceId, person, body, previous, mac, keyId];
  return cells.map((cell) => csvCell(String(cell))).join(',');
}

/** Quotes a cell of CSV; what begins like a formula is defused, since a spreadsheet would run it. */
export function csvCell(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Anchors that were given, or what is wrong with one. */
type GivenAnchors =
  | { readonly kind: 'read'; readonly anchors: readonly Anchor[] }
  | { readonly kind: 'wrong'; readonly why: string; readonly code: 1 | 2 };

/** Reads anchors from the command line and from a file; one that cannot be read is told, never passed over. */
function readAnchors(given: {
  readonly heads: readonly string[];
  readonly anchors: string | undefined;
}): GivenAnchors {
  const anchors: Anchor[] = [];
  for (const head of given.heads) {
    const anchor = readAnchor(head);
    if (!anchor)
      return { kind: 'wrong', why: `--head ${head} does not have the form system:number:seal.`, code: 2 };
    anchors.push(anchor);
  }
  let text = '';
  try {
    if (given.anchors !== undefined) text = readFileSync(given.anchors, 'utf8');
  } catch (error) {
    return { kind: 'wrong', why: `${given.anchors}: ${whyUnreadable(error)}.`, code: 1 };
  }
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const anchor = readAnchor(line);
    const why = `Line ${index + 1} of ${given.anchors} holds no head.`;
    if (!anchor) return { kind: 'wrong', why, code: 2 };
    anchors.push(anchor);
  }
  return { kind: 'read', anchors };
}

const whatIsWrong: Readonly<Record<ChainFault['what'], string>> = {
  missing: 'is missing',
  altered: 'does not match its seal: it was edited, moved, or written without the key',
  'out-of-order': 'does not follow the record before it',
  'unknown-key':
    'was sealed with a key that was not given; set COUNTERSIGN_LEDGER_KEY, or COUNTERSIGN_LEDGER_KEY_PREVIOUS',
  'without-key':
    'was written without the key, though one is in use, and nothing vouches for it; if the key is new, start the bot with it first',
  'not-as-anchored': 'is not the one whose head was recorded',
  'cut-off': 'is missing: the ledger was longer when its head was recorded',
  'not-as-cut': 'does not follow what its checkpoint says retention cut off',
  'other-evidence': 'does not hold the hash of the text kept as what was shown: that text was edited',
};

/** Says how a chain stands, in one line. */
export function verdictLine(verdict: ChainVerdict, proofs: ChainProofs): string {
  const { system, number } = verdict;
  return 'what' in verdict
    ? `BAD  ${nameOf(system)}: record ${number} ${whatIsWrong[verdict.what]}${manyOf(verdict)}`
    : `ok   ${nameOf(system)}: ${counted(number)}${proofOf(verdict, proofs)}`;
}

/** Says what has to be known of a chain although it is in order, a line for each. */
export function messagesOn(verdict: ChainVerdict): readonly string[] {
  if ('what' in verdict) return [];
  const { system, breaks = [], vouchedBy, withoutEvidence = 0, cut } = verdict;
  const note = (text: string) => `note ${nameOf(system)}: ${text}`;
  const older =
    vouchedBy === undefined
      ? []
      : [
          note(
            `${spanOf(1, vouchedBy - 1)} no seal of their own; record ${vouchedBy}, of an older version, is sealed on top of them`,
          ),
        ];
  return [
    ...(cut
      ? [note(`records 1 to ${cut.upTo} were cut off by retention; record ${cut.by} is the checkpoint of it`)]
      : []),
    ...older,
    ...(withoutEvidence === 0
      ? []
      : [
          note(
            `of ${withoutEvidence} decision${withoutEvidence === 1 ? '' : 's'} the text that was shown is not kept`,
          ),
        ]),
    ...breaks.map(({ from, to, by }) =>
      note(
        `${from === to ? `record ${from} was` : `records ${from} to ${to} were`} written without the key; record ${by} says that someone accepted them`,
      ),
    ),
  ];
}

function spanOf(from: number, to: number): string {
  return from === to ? `record ${from} has` : `records ${from} to ${to} have`;
}

/** Counts what stands without a seal, where it is more than the record that is named. */
function manyOf({ count = 1 }: ChainFault): string {
  return count === 1 ? '' : `; there are ${count} of them`;
}

function proofOf(
  { system, number, keyed }: Exclude<ChainVerdict, ChainFault>,
  { anchors }: ChainProofs,
): string {
  const furthest = Math.max(0, ...anchors.filter((one) => one.system === system).map((one) => one.number));
  const unproven = number - furthest;
  if (keyed === 0)
    return ', chained without a key: this proves nothing against anyone who can write to the store';
  if (furthest === 0)
    return ', in order; no head was given, so nothing shows whether later ones were cut off';
  return unproven === 0
    ? ', in order to the last head given'
    : `, in order; ${counted(unproven)} came after the last head given`;
}

function counted(records: number): string {
  return records === 1 ? '1 record' : `${records} records`;
}

/** Names a chain: by its system, or as that of the bot, which has none. */
function nameOf(system: string): string {
  return system === '' ? 'the bot itself' : system;
}
