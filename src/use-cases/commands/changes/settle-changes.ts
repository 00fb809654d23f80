import { systemOfChange } from '../../../domain/change.js';
import type { ChangeRecord } from '../../../domain/change-record.js';
import type { WorkflowBackend } from '../../../ports/backend.js';
import type { Context } from '../../context.js';
import { carryOutChange, finish } from './carry-out-change.js';
import { watchChange } from './watch-change.js';

/** So long a change is left to the replica that confirmed it. */
const leftForMs = 20_000;
/** A wish older than this may not be what the person wants any more. */
const freshForMs = 2 * 60_000;
/** More than one change of a batch takes, also where its system is slow. */
const mostForOneMs = 60_000;

/**
 * Takes up every change of a system that is not over: follows those under way, and settles what a crash left.
 *
 * What an earlier run confirmed and never sent is sent while it is fresh; whatever is not fresh any more is said
 * not to have been sent, also when carrying it out broke in this run. What may have been sent is never sent again.
 */
export async function settleChanges(context: Context, backend: WorkflowBackend): Promise<void> {
  const nowMs = context.now();
  for (const record of await context.store.listOpenChanges()) {
    if (systemOfChange(record.change) !== backend.system) continue;
    if (record.phase === 'following') await watchChange(context, backend, record, 'later');
    if (record.phase === 'sending' && nowMs >= (record.deadlineMs ?? 0)) {
      await finish(context, record, 'sending', { kind: 'unknown' });
    }
    if (record.phase !== 'confirmed') continue;
    const ageMs = nowMs - (record.confirmedAtMs ?? 0);
    const isFresh = ageMs < freshForMs + waitsForMs(context, record);
    if (isFresh && isLeft(context, record, ageMs)) await carryOutChange(context, record.id);
    if (!isFresh) await finish(context, record, 'confirmed', { kind: 'not-sent' });
  }
}

/**
 * While it is fresh, this run of the bot is still at its own; that of another run is taken up, at once where that
 * one must be over.
 */
function isLeft({ store, replicaId }: Context, record: ChangeRecord, ageMs: number): boolean {
  return record.holder !== replicaId && (!store.isShared || ageMs >= leftForMs);
}

/** Of several changes confirmed together each waits for those before it, while this run of the bot is at them. */
function waitsForMs({ replicaId }: Context, record: ChangeRecord): number {
  return record.holder === replicaId ? (record.batch?.place ?? 0) * mostForOneMs : 0;
}
