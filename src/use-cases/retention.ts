import type { InstanceRef } from '../domain/instance.js';
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
} from '../domain/ledger.js';
import { isSamePerson, type PersonId } from '../domain/person.js';
import { holdKey, type RetentionTimes, removedWith } from '../domain/retention.js';
import type {
  ForgottenRows,
  PackedKind,
  RemovableKind,
  RemovalPlace,
  Store,
  Transaction,
} from '../ports/store.js';
import type { Context } from './context.js';
import { fenced, LeaseLost } from './leases.js';
import { record } from './ledger/record.js';
import { type AnchorPlaces, anchoredUpTo } from './ledger/verify.js';

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
interface RemovedCount {
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
async function lacksKey(
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

/** How cutting one chain went. */
type CutResult =
  | { readonly kind: 'cut'; readonly records: number }
  /** The checkpoint is not yet written down everywhere; the next time goes on from there. */
  | { readonly kind: 'not-anchored'; readonly checkpoint: number }
  /** A check finds a fault in what would go, or cannot say since a key is not given: nothing is cut. */
  | { readonly kind: 'not-in-order'; readonly number: number; readonly what: ChainFault['what'] }
  | { readonly kind: 'no-key' };

/** What cutting needs besides the store. */
interface CutOptions {
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
async function cutChain(
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

/** Why somebody cannot be forgotten yet: what they are part of would not be what it is without them. */
export type StillNeeded = 'suspension' | 'absence' | 'vote' | 'decision' | 'click' | 'change';

/** What became of forgetting somebody. */
type Forgetting =
  | { readonly kind: 'forgotten'; readonly rows: ForgottenRows }
  /** Nothing was removed, and nothing is on record about it. */
  | { readonly kind: 'nothing-stored' }
  | { readonly kind: 'still-needed'; readonly why: readonly StillNeeded[] }
  | { readonly kind: 'no-key' };

/**
 * Removes what is known of somebody outside the ledger and finished approvals, in one transaction, on record.
 *
 * Refused while a suspension, a delegation, an open vote or a held decision of theirs stands.
 */
export function forgetPerson(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  person: PersonId,
): Promise<Forgetting> {
  return context.store.inTransaction(async (transaction) => {
    if (await lacksKey(context, transaction)) return { kind: 'no-key' };
    const why = await whyNeeded(transaction, person);
    if (why.length > 0) return { kind: 'still-needed', why };
    const rows = await transaction.forgetPerson(person);
    if (Object.values(rows).every((count) => count === 0)) return { kind: 'nothing-stored' };
    const { teamId, userId } = person;
    // Without their name, which is what is forgotten; the id alone tells nobody who they were.
    const about = { system: '', kind: 'forgotten', person: { teamId, userId }, note: { ...rows } } as const;
    await record(context, transaction, about);
    return { kind: 'forgotten', rows };
  });
}

async function whyNeeded(transaction: Transaction, person: PersonId): Promise<readonly StillNeeded[]> {
  const isTheirs = (one: { readonly person: PersonId }) => isSamePerson(one.person, person);
  const absences = await transaction.listAbsences();
  const signals = await transaction.listUnsettledSignals();
  const clicks = await transaction.listUnfinishedClicks();
  const changes = await transaction.listOpenChanges();
  const needed: readonly (readonly [StillNeeded, boolean])[] = [
    ['suspension', (await transaction.findSuspension(person)) !== undefined],
    [
      'absence',
      absences.some((one) => isTheirs(one) || (one.delegate && isSamePerson(one.delegate, person))),
    ],
    ['vote', (await transaction.listVotedOn(person)).length > 0],
    [
      'decision',
      signals.some(({ decision }) =>
        decision.votes.some((vote) => isTheirs(vote) || (vote.seat && isTheirs(vote.seat))),
      ),
    ],
    ['click', clicks.some(isTheirs)],
    ['change', changes.some(isTheirs)],
  ];
  return needed.flatMap(([why, isSo]) => (isSo ? [why] : []));
}
