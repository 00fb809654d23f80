import type { ChangeRecord } from '../../../domain/change-record.js';
import { isSamePerson } from '../../../domain/person.js';
import type { Asker } from '../../../ports/command-desk.js';
import { carryOutChange } from '../../commands/changes/carry-out-change.js';
import type { Context } from '../../context.js';
import { saveChangeIn } from '../../ledger/save-change.js';

/** A proposal somebody comes back to after this long may be about another world. */
const proposalLastsMs = 10 * 60_000;

/** Writes down that a proposal for many runs was confirmed: all of it, once, by whom it was shown to. */
export async function confirmBatch(
  context: Context,
  batchId: string,
  asker: Asker,
): Promise<'confirmed' | 'repeated' | 'unknown'> {
  return context.store.inTransaction(async (transaction) => {
    const records = await transaction.listBatch(batchId);
    const [first] = records;
    if (!first?.batch || !isSamePerson(first.person, asker.person)) return 'unknown';
    if (records.some(wasConfirmed)) return 'repeated';
    if (records.some(({ phase }) => phase !== 'proposed')) return 'unknown';
    const nowMs = context.now();
    if (nowMs - first.proposedAtMs > proposalLastsMs) return 'unknown';
    for (const record of records) {
      const changed = { ...record, phase: 'confirmed', confirmedAtMs: nowMs } as const;
      await saveChangeIn(context, transaction, { changed, phase: 'proposed' });
    }
    const { id, incidentId } = first.batch;
    await transaction.wantFollowUp(incidentId, `changes:${id}`, { kind: 'changes', batchId: id }, nowMs);
    return 'confirmed';
  });
}

/**
 * Carries a confirmed batch out, one run after the other, so that its system is not flooded.
 *
 * Each run is checked, sent and told for itself: a failure of one stops no other.
 */
export async function carryOutBatch(context: Context, batchId: string): Promise<void> {
  context.scheduleDelivery();
  for (const record of await context.store.listBatch(batchId)) {
    try {
      await carryOutChange(context, record.id);
    } catch (error) {
      const err = error instanceof Error ? error : new Error(String(error));
      context.log.error({ change: record.id, err }, 'Carrying out one change of several broke');
    }
  }
}

/** Drops a proposal for many runs, so that it can never be confirmed; one that was confirmed stands. */
export async function cancelBatch(
  context: Context,
  batchId: string,
  asker: Asker,
): Promise<'cancelled' | 'confirmed' | 'unknown'> {
  return context.store.inTransaction(async (transaction) => {
    const records = await transaction.listBatch(batchId);
    const [first] = records;
    if (!first || !isSamePerson(first.person, asker.person)) return 'unknown';
    if (records.some(wasConfirmed)) return 'confirmed';
    for (const record of records) {
      const changed = { ...record, phase: 'over', outcome: { kind: 'not-sent' } } as const;
      await saveChangeIn(context, transaction, { changed, phase: 'proposed' });
    }
    return 'cancelled';
  });
}

function wasConfirmed({ confirmedAtMs }: ChangeRecord): boolean {
  return confirmedAtMs !== undefined;
}
