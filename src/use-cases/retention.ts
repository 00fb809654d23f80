import type { InstanceRef } from '../domain/instance.js';
import { type ChainProofs, noKey } from '../domain/ledger.js';
import { holdKey, type RetentionTimes, removedWith } from '../domain/retention.js';
import type { PackedKind, RemovableKind, RemovalPlace, Transaction } from '../ports/store.js';
import type { Context } from './context.js';
import { fenced, LeaseLost } from './leases.js';
import { type CutResult, cutChain } from './ledger/cut.js';
import { record } from './ledger/record.js';
import type { AnchorPlaces } from './ledger/verify.js';

/** What is removed, and how gently. */
export interface RetentionOptions {
  readonly times: RetentionTimes;
  /** Gives what seals under a key's name, of the present key and those before: what is cut is checked before. */
  readonly signerOf: ChainProofs['signerOf'];
  /** Where heads of the ledger are written down, and how that is done now; absent where only the bot does so. */
  readonly anchoring: AnchorPlaces;
  readonly anchor?: () => Promise<void>;
  /** Finds what would go, and removes nothing. */
  readonly isDryRun?: boolean;
  /** Waits between two steps, so that the disk is there for clicks. */
  readonly rest?: (ms: number) => Promise<void>;
  /** Ends it after the step under way. */
  readonly signal?: AbortSignal;
}

/** What was removed of a kind, or would be. */
export interface RemovedCount {
  /** Approvals, clicks and so on. */
  readonly items: number;
  /** Rows of the store, with all that belonged to them. */
  readonly rows: number;
}

/** Why a chain of the ledger was not cut. */
export type RetentionUncut = Exclude<CutResult, { kind: 'cut' }>;

/** How removing went. */
export type RetentionResult =
  /** Another replica, or the command line, is at it. */
  | { readonly kind: 'busy' }
  /** The ledger is sealed with a key, which is not given, so nothing can be put on record. */
  | { readonly kind: 'no-key' }
  | {
      readonly kind: 'done';
      readonly removed: ReadonlyMap<RemovableKind | 'ledger', RemovedCount>;
      /** What was not cut of the ledger, by system, and why. */
      readonly uncut: readonly { readonly system: string; readonly result: RetentionUncut }[];
    };

/** What removing needs; the command line has no more than this. */
type RetentionContext = Pick<Context, 'store' | 'now' | 'log' | 'signer' | 'replicaId'>;

const leaseName = 'retention';

const leaseMs = 60_000;

const renewEveryMs = 20_000;

/**
 * Removes what is over and older than the settings keep it, step by step, each a transaction of its own; one at a time
 * does so on a store.
 *
 * After a crash the next time goes on: a step is whole or did not happen, and what it removed is noted with it until it
 * is on record.
 */
export async function removeOld(
  context: RetentionContext,
  options: RetentionOptions,
): Promise<RetentionResult> {
  const { store, now } = context;
  if (await lacksKey(context, store)) return { kind: 'no-key' };
  if (options.isDryRun) return removeAll(context, options, store.inTransaction);
  const lease = () =>
    store.acquireLease({ name: leaseName, replicaId: context.replicaId, nowMs: now(), leaseMs });
  const taken = await lease();
  if (!taken) return { kind: 'busy' };
  const { fence } = taken;
  let renewedAtMs = now();
  const inStep: typeof store.inTransaction = async (work) => {
    if (now() - renewedAtMs >= renewEveryMs) {
      if ((await lease())?.fence !== fence) throw new LeaseLost('Another replica runs retention now');
      renewedAtMs = now();
    }
    return fenced(store, { name: leaseName, fence }).inTransaction(work);
  };
  try {
    await recordRemoved(context, inStep);
    const result = await removeAll(context, options, inStep);
    await recordRemoved(context, inStep);
    return result;
  } finally {
    await store.releaseLease(leaseName, context.replicaId);
  }
}

async function removeAll(
  context: RetentionContext,
  options: RetentionOptions,
  inStep: Context['store']['inTransaction'],
): Promise<Extract<RetentionResult, { kind: 'done' }>> {
  const { store, now } = context;
  const { times, signerOf, anchoring, anchor, isDryRun = false } = options;
  const removed = new Map<RemovableKind | 'ledger', RemovedCount>();
  if (!isDryRun) for (const kind of packedKinds) await packKind(context, options, kind, inStep);
  const uncut: { readonly system: string; readonly result: RetentionUncut }[] = [];
  for (const setting of ['approvals', 'alerts', 'changes'] as const) {
    const keptMs = times[setting];
    if (keptMs === undefined) continue;
    for (const kind of removedWith[setting])
      removed.set(kind, await removeKind(context, options, { kind, beforeMs: now() - keptMs, inStep }));
  }
  if (times.ledger !== undefined) {
    let rows = 0;
    for (const { system } of await store.listLedgerHeads()) {
      if (options.signal?.aborted) break;
      const { rest, signal } = options;
      const beforeMs = now() - times.ledger;
      const noteCut = (transaction: Transaction, records: number) =>
        noteRemoved(transaction, times, 'ledger', records);
      const cut = { beforeMs, signerOf, anchoring, anchor, inStep, noteCut, isDryRun, rest, signal };
      const result = await cutChain(context, system, cut);
      if (result.kind === 'cut') rows += result.records;
      else uncut.push({ system, result });
    }
    removed.set('ledger', { items: rows, rows });
  }
  if (!isDryRun)
    while (!options.signal?.aborted && (await store.reclaimSpace())) await options.rest?.(mostStepMs);
  return { kind: 'done', removed, uncut };
}

/** A click waits for no longer than this; a step that takes longer is followed by smaller ones. */
const mostStepMs = 20;

/** Of an approval there are a dozen rows or two, so this stays below 500 of them. */
const mostAtOnce = { approvals: 20, others: 100 } as const;

/** Code that runs for the first time takes several times as long. */
const firstAtOnce = 2;

/** Gives how many rows the next step may take, by how long one took. */
function nextLimit(limit: number, tookMs: number, most: number): number {
  if (tookMs > mostStepMs / 2) return Math.max(1, Math.floor(limit / 2));
  return tookMs < mostStepMs / 5 ? Math.min(most, limit * 2) : limit;
}

const packedKinds: readonly PackedKind[] = ['approvals', 'clicks', 'receipts', 'notices'];

/** What is over for so long changes no more. */
const packAfterMs = 7 * 24 * 60 * 60_000;

/** Packs what is over where it stands, going on from where the time before ended. */
async function packKind(
  { now, store }: RetentionContext,
  { rest, signal }: RetentionOptions,
  kind: PackedKind,
  inStep: Context['store']['inTransaction'],
): Promise<void> {
  // The number grows with each better way of packing, so that what was packed before is gone through again.
  const noteKey = `packed/2/${kind}`;
  const beforeMs = now() - packAfterMs;
  const note = await store.getNote(noteKey);
  let after: RemovalPlace | undefined = note === undefined ? undefined : JSON.parse(note);
  do {
    const page = { beforeMs, after, limit: packedAtOnce };
    const { next, tookMs } = await inStep(async (transaction) => {
      const startedMs = performance.now();
      const done = await transaction.packOld(kind, page);
      if (done.next) await transaction.putNote(noteKey, JSON.stringify(done.next));
      return { ...done, tookMs: performance.now() - startedMs };
    });
    after = next;
    if (after) await rest?.(tookMs);
  } while (after && !signal?.aborted);
}

/** Packing one, with its signal and the text that was shown, takes about a millisecond. */
const packedAtOnce = 10;

async function removeKind(
  { now, log }: RetentionContext,
  { times, isDryRun = false, rest, signal }: RetentionOptions,
  what: {
    readonly kind: RemovableKind;
    readonly beforeMs: number;
    readonly inStep: Context['store']['inTransaction'];
  },
): Promise<RemovedCount> {
  const { kind, beforeMs, inStep } = what;
  const most = kind === 'approvals' || kind === 'alerts' ? mostAtOnce.approvals : mostAtOnce.others;
  let [items, rows] = [0, 0];
  let limit = firstAtOnce;
  let after: RemovalPlace | undefined;
  do {
    const step = await inStep(async (transaction) => {
      const startedMs = performance.now();
      const page = await transaction.listRemovable(kind, { beforeMs, after, limit });
      const gone = isDryRun ? 0 : await transaction.removeForGood(kind, page.ids, now());
      if (!isDryRun) await noteRemoved(transaction, times, kind, page.ids.length);
      return { page, gone, tookMs: performance.now() - startedMs };
    });
    const { page, gone, tookMs } = step;
    items += page.ids.length;
    rows += gone;
    after = page.next;
    limit = nextLimit(limit, tookMs, most);
    if (after) await rest?.(tookMs);
  } while (after && !signal?.aborted);
  if (items > 0 && !isDryRun) log.info({ kind, items, rows }, 'Retention removed old data');
  return { items, rows };
}

/** What was removed and is not on record yet; empty where there is nothing. */
const unrecordedKey = 'retention:unrecorded';

interface Unrecorded {
  readonly removed: Readonly<Partial<Record<RemovableKind | 'ledger', number>>>;
  readonly kept: RetentionTimes;
}

async function readUnrecorded(store: Pick<Transaction, 'getNote'>): Promise<Unrecorded | undefined> {
  const note = await store.getNote(unrecordedKey);
  return note ? JSON.parse(note) : undefined;
}

/** Notes what a step removes in its own transaction, so that a crash before the record loses no count. */
async function noteRemoved(
  transaction: Transaction,
  kept: RetentionTimes,
  kind: RemovableKind | 'ledger',
  items: number,
): Promise<void> {
  if (items === 0) return;
  const removed = (await readUnrecorded(transaction))?.removed ?? {};
  const more = { ...removed, [kind]: (removed[kind] ?? 0) + items };
  await transaction.putNote(unrecordedKey, JSON.stringify({ removed: more, kept }));
}

/** Puts what was removed on record; also what a run that broke has left. */
async function recordRemoved(
  context: RetentionContext,
  inStep: Context['store']['inTransaction'],
): Promise<void> {
  if (!(await readUnrecorded(context.store))) return;
  await inStep(async (transaction) => {
    const unrecorded = await readUnrecorded(transaction);
    if (!unrecorded) return;
    const { removed, kept } = unrecorded;
    const note = { removed: { ...removed }, kept: { ...kept } };
    await record(context, transaction, { system: '', kind: 'retention', note });
    await transaction.putNote(unrecordedKey, '');
  });
}

/** Tells whether the ledger is sealed with a key that is not given, so that nothing can be put on record. */
export async function lacksKey(
  { signer }: Pick<Context, 'signer'>,
  store: Pick<Transaction, 'lastSigned'>,
): Promise<boolean> {
  return signer.keyId === noKey && (await store.lastSigned('')) !== undefined;
}

/** Puts a run on hold, so that retention removes nothing about it, or lets it go again; on record. */
export function holdRun(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  ref: InstanceRef,
  isHeld: boolean,
): Promise<'done' | 'already' | 'no-key'> {
  return context.store.inTransaction(async (transaction) => {
    if (await lacksKey(context, transaction)) return 'no-key';
    const before = (await transaction.getNote(holdKey(ref))) ?? '';
    if ((before !== '') === isHeld) return 'already';
    await transaction.putNote(holdKey(ref), isHeld ? String(context.now()) : '');
    const { system, id: instance } = ref;
    await record(context, transaction, { system, kind: 'hold', instance, note: { isHeld } });
    return 'done';
  });
}
