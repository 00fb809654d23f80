import { type Anchor, anchorText } from '../../domain/ledger/anchor.js';
import { canonical } from '../../domain/ledger/canonical.js';
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
