import {
  beginChain,
  beginCutChain,
  type ChainFault,
  type ChainProofs,
  type CheckedChain,
  checkNext,
  cutNote,
  entryOf,
  type LedgerRecord,
  noKey,
} from '../../domain/ledger.js';
import type { Store, Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record } from './record.js';
import { type AnchorPlaces, anchoredUpTo } from './verify.js';

/** How cutting one chain went. */
export type CutResult =
  | { readonly kind: 'cut'; readonly records: number }
  /** The checkpoint is not yet written down everywhere; the next time goes on from there. */
  | { readonly kind: 'not-anchored'; readonly checkpoint: number }
  /** A check finds a fault in what would go, or cannot say since a key is not given: nothing is cut. */
  | { readonly kind: 'not-in-order'; readonly number: number; readonly what: ChainFault['what'] }
  | { readonly kind: 'no-key' };

/** What cutting needs besides the store. */
export interface CutOptions {
  readonly beforeMs: number;
  /** Gives what seals under a key's name, of the present key and those before. */
  readonly signerOf: ChainProofs['signerOf'];
  readonly anchoring: AnchorPlaces;
  /** Has the heads written down now; absent where only the bot does so. */
  readonly anchor?: (() => Promise<void>) | undefined;
  /** Runs each step in a transaction of its own; stops by throwing. */
  readonly inStep: Store['inTransaction'];
  /** Notes how many records a step cuts, in its transaction. */
  readonly noteCut: (transaction: Transaction, records: number) => Promise<void>;
  readonly isDryRun: boolean;
  /** Waits between two steps, so that the process works on clicks. */
  readonly rest?: ((ms: number) => Promise<void>) | undefined;
  /** Ends it after the step under way. */
  readonly signal?: AbortSignal | undefined;
}

const recordsAtOnce = 500;

/** Checking one takes less than a tenth of a millisecond. */
const checkedAtOnce = 100;

/**
 * Cuts off the beginning of a chain: first a checkpoint is added and written down outside the store, then its records
 * go, so that a check still proves what is left, and that the rest was cut. Only records go that are themselves in order,
 * and whose sealed text says that they are old.
 *
 * Records of a run whose approval is kept, and all after them, stay.
 */
export async function cutChain(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  system: string,
  options: CutOptions,
): Promise<CutResult> {
  const { store } = context;
  const { anchoring, anchor, inStep, isDryRun, rest, signal } = options;
  if (isDryRun) {
    const found = await findEnd(context, system, options);
    return 'kind' in found ? found : { kind: 'cut', records: found.count };
  }
  const pending = await readPending(store, system);
  const begun = pending ?? (await addCheckpoint(context, system, options));
  if ('kind' in begun) return begun;
  if ((await anchoredUpTo(context, anchoring, system)) < begun.by) await anchor?.();
  if ((await anchoredUpTo(context, anchoring, system)) < begun.by)
    return { kind: 'not-anchored', checkpoint: begun.by };
  // Since the checkpoint was added a run may have been put on hold, or the ledger is kept for longer.
  const found = await findEnd(context, system, options);
  if ('kind' in found) return found;
  if (signal?.aborted) return { kind: 'cut', records: 0 };
  if ((found.last?.number ?? 0) < begun.upTo) {
    await inStep((transaction) => transaction.putNote(noteKey(system), ''));
    return { kind: 'cut', records: 0 };
  }
  let records = 0;
  for (;;) {
    const startedMs = performance.now();
    const cut = await inStep((transaction) => cutStep(transaction, system, { ...options, ...begun }));
    records += cut;
    if (cut < recordsAtOnce || signal?.aborted) return { kind: 'cut', records };
    await rest?.(performance.now() - startedMs);
  }
}

/** Cuts some records, or none and no more where a run among them was put on hold meanwhile. */
async function cutStep(
  transaction: Transaction,
  system: string,
  { upTo, noteCut }: Pending & Pick<CutOptions, 'noteCut'>,
): Promise<number> {
  const page = await transaction.listLedger({ system, after: 0, limit: recordsAtOnce });
  const going = page.filter(({ number }) => number <= upTo);
  if ((await keptAmong(transaction, system, going)).size > 0) {
    await transaction.putNote(noteKey(system), '');
    return 0;
  }
  const cut = await transaction.cutLedger(system, { upTo, limit: recordsAtOnce });
  await noteCut(transaction, cut);
  return cut;
}

async function keptAmong(
  store: Pick<Transaction, 'listKeptRuns'>,
  system: string,
  records: readonly LedgerRecord[],
): Promise<ReadonlySet<string>> {
  const ids = records.flatMap((one) => entryOf(one).instance ?? []);
  return new Set(await store.listKeptRuns(system, [...new Set(ids)]));
}

/** A checkpoint whose records are not all gone. */
interface Pending {
  readonly upTo: number;
  readonly by: number;
}

async function readPending(store: Store, system: string): Promise<Pending | undefined> {
  const note = await store.getNote(noteKey(system));
  if (!note) return undefined;
  const pending: Pending = JSON.parse(note);
  const [first] = await store.listLedger({ system, after: 0, limit: 1 });
  return first && first.number <= pending.upTo ? pending : undefined;
}

function noteKey(system: string): string {
  return `ledger:cut/${system}`;
}

async function addCheckpoint(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  system: string,
  options: CutOptions,
): Promise<Pending | CutResult> {
  const { signer, store } = context;
  const head = (await store.listLedgerHeads()).find((one) => one.system === system);
  if (signer.keyId === noKey && head && head.keyId !== noKey) return { kind: 'no-key' };
  const found = await findEnd(context, system, options);
  if ('kind' in found) return found;
  const { last, count } = found;
  if (!last || options.signal?.aborted) return { kind: 'cut', records: 0 };
  return options.inStep(async (transaction) => {
    const { number: upTo, mac, keyId } = last;
    const note = cutNote({ upTo, mac, keyId, count });
    await record(context, transaction, { system, kind: 'checkpoint', note });
    const heads = await transaction.listLedgerHeads();
    const pending = { upTo, by: heads.find((one) => one.system === system)?.number ?? 0 };
    await transaction.putNote(noteKey(system), JSON.stringify(pending));
    return pending;
  });
}

/** The end of what may be cut off, and how many records that are. */
interface End {
  readonly last: LedgerRecord | undefined;
  readonly count: number;
}

/**
 * Finds the last record that may go: the first ones of the chain, as long as they are in order and old and nothing needs
 * them. What stands beside a sealed text is not believed: whoever can write to the store can change it.
 *
 * Once a key is in use it is a record with a seal: what stands without one is left for somebody to accept.
 */
async function findEnd(
  { store, signer }: Pick<Context, 'store' | 'signer'>,
  system: string,
  { signerOf, beforeMs, rest, signal }: CutOptions,
): Promise<End | CutResult> {
  const hasKey = signer.keyId !== noKey;
  const proofs = { signerOf, hasKey, anchors: [] };
  let chain: CheckedChain | ChainFault = await beginAtCut(store, proofs, system);
  let end: End = { last: undefined, count: 0 };
  let count = 0;
  for (;;) {
    if ('what' in chain) return { kind: 'not-in-order', number: chain.number, what: chain.what };
    const startedMs = performance.now();
    const page = await store.listLedger({ system, after: chain.number, limit: checkedAtOnce });
    const old: LedgerRecord[] = [];
    for (const one of page) {
      chain = checkNext(proofs, chain, one);
      if ('what' in chain || entryOf(one).atMs >= beforeMs) break;
      old.push(one);
    }
    const kept = await keptAmong(store, system, old);
    for (const one of old) {
      if (kept.has(entryOf(one).instance ?? '')) return end;
      count += 1;
      if (one.keyId !== noKey || !hasKey) end = { last: one, count };
    }
    if (!('what' in chain) && (old.length < checkedAtOnce || signal?.aborted)) return end;
    await rest?.(performance.now() - startedMs);
  }
}

/** Begins at the first record of a chain, or behind what a checkpoint that is itself sealed says was cut off. */
async function beginAtCut(
  store: Pick<Transaction, 'listLedger' | 'lastCheckpoint'>,
  proofs: ChainProofs,
  system: string,
): Promise<CheckedChain | ChainFault> {
  const [first] = await store.listLedger({ system, after: 0, limit: 1 });
  if (!first || first.number === 1) return beginChain(system);
  const checkpoint = await store.lastCheckpoint(system);
  if (checkpoint) {
    const { number, previous, keyId } = checkpoint;
    const alone = checkNext(proofs, { system, number: number - 1, mac: previous, keyed: 1 }, checkpoint);
    if ('what' in alone) return alone;
    if (proofs.hasKey && keyId === noKey) return { system, number, what: 'without-key' };
  }
  return beginCutChain(proofs, first, checkpoint);
}
