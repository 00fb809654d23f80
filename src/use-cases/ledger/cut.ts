import { cutNote, type LedgerRecord, noKey } from '../../domain/ledger.js';
import type { Store } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record } from './record.js';
import { type AnchorPlaces, anchoredUpTo } from './verify.js';

/** How cutting one chain went. */
export type CutResult =
  | { readonly kind: 'cut'; readonly records: number }
  /** The checkpoint is not yet written down everywhere; the next time goes on from there. */
  | { readonly kind: 'not-anchored'; readonly checkpoint: number }
  /** Its records do not follow on one another, or were sealed with a key that is not given: nothing is cut. */
  | { readonly kind: 'not-in-order'; readonly number: number }
  | { readonly kind: 'no-key' };

/** What cutting needs besides the store. */
export interface CutOptions {
  readonly beforeMs: number;
  readonly anchoring: AnchorPlaces;
  /** Has the heads written down now; absent where only the bot does so. */
  readonly anchor?: (() => Promise<void>) | undefined;
  /** Runs each step in a transaction of its own; stops by throwing. */
  readonly inStep: Store['inTransaction'];
  readonly isDryRun: boolean;
}

const recordsAtOnce = 500;

/**
 * Cuts off the beginning of a chain: first a checkpoint is added and written down outside the store, then its records
 * go, so that a check still proves what is left, and that the rest was cut.
 *
 * Records of a run whose approval is kept, and all after them, stay.
 */
export async function cutChain(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  system: string,
  options: CutOptions,
): Promise<CutResult> {
  const { store } = context;
  const { anchoring, anchor, inStep, beforeMs, isDryRun } = options;
  if (isDryRun) {
    const found = await findEnd(store, system, beforeMs);
    return 'kind' in found ? found : { kind: 'cut', records: found.count };
  }
  const pending = await readPending(store, system);
  const begun = pending ?? (await addCheckpoint(context, system, options));
  if ('kind' in begun) return begun;
  if ((await anchoredUpTo(context, anchoring, system)) < begun.by) await anchor?.();
  if ((await anchoredUpTo(context, anchoring, system)) < begun.by)
    return { kind: 'not-anchored', checkpoint: begun.by };
  let records = 0;
  for (;;) {
    const step = { upTo: begun.upTo, limit: recordsAtOnce };
    const cut = await inStep((transaction) => transaction.cutLedger(system, step));
    records += cut;
    if (cut < recordsAtOnce) return { kind: 'cut', records };
  }
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
  { beforeMs, inStep }: CutOptions,
): Promise<Pending | CutResult> {
  const { signer, store } = context;
  const head = (await store.listLedgerHeads()).find((one) => one.system === system);
  if (signer.keyId === noKey && head && head.keyId !== noKey) return { kind: 'no-key' };
  const found = await findEnd(store, system, beforeMs);
  if ('kind' in found) return found;
  const { last, count } = found;
  if (!last) return { kind: 'cut', records: count };
  return inStep(async (transaction) => {
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
 * Finds the last record that may go: the first ones of the chain, as long as they are old and nothing needs them.
 *
 * Once there are seals it is one with a seal: what stands without one is left for somebody to accept.
 */
async function findEnd(store: Store, system: string, beforeMs: number): Promise<End | CutResult> {
  let before: LedgerRecord | undefined;
  let end: End = { last: undefined, count: 0 };
  let count = 0;
  for (;;) {
    const page = await store.listLedger({ system, after: before?.number ?? 0, limit: recordsAtOnce });
    const ids = page.flatMap(({ instanceId }) => instanceId ?? []);
    const kept = new Set(await store.listKeptRuns(system, [...new Set(ids)]));
    for (const one of page) {
      if (one.atMs >= beforeMs || kept.has(one.instanceId ?? '')) return end;
      const follows = !before || (one.number === before.number + 1 && one.previous === before.mac);
      if (!follows) return { kind: 'not-in-order', number: one.number };
      before = one;
      count += 1;
      const isUnsealed = one.keyId === noKey && (end.last?.keyId ?? noKey) !== noKey;
      if (!isUnsealed) end = { last: one, count };
    }
    if (page.length < recordsAtOnce) return end;
  }
}
