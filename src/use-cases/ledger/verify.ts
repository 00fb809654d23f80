import type { Decision } from '../../domain/approval.js';
import {
  type Anchor,
  anchorText,
  beginChain,
  beginCutChain,
  type ChainFault,
  type ChainProofs,
  type CheckedChain,
  canonical,
  checkEnd,
  checkNext,
  cutOf,
  entryOf,
  type LedgerRecord,
  noKey,
  readAnchor,
  takenOverBy,
} from '../../domain/ledger.js';
import type { AnchorPlaceName } from '../../ports/runtime.js';
import type { LedgerRepository, Transaction } from '../../ports/store.js';
import { sha256Of } from '../../shared/fingerprint-of.js';
import { asError } from '../../shared/language.js';
import type { Context } from '../context.js';
import { notifyOperators } from '../notifications/notify.js';
import { record } from './record.js';

/** How the heads of the ledger are written down outside the store. */
export interface Anchoring {
  readonly everyMs: number;
  readonly inLog: boolean;
  readonly inOperatorsChannel: boolean;
  /** Adds a line to a file; absent where none is kept. */
  readonly addLine?: ((line: string) => Promise<void>) | undefined;
  /** Keeps the last heads beside a store that is a file, in place of those before. */
  readonly keepBeside?: ((lines: string) => Promise<void>) | undefined;
}

/** A place where heads are written down. */
interface AnchorPlace {
  readonly name: AnchorPlaceName;
  readonly everyMs: number;
  write(anchors: readonly Anchor[], all: readonly Anchor[]): Promise<void>;
}

function placesOf(context: Context, anchoring: Anchoring): readonly AnchorPlace[] {
  const { log, now, store } = context;
  const { everyMs, inLog, inOperatorsChannel, addLine, keepBeside } = anchoring;
  const places: (AnchorPlace | false | undefined)[] = [
    keepBeside && {
      name: 'beside',
      everyMs: 0,
      write: (_anchors, all) => keepBeside(all.map((anchor) => `${anchorText(anchor)}\n`).join('')),
    },
    inLog && {
      name: 'log',
      everyMs,
      write: async (anchors) => {
        for (const anchor of anchors) log.info({ anchor: anchorText(anchor) }, 'A head of the ledger');
      },
    },
    addLine && {
      name: 'file',
      everyMs,
      write: async (anchors) => {
        for (const anchor of anchors) await addLine(`${new Date(now()).toISOString()} ${anchorText(anchor)}`);
      },
    },
    inOperatorsChannel && {
      name: 'operators',
      everyMs,
      write: (anchors) => store.inTransaction((transaction) => notifyAnchors(context, transaction, anchors)),
    },
  ];
  return places.filter((place) => place !== undefined && place !== false);
}

/**
 * Writes the head of every chain down outside the store, when it is time and something was added since.
 *
 * What breaks is written again at the next call, and keeps no other place from being written: an anchor too many does
 * no harm, one too few might.
 */
export async function anchorLedger(context: Context, anchoring: Anchoring): Promise<void> {
  const all = (await context.store.listLedgerHeads()).map(({ system, number, mac }) => ({
    system,
    number,
    mac,
  }));
  for (const place of placesOf(context, anchoring)) {
    try {
      await anchorIn(context, place, all);
    } catch (error) {
      context.metrics.anchorFailed({ place: place.name });
      const about = { place: place.name, err: asError(error) };
      context.log.error(about, 'The heads of the ledger could not be written there; it is tried again');
    }
  }
}

async function anchorIn(context: Context, place: AnchorPlace, all: readonly Anchor[]): Promise<void> {
  const { store, now } = context;
  const noteKey = `ledger:anchored/${place.name}`;
  const note = await store.getNote(noteKey);
  const before = note === undefined ? undefined : await afterDelivery(store, JSON.parse(note));
  // Before retention removes the notice.
  if (before?.queued && JSON.stringify(before) !== note) await store.putNote(noteKey, JSON.stringify(before));
  if (before && now() - before.atMs < place.everyMs) return;
  const isQueued = place.name === 'operators';
  // Of what an older version queued nobody knows whether it was posted.
  const known = isQueued && !before?.posted ? {} : (before?.macs ?? {});
  const anchors = all.filter(({ system, mac }) => known[system] !== mac);
  if (anchors.length === 0) return;
  await place.write(anchors, all);
  const macs = Object.fromEntries(all.map(({ system, mac }) => [system, mac]));
  const queued = { key: keyOfAnchors(context, anchors), numbers: numbersOf(anchors) };
  const { posted = {}, queued: others = [] } = before ?? {};
  const last: LastAnchoring = {
    atMs: now(),
    macs,
    numbers: numbersOf(all),
    ...(isQueued ? { posted, queued: [...others, queued] } : {}),
  };
  await store.putNote(noteKey, JSON.stringify(last));
  context.scheduleDelivery();
}

function numbersOf(anchors: readonly Anchor[]): Readonly<Record<string, number>> {
  return Object.fromEntries(anchors.map(({ system, number }) => [system, number]));
}

/** Several bots on one store may find the same heads; they are told once. */
function keyOfAnchors({ signer }: Context, anchors: readonly Anchor[]): string {
  return `ledger:${signer.hash(anchors.map(anchorText).join('\n'))}`;
}

/** Counts the heads of a notice that was posted; those of one that was given up never count. */
async function afterDelivery(
  store: Pick<Transaction, 'findNoticeMessage'>,
  last: LastAnchoring,
): Promise<LastAnchoring> {
  if (!last.queued?.length) return last;
  const queued = [];
  const posted = { ...last.posted };
  for (const one of last.queued) {
    const message = await store.findNoticeMessage(one.key);
    if (message === 'not-yet') queued.push(one);
    else if (message !== 'none')
      for (const [system, number] of Object.entries(one.numbers))
        posted[system] = Math.max(posted[system] ?? 0, number);
  }
  return { ...last, posted, queued };
}

async function notifyAnchors(
  context: Context,
  transaction: Parameters<typeof notifyOperators>[1],
  anchors: readonly Anchor[],
): Promise<void> {
  await notifyOperators(context, transaction, keyOfAnchors(context, anchors), {
    kind: 'ledger-anchored',
    anchors,
  });
}

interface LastAnchoring {
  readonly atMs: number;
  /** System → seal of its head. */
  readonly macs: Readonly<Record<string, string>>;
  /** System → number of its head; absent in notes of older versions. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Of the operators' channel only: system → number of its last head that was posted there. */
  readonly posted?: Readonly<Record<string, number>>;
  /** Of the operators' channel only: notices not posted yet, and the heads in each. */
  readonly queued?: readonly {
    readonly key: string;
    readonly numbers: Readonly<Record<string, number>>;
  }[];
}

/** Which places outside the store have the heads written down. */
export type AnchorPlaces = Pick<Anchoring, 'inLog' | 'inOperatorsChannel'> & { readonly inFile: boolean };

/**
 * Tells up to which record every place outside the store has the heads of a chain written down; in the operators' channel
 * only what was posted is.
 */
export async function anchoredUpTo(
  { store }: Pick<Context, 'store'>,
  { inLog, inOperatorsChannel, inFile }: AnchorPlaces,
  system: string,
): Promise<number> {
  const places: AnchorPlaceName[] = [
    ...(inLog ? (['log'] as const) : []),
    ...(inOperatorsChannel ? (['operators'] as const) : []),
    ...(inFile ? (['file'] as const) : []),
  ];
  const numbers: number[] = [];
  for (const place of places) {
    const note: LastAnchoring = JSON.parse((await store.getNote(`ledger:anchored/${place}`)) ?? '{}');
    const counted = place === 'operators' ? (await afterDelivery(store, note)).posted : note.numbers;
    numbers.push(counted?.[system] ?? 0);
  }
  return Math.min(...numbers, numbers.length === 0 ? 0 : Number.POSITIVE_INFINITY);
}

/** Set while decisions wait for an operator, since the store is older than what is known of it; empty afterwards. */
const restoredKey = 'store:restored';

/** Anchors that operators have said are later than the backup they put in place. */
const confirmedKey = 'store:restore-confirmed';

/** Reads the last anchor of each chain from lines as they are written down; what is no anchor is passed over. */
export function lastAnchors(lines: string): readonly Anchor[] {
  const last = new Map<string, Anchor>();
  for (const line of lines.split('\n')) {
    const anchor = readAnchor(line);
    if (anchor) last.set(anchor.system, anchor);
  }
  return [...last.values()];
}

/**
 * Finds out at a start whether the store is older than its last anchors, as a backup is that was put in its place.
 *
 * What was decided before and is not sent yet is held from then on: somebody may have taken it back since the backup.
 */
export async function noteRestored(context: Context, anchors: readonly Anchor[]): Promise<void> {
  const { store, log, now } = context;
  const confirmed = ((await store.getNote(confirmedKey)) ?? '').split('\n');
  const ahead: Anchor[] = [];
  for (const anchor of anchors) {
    const { system, number, mac } = anchor;
    const [record] = await store.listLedger({ system, after: number - 1, limit: 1 });
    // What was cut off since had been there.
    const isCut = !!record && record.number > number && number <= (await cutUpTo(store, system));
    const isThere = isCut || (record?.number === number && record.mac === mac);
    if (!isThere && !confirmed.includes(anchorText(anchor))) ahead.push(anchor);
  }
  const held = await heldSince(store);
  if (ahead.length > 0) {
    const text = [...new Set([...(held?.ahead.split('\n') ?? []), ...ahead.map(anchorText)])].join('\n');
    await store.inTransaction(async (transaction) => {
      await transaction.putNote(restoredKey, canonical({ atMs: held?.atMs ?? now(), ahead: text }));
      const key = `restored:${context.signer.hash(text)}`;
      await notifyOperators(context, transaction, key, { kind: 'store-restored', anchors: ahead });
    });
  }
  if (ahead.length === 0 && !held) return;
  log.warn(
    { anchors: ahead.map(anchorText) },
    'The store is older than its last anchor; decisions from before are held until "countersign store confirm-restore"',
  );
}

async function cutUpTo(store: LedgerRepository, system: string): Promise<number> {
  const checkpoint = await store.lastCheckpoint(system);
  return (checkpoint && cutOf(checkpoint)?.upTo) ?? 0;
}

/** Tells since when decisions wait for an operator to say that a backup was meant; absent where none do. */
export async function heldSince(store: Pick<Transaction, 'getNote'>) {
  const note = await store.getNote(restoredKey);
  if (!note) return undefined;
  return JSON.parse(note) as { readonly atMs: number; readonly ahead: string };
}

/** Tells whether a decision rests on votes from before a backup was put in place, which nobody has confirmed yet. */
export async function isHeldByRestore(
  { store }: { readonly store: Transaction },
  { votes, rule, atMs: decidedAtMs = 0 }: Pick<Decision, 'votes' | 'rule'> & Partial<Pick<Decision, 'atMs'>>,
): Promise<boolean> {
  const held = await heldSince(store);
  if (held === undefined) return false;
  return rule === undefined ? votes.some(({ atMs }) => atMs <= held.atMs) : decidedAtMs <= held.atMs;
}

/** Takes an operator's word that a backup was put in place on purpose, on record: what it holds may be sent. */
export function confirmRestore(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
): Promise<'confirmed' | 'nothing-to-confirm' | 'no-key'> {
  return context.store.inTransaction(async (transaction) => {
    const held = await heldSince(transaction);
    if (!held) return 'nothing-to-confirm';
    const signed = await transaction.lastSigned('');
    if (signed && context.signer.keyId === noKey) return 'no-key';
    const before = (await transaction.getNote(confirmedKey)) ?? '';
    await transaction.putNote(confirmedKey, `${before}\n${held.ahead}`.trim());
    await transaction.putNote(restoredKey, '');
    await record(context, transaction, {
      system: '',
      kind: 'restore',
      note: { ahead: held.ahead.split('\n') },
    });
    return 'confirmed';
  });
}

/** How the check of one chain ended: how far it is in order, or the first thing that is wrong. */
export type ChainVerdict = CheckedChain | ChainFault;

/**
 * Checks every chain of the ledger from its beginning, one record at a time.
 *
 * Chains named only by an anchor are checked too: they are missing. The heads the store itself noted count as
 * anchors besides those given. Each chain ends with the first thing that is wrong with it.
 */
export async function verifyLedger(
  repository: LedgerRepository,
  proofs: ChainProofs,
): Promise<readonly ChainVerdict[]> {
  // Read first, so that what a running bot adds meanwhile is only more than was noted.
  const noted: readonly Anchor[] = await repository.listLedgerHeads();
  const anchors = [...proofs.anchors, ...noted];
  const stored = await repository.listLedgerSystems();
  const verdicts: ChainVerdict[] = [];
  // The bot's own chain, which has no name, comes first: it knows heads of the others.
  let takenOver: readonly Anchor[] = [];
  if (stored.includes('') || proofs.anchors.some(({ system }) => system === '')) {
    const own = await verifyChain(repository, { ...proofs, anchors }, '', (record) => {
      takenOver = withTakenOver(takenOver, record);
    });
    verdicts.push(own);
  }
  const systems = new Set([...stored, ...[...proofs.anchors, ...takenOver].map(({ system }) => system)]);
  systems.delete('');
  const all = { ...proofs, anchors: [...anchors, ...takenOver] };
  for (const system of [...systems].sort()) verdicts.push(await verifyChain(repository, all, system));
  return verdicts;
}

/** Adds the head a sealed record took over; what was accepted since counts instead of what was known before. */
function withTakenOver(known: readonly Anchor[], record: LedgerRecord): readonly Anchor[] {
  const { of: system, head, acceptedFrom } = takenOverBy(record) ?? {};
  if (system === undefined || !head || record.keyId === noKey) return known;
  const others = acceptedFrom === undefined ? known : known.filter((one) => one.system !== system);
  return [...others, { system, ...head }];
}

async function verifyChain(
  repository: LedgerRepository,
  proofs: ChainProofs,
  system: string,
  see: (record: LedgerRecord) => void = () => {},
): Promise<ChainVerdict> {
  let chain = beginChain(system);
  for await (const record of readLedger(repository, { system })) {
    if (chain.number === 0 && record.number > 1) {
      const begun = beginCutChain(proofs, record, await repository.lastCheckpoint(system));
      if ('what' in begun) return begun;
      chain = begun;
    }
    const checked = checkNext(proofs, chain, record);
    if ('what' in checked) return checked;
    const kept = await checkEvidence(repository, record);
    if (kept === 'other') return { system, number: record.number, what: 'other-evidence' };
    see(record);
    const { withoutEvidence = 0 } = checked;
    chain = kept === 'gone' ? { ...checked, withoutEvidence: withoutEvidence + 1 } : checked;
  }
  return checkEnd(proofs, chain) ?? chain;
}

/** Tells whether what a decision was made on is still what its record was sealed with. */
async function checkEvidence(
  repository: LedgerRepository,
  record: LedgerRecord,
): Promise<'none' | 'kept' | 'gone' | 'other'> {
  const sha256 = entryOf(record).shown?.evidence;
  if (sha256 === undefined) return 'none';
  const text = await repository.findEvidence(sha256);
  if (text === undefined) return 'gone';
  return sha256Of(text) === sha256 ? 'kept' : 'other';
}

const pageSize = 500;

/** Gives the records of a chain in its order; only a page of them is in memory at a time. */
export async function* readLedger(
  repository: LedgerRepository,
  { system, sinceMs }: { readonly system: string; readonly sinceMs?: number | undefined },
): AsyncGenerator<LedgerRecord> {
  const since = sinceMs === undefined ? {} : { sinceMs };
  let after = 0;
  for (;;) {
    const page = await repository.listLedger({ system, ...since, after, limit: pageSize });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.number;
  }
}
