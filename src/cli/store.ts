import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createEnvironment, readLedgerKeys, storePassword } from '../config/environment.js';
import { personIdPattern } from '../config/schema.js';
import type { Settings } from '../config.js';
import { createHmacSigner, createSignerFinder } from '../crypto.js';
import type { PersonId } from '../domain/person.js';
import type { RetentionTimes } from '../domain/retention.js';
import { createLog } from '../log.js';
import { assertNever } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { type CopyOutcome, copyStore } from '../stores/copy.js';
import { openStore, storeIdOf } from '../stores/index.js';
import { nameOfPlace } from '../stores/sql/database.js';
import { backupSqlite, vacuumSqlite } from '../stores/sqlite.js';
import type { Context } from '../use-cases/context.js';
import { findRecorded } from '../use-cases/ledger/evidence.js';
import { confirmRestore } from '../use-cases/ledger/verify.js';
import {
  forgetPerson,
  holdRun,
  type RetentionOptions,
  type RetentionResult,
  type RetentionUncut,
  removeOld,
  type StillNeeded,
} from '../use-cases/retention.js';
import { readSettings, type SettingsSource } from './settings.js';

/** What was asked of a store on the command line; the settings name the store to back up when `from` does not. */
export interface StoreCommand extends SettingsSource {
  /** `copy`, `backup`, `confirm-restore`, `prune`, `hold`, `release` or `forget`. */
  readonly action: string | undefined;
  /** The run to hold, or the person to forget. */
  readonly about?: string | undefined;
  /** Whether only to say what would be removed, and whether to give the file's space back. */
  readonly isDryRun?: boolean;
  readonly isVacuum?: boolean;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Does one thing to a store that its bot does not do, or not now; returns the exit code. */
export async function store(command: StoreCommand): Promise<number> {
  const { action, about } = command;
  if (about !== undefined && action !== 'hold' && action !== 'release' && action !== 'forget')
    return fail(2, `"${about}" is one word too many for countersign store ${action}.`);
  switch (command.action) {
    case 'copy':
      return copy(command);
    case 'backup':
      return backup(command);
    case 'confirm-restore':
      return confirm(command);
    case 'prune':
      return prune(command);
    case 'hold':
    case 'release':
      return hold(command);
    case 'forget':
      return forget(command);
    default:
      return fail(
        2,
        'Name what to do with the store: "store copy", "store backup", "store confirm-restore", "store prune", "store hold", "store release" or "store forget".',
      );
  }
}

async function copy({ from, to, env }: StoreCommand): Promise<number> {
  if (!from || !to) return fail(2, 'Give both: --from FILE-OR-ADDRESS --to FILE-OR-ADDRESS.');
  if (storeIdOf(from) === storeIdOf(to))
    return fail(2, `--from and --to are the same place, ${nameOfPlace(to)}. Nothing was copied.`);
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
  if (!to) return fail(2, 'Give the file to write: --to FILE.');
  const place = from ?? readSettings(source)?.store;
  if (place === undefined) return 2;
  if (isPostgresUrl(place)) {
    return fail(1, `${nameOfPlace(place)} is a PostgreSQL database; back it up with pg_dump.`);
  }
  if (!existsSync(dirname(to))) return fail(1, `There is no folder ${dirname(to)}. Nothing was written.`);
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
  const done = await withStore(source, place, async (context) => {
    const outcome = await confirmRestore(context);
    if (outcome === 'no-key') return failWithoutKey();
    const name = nameOfPlace(place ?? '');
    return write(
      outcome === 'confirmed'
        ? `Decisions held in ${name} may be sent; each is checked again before.`
        : `Nothing is held in ${name}: no start has found it older than its last anchor.`,
    );
  });
  return done ?? 2;
}

/** Opens a store that is there, with what seals its ledger; gives what the work gives, or a code of what is wrong. */
async function withStore(
  source: SettingsSource,
  place: string | undefined,
  work: (
    context: Pick<Context, 'store' | 'signer' | 'now'>,
    signerOf: RetentionOptions['signerOf'],
  ) => Promise<number>,
): Promise<number | undefined> {
  if (place === undefined) return undefined;
  if (!isPostgresUrl(place) && !existsSync(place)) return fail(1, `There is no store at ${place}.`);
  const environment = createEnvironment(source.env, (path) => readFileSync(path));
  const { value: keys, problems } = readLedgerKeys(environment);
  const [problem] = problems;
  if (problem) return fail(2, `${problem.path}: expected ${problem.expected}, found ${problem.found}.`);
  const opened = await openStore(place, { password: environment.read(storePassword.name) });
  try {
    const { key, previousKeys } = keys;
    const signerOf = createSignerFinder([...(key ? [key] : []), ...previousKeys]);
    return await work({ store: opened, signer: createHmacSigner(key), now: Date.now }, signerOf);
  } finally {
    await opened.close();
  }
}

function failWithoutKey(): number {
  return fail(
    2,
    'COUNTERSIGN_LEDGER_KEY is not set, and the ledger is sealed with a key. Set it and try again.',
  );
}

/** Removes what is older than the settings keep it, by what the bot does at 02:00; both may be at it, in turns. */
async function prune({ isDryRun = false, isVacuum = false, from, ...source }: StoreCommand): Promise<number> {
  const settings = readSettings(source);
  if (!settings) return 2;
  const place = from ?? settings.store;
  const { timeZone: _zone, ...times } = settings.retention;
  if (Object.keys(times).length === 0 && !isVacuum)
    return write('Retention is not set, so everything is kept and nothing was removed.');
  const { anchorIn } = settings.ledger;
  const anchoring = {
    inLog: anchorIn.includes('log'),
    inOperatorsChannel: anchorIn.includes('operators'),
    inFile: anchorIn.includes('file'),
  };
  const log = createLog({ level: 'silent' });
  const replicaId = commandId();
  const done = await withStore(source, place, async (context, signerOf) => {
    const options = { times, signerOf, anchoring, isDryRun, rest: setTimeout };
    const result = await removeOld({ ...context, log, replicaId }, options);
    return reportRemoved(result, { isDryRun, times });
  });
  if (done !== 0 || !isVacuum || isDryRun) return done ?? 2;
  return vacuum(place);
}

async function vacuum(place: string): Promise<number> {
  if (isPostgresUrl(place)) return fail(1, 'A PostgreSQL database is vacuumed by its server.');
  const outcome = await vacuumSqlite(place, commandId());
  return outcome.kind === 'in-use'
    ? fail(1, `A bot works on ${place} (${outcome.replicaId}). Nothing was vacuumed; stop it first.`)
    : write(`Vacuumed ${place}: ${megabytes(outcome.before)} before, ${megabytes(outcome.after)} now.`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function commandId(): string {
  return `${hostname()}:${process.pid}:${randomUUID()}`;
}

function reportRemoved(
  result: RetentionResult,
  { isDryRun, times }: { readonly isDryRun: boolean; readonly times: RetentionTimes },
): number {
  if (result.kind === 'no-key') return failWithoutKey();
  if (result.kind === 'busy')
    return fail(1, 'Countersign is removing old data right now. Nothing was done; try again later.');
  const kept = (['approvals', 'alerts', 'changes', 'ledger'] as const).filter((kind) => !times[kind]);
  const verb = isDryRun ? 'would be removed' : 'removed';
  const lines = [
    ...[...result.removed].map(([kind, { items }]) => `${kind}: ${items} ${verb}`),
    ...result.uncut.map(
      ({ system, result: why }) => `ledger of ${system || 'the bot itself'}: ${uncutText(why)}`,
    ),
    ...kept.map((kind) => `${kind}: kept, since retention.${kind} is not set`),
  ];
  for (const line of lines) write(line);
  return 0;
}

function uncutText(result: RetentionUncut): string {
  switch (result.kind) {
    case 'not-anchored':
      return `record ${result.checkpoint} is its checkpoint; the bot cuts it at 02:00, once that is written down`;
    case 'not-in-order':
      return result.what === 'unknown-key'
        ? uncutForKey
        : `record ${result.number} is not in order, so nothing is cut; run "countersign audit verify"`;
    default:
      return uncutForKey;
  }
}

const uncutForKey = 'sealed with a key that is not given, so nothing is cut';

/** Has retention remove nothing about a run, or lets it go again. */
async function hold({ action, about, from, ...source }: StoreCommand): Promise<number> {
  if (about === undefined) return fail(2, `Name a run: "store ${action} K7F3", or its ID in its system.`);
  const isHeld = action === 'hold';
  const done = await withStore(source, from ?? readSettings(source)?.store, async (context) => {
    const ref = await findRecorded(context.store, about);
    if (!ref) return fail(1, `Nothing is recorded about ${about}.`);
    const outcome = await holdRun(context, ref, isHeld);
    if (outcome === 'no-key') return failWithoutKey();
    return write(
      isHeld
        ? `${about} is on hold: nothing about run ${ref.id} of ${ref.system} is removed.`
        : `${about} is not on hold: retention applies to run ${ref.id} of ${ref.system}.`,
    );
  });
  return done ?? 2;
}

const neededFor: Readonly<Record<StillNeeded, string>> = {
  suspension: 'their rights are suspended: restore them first with /workflow restore',
  absence: 'they are away or decide for someone: end that first with /workflow back',
  vote: 'a vote of theirs is open',
  decision: 'a decision of theirs is not sent, or its result is not known',
  click: 'a click of theirs is not processed yet',
  change: 'a change of theirs is under way',
};

/** Removes what is known of somebody, and says what cannot be. */
async function forget({ about, from, ...source }: StoreCommand): Promise<number> {
  const settings = readSettings(source);
  if (!settings) return 2;
  const person = about === undefined ? undefined : personNamed(about, settings);
  if (!person)
    return fail(
      2,
      `${about === undefined ? '' : `${about} is no name under people and no member id. `}Name a person: "store forget @Ana Ruiz" as under people, or a member id such as U02AB3CD4 or T01AB2CD3/U02AB3CD4.`,
    );
  const done = await withStore(source, from ?? settings.store, async (context) => {
    const outcome = await forgetPerson(context, person);
    if (outcome.kind === 'no-key') return failWithoutKey();
    if (outcome.kind === 'still-needed') {
      for (const why of outcome.why) fail(1, `Not forgotten: ${neededFor[why]}.`);
      return 1;
    }
    if (outcome.kind === 'nothing-stored')
      return fail(1, `Nothing that can be forgotten is stored about ${about}; nothing was changed.`);
    const { profiles, homes, links, absences, mutes, preferences, notes } = outcome.rows;
    write(
      `Forgotten: profiles ${profiles}, Home pages ${homes}, linked accounts and invitations ${links}, absences that are over ${absences}, mutes ${mutes}, notification preferences ${preferences}, notes ${notes}.`,
    );
    return write(cannotForget);
  });
  return done ?? 2;
}

const cannotForget = `Not forgotten, since it has to stay:
- the ledger names who decided and did what; this removal is in it too, by the member id without a name
- finished approvals, with votes, receipts and what was shown, until retention.approvals removes them
- changes they made with a command, until retention.changes removes them
- alerts that name them, until retention.alerts removes them
- the settings file, Slack itself, and the systems, which this command does not touch
If they click or open the Home page again, their profile is stored again.`;

function personNamed(typed: string, { policy, slack }: Settings): PersonId | undefined {
  const name = typed.replace(/^@/, '').trim();
  const named = policy.people.filter((one) => one.name.toLowerCase() === name.toLowerCase());
  const [only] = named;
  if (only && named.length === 1) return only.id;
  if (!personIdPattern.test(name)) return undefined;
  const [userId = '', teamId = slack.team] = name.split('/').reverse();
  return teamId === undefined ? undefined : { teamId, userId };
}

function write(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

function fail(code: 1 | 2, text: string): number {
  process.stderr.write(`${text}\n`);
  return code;
}
