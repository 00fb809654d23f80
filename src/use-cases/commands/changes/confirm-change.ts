import type { Change } from '../../../domain/change.js';
import type { ChangeRecord } from '../../../domain/change-record.js';
import { isSamePerson } from '../../../domain/person.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Transaction } from '../../../ports/store.js';
import type { Context } from '../../context.js';
import { saveChange, saveChangeIn } from '../../ledger/save-change.js';

/** A proposal somebody comes back to after this long may be about another world. */
const proposalLastsMs = 10 * 60_000;
/** Slack shows "operation timed out" although a command worked; people then repeat it at once. */
const twinWindowMs = 10_000;

/**
 * Writes down that a proposal was confirmed.
 *
 * Only whoever it was shown to can; once. The same change by the same person a moment ago counts as this one:
 * the person is answered with what became of it, unless they have taken it back since.
 */
export async function confirmChange(context: Context, changeId: string, asker: Asker): Promise<Confirmation> {
  try {
    return await writeDown(context, changeId, asker);
  } catch (error) {
    // The store may have been lost just after it had written: then it is confirmed, whatever became of the answer.
    const record = await context.store.findChange(changeId);
    if (record?.phase !== 'confirmed' || !isSamePerson(record.person, asker.person)) throw error;
    context.log.warn(
      { change: changeId, err: error instanceof Error ? error : new Error(String(error)) },
      'A confirmation was written, without an answer',
    );
    return 'confirmed';
  }
}

type Confirmation = 'confirmed' | 'repeated' | 'unknown';

function writeDown(context: Context, changeId: string, asker: Asker): Promise<Confirmation> {
  return context.store.inTransaction(async (transaction) => {
    const record = await transaction.findChange(changeId);
    if (!record || !isSamePerson(record.person, asker.person)) return 'unknown';
    if (record.phase !== 'proposed') return 'repeated';
    const nowMs = context.now();
    if (nowMs - record.proposedAtMs > proposalLastsMs) return 'unknown';
    const here = { ...record, ...placeOf(asker) };
    const twin = await transaction.findTwin(record, nowMs - twinWindowMs);
    if (twin && !(await isUndone(transaction, twin))) {
      const changed = { ...here, phase: 'over', sameAs: twin.id } as const;
      await saveChangeIn(context, transaction, { changed, phase: 'proposed' });
      return 'repeated';
    }
    const { replicaId } = context;
    const changed = { ...here, phase: 'confirmed', confirmedAtMs: nowMs, holder: replicaId } as const;
    await saveChangeIn(context, transaction, { changed, phase: 'proposed' });
    return 'confirmed';
  });
}

/** Tells whether the same person has confirmed the way back after a change. */
async function isUndone(transaction: Transaction, twin: ChangeRecord): Promise<boolean> {
  const sinceMs = (twin.confirmedAtMs ?? 0) + 1;
  for (const change of waysBack(twin.change)) {
    if (await transaction.findTwin({ ...twin, change }, sinceMs)) return true;
  }
  return false;
}

function waysBack(change: Change): readonly Change[] {
  if (change.kind === 'resume') return [{ kind: 'pause', instance: change.instance }];
  if (change.kind !== 'pause') return [];
  const { instance } = change;
  return [true, false].map((afterError) => ({ kind: 'resume', instance, afterError }));
}

function placeOf({ channel, responseUrl }: Asker): Pick<Asker, 'channel' | 'responseUrl'> {
  return { ...(channel ? { channel } : {}), ...(responseUrl ? { responseUrl } : {}) };
}

/**
 * Drops a proposal, so that it can never be confirmed, and tells how it stands now.
 *
 * What was confirmed before is not undone by that. Absent for anybody but whoever was asked.
 */
export async function cancelChange(
  context: Context,
  changeId: string,
  asker: Asker,
): Promise<ChangeRecord | undefined> {
  const { store } = context;
  const record = await store.findChange(changeId);
  if (!record || !isSamePerson(record.person, asker.person)) return undefined;
  const dropped: ChangeRecord = { ...record, phase: 'over', outcome: { kind: 'not-sent' } };
  if (await saveChange(context, dropped, 'proposed')) return dropped;
  const now = (await store.findChange(changeId)) ?? record;
  return now.sameAs === undefined ? now : ((await store.findChange(now.sameAs)) ?? now);
}
