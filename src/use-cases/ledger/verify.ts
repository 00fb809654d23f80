import {
  type Anchor,
  anchorText,
  beginChain,
  type ChainFault,
  type ChainProofs,
  type CheckedChain,
  canonical,
  checkEnd,
  checkNext,
  entryOf,
  type LedgerRecord,
  noKey,
  takenOverBy,
} from '../../domain/ledger.js';
import type { LedgerRepository } from '../../ports/store.js';
import { sha256Of } from '../../shared/fingerprint-of.js';
import type { Context } from '../context.js';
import { notifyOperators } from '../notifications/notify.js';

/** How the heads of the ledger are written down outside the store. */
export interface Anchoring {
  readonly everyMs: number;
  readonly inLog: boolean;
  readonly inOperatorsChannel: boolean;
  /** Adds a line to a file; absent where none is kept. */
  readonly addLine?: ((line: string) => Promise<void>) | undefined;
}

const noteKey = 'ledger:anchored';

/**
 * Writes the head of every chain down outside the store, when it is time and something was added since.
 *
 * What breaks half-way is written again at the next call: an anchor too many does no harm, one too few might.
 */
export async function anchorLedger(context: Context, anchoring: Anchoring): Promise<void> {
  const { store, now, log } = context;
  const nowMs = now();
  const before = await lastAnchoring(context);
  if (before && nowMs - before.atMs < anchoring.everyMs) return;
  const heads = await store.listLedgerHeads();
  const anchors = heads
    .filter(({ system, mac }) => before?.macs[system] !== mac)
    .map(({ system, number, mac }) => ({ system, number, mac }));
  if (anchors.length === 0) return;
  if (anchoring.inLog) {
    for (const anchor of anchors) log.info({ anchor: anchorText(anchor) }, 'The head of the ledger');
  }
  for (const anchor of anchors) {
    await anchoring.addLine?.(`${new Date(nowMs).toISOString()} ${anchorText(anchor)}`);
  }
  const macs = Object.fromEntries(heads.map(({ system, mac }) => [system, mac]));
  await store.inTransaction(async (transaction) => {
    await transaction.putNote(noteKey, canonical({ atMs: nowMs, macs }));
    if (anchoring.inOperatorsChannel) await notifyAnchors(context, transaction, anchors);
  });
  context.scheduleDelivery();
}

async function notifyAnchors(
  context: Context,
  transaction: Parameters<typeof notifyOperators>[1],
  anchors: readonly Anchor[],
): Promise<void> {
  // Several bots on one store may find the same heads; they are told once.
  const key = `ledger:${context.signer.hash(anchors.map(anchorText).join('\n'))}`;
  await notifyOperators(context, transaction, key, { kind: 'ledger-anchored', anchors });
}

interface LastAnchoring {
  readonly atMs: number;
  /** System → seal of its head. */
  readonly macs: Readonly<Record<string, string>>;
}

async function lastAnchoring({ store }: Context): Promise<LastAnchoring | undefined> {
  const note = await store.getNote(noteKey);
  return note === undefined ? undefined : JSON.parse(note);
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
