import { whereaboutsOf } from '../../../domain/approval.js';
import type { ChangeOutcome, ChangeRecord } from '../../../domain/change-record.js';
import type { InstanceRef } from '../../../domain/instance.js';
import type { WorkflowBackend } from '../../../ports/backend.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { Context } from '../../context.js';
import { saveChange } from '../../ledger/save-change.js';
import { notifyChange } from './tell-change.js';

/** A run that has not come to rest after this long is told as it stands. */
const watchForMs = 24 * 60 * 60_000;

/**
 * Looks what a change did, and tells its person once the run has come to rest.
 *
 * A restarted run is followed to its new id; an executed one to where it waits or ends. The first look also
 * says so when the run is still under way, since people wait for an answer.
 */
export async function watchChange(
  context: Context,
  backend: WorkflowBackend,
  record: ChangeRecord,
  poll: 'first' | 'later',
): Promise<void> {
  try {
    const seen = await see(backend, record);
    const isLate = context.now() - (record.confirmedAtMs ?? 0) > watchForMs;
    if (seen.isAtRest || isLate) {
      const over: ChangeRecord = { ...seen.record, phase: 'over', outcome: seen.outcome };
      if (await saveChange(context, over, 'following')) await notifyChange(context, over);
      return;
    }
    await saveChange(context, seen.record, 'following');
    if (poll === 'first') await notifyChange(context, seen.record);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system: backend.system, change: record.id, err: error },
      'The effect of a change cannot be read yet',
    );
    if (poll === 'first') await notifyChange(context, record);
  }
}

interface Seen {
  readonly record: ChangeRecord;
  readonly outcome: ChangeOutcome;
  readonly isAtRest: boolean;
}

async function see(backend: WorkflowBackend, record: ChangeRecord): Promise<Seen> {
  const { change } = record;
  if (change.kind === 'execute') return seeRun(backend, record, record.started);
  if (change.kind !== 'restart') return seeRun(backend, record, change.instance);
  if (record.started) return seeRun(backend, record, record.started);
  const reading = await backend.getInstance(change.instance);
  if (reading.kind === 'not-visible') return atRest(record, { kind: 'done' });
  const successors = (await backend.operations.findSuccessors?.(reading.instance)) ?? [];
  const [only] = successors;
  if (successors.length === 1 && only) return seeRun(backend, { ...record, started: only }, only);
  return atRest(record, {
    kind: 'done',
    now: whereaboutsOf(reading.instance),
    candidates: successors.length,
  });
}

function atRest(record: ChangeRecord, outcome: ChangeOutcome): Seen {
  return { record, outcome, isAtRest: true };
}

/** A run is at rest when it waits, is paused or has ended. */
async function seeRun(
  backend: WorkflowBackend,
  record: ChangeRecord,
  ref: InstanceRef | undefined,
): Promise<Seen> {
  const started = record.started ? { started: record.started } : {};
  if (!ref) return atRest(record, { kind: 'done', ...started });
  const reading = await backend.getInstance(ref);
  if (reading.kind === 'not-visible') return atRest(record, { kind: 'done', ...started });
  const { instance } = reading;
  const follows = record.change.kind === 'restart' || record.change.kind === 'execute';
  const outcome: ChangeOutcome = { kind: 'done', now: whereaboutsOf(instance), ...started };
  return { record, outcome, isAtRest: !follows || instance.status.kind !== 'running' };
}
