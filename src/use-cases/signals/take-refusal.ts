import { type Approval, isAtStep, isBetween, seenBy } from '../../domain/approval.js';
import type { Ending } from '../../domain/approval-state.js';
import { endApproval, endingOf } from '../../domain/follow-approval.js';
import type { Refused, Signal } from '../../domain/signal.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';
import { recordSignalResult } from '../ledger/record-signal.js';
import {
  notifyEnding,
  notifyOperators,
  notifyOutcomeUnknown,
  notifyVotesVoid,
} from '../notifications/notify.js';
import { type FreshReading, readInstance } from './read-instance.js';
import { inAttempt, release, type SignalWork, save, saveState, settle } from './signal-steps.js';

/**
 * Takes a no of the system to a signal that has left, and says no more than a fresh reading shows.
 *
 * A run that still waits at the step has not moved: people may decide again. One that has moved may have been moved
 * by the very signal, whatever was answered. While neither can be seen the outcome is not known.
 */
export async function takeRefusal(
  context: Context,
  backend: WorkflowBackend,
  { signal, refused }: { readonly signal: Signal; readonly refused: Refused },
): Promise<void> {
  const reading = await readAfter(context, backend, signal);
  await inAttempt(context, signal, async (found) => {
    const work = { ...found, refused };
    if (reading && hasLeft(reading, work.approval)) return endRefused(context, work, reading);
    if (reading && isUnchanged(reading, work.approval)) return refuse(context, work);
    await work.transaction.saveSignal({ ...work.signal, refused });
    if (work.approval.state.kind === 'checking') return;
    const { decision } = work.signal;
    const sentAtMs = context.now();
    await saveState(context, work, { kind: 'checking', decision, sentAtMs, isAccepted: false });
    await recordSignalResult(context, work, { kind: 'unknown', reason: refused.reason });
  });
}

/** The run has not moved, so nothing was changed: says so, and lets people decide again. */
export async function refuse(
  context: Context,
  work: SignalWork & { readonly refused: Refused },
): Promise<void> {
  const { reason, account } = work.refused;
  await recordSignalResult(context, work, { kind: 'refused', reason });
  const { id, decision, instance: ref } = work.signal;
  const { system, id: instance } = ref;
  context.log.error({ system, instance, reason }, 'The system refused a signal; nothing was changed');
  const whose = account === undefined ? {} : { account };
  const saved: Approval = await release(context, work, {
    note: { kind: 'refused', decision, reason, ...whose },
    keep: [],
  });
  await notifyVotesVoid(context, work.transaction, {
    approval: saved,
    votes: decision.votes,
    why: 'refused',
  });
  await notifyOperators(context, work.transaction, `refused:${id}`, {
    kind: 'signal-refused',
    approval: saved,
    reason,
    ...whose,
  });
}

/** Absent where it cannot be read just now. */
async function readAfter(
  context: Context,
  backend: WorkflowBackend,
  { instance }: Signal,
): Promise<FreshReading | undefined> {
  try {
    return await readInstance(backend, instance);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    const { system, id } = instance;
    context.log.warn({ system, instance: id, err: error }, 'A run cannot be read after a refused signal');
    return undefined;
  }
}

type Left = Exclude<FreshReading, { kind: 'hidden' }>;

function hasLeft(reading: FreshReading, approval: Approval): reading is Left {
  if (reading.kind !== 'found') return reading.kind === 'not-visible';
  return !isAtStep(reading.instance, approval) && !isBetween(reading.instance, approval);
}

function isUnchanged(reading: FreshReading, approval: Approval): boolean {
  return reading.kind === 'found' && isAtStep(reading.instance, approval);
}

/** Ends an approval whose run has moved beside the no: it was sent, and nobody is credited and nothing denied. */
async function endRefused(
  context: Context,
  work: SignalWork & { readonly refused: Refused },
  reading: Left,
): Promise<void> {
  const { decision, instance, step } = work.signal;
  const { reason } = work.refused;
  context.log.warn(
    { system: instance.system, instance: instance.id, step, reason },
    'The system refused a signal, and the run has moved; whether by it is not known',
  );
  await recordSignalResult(context, work, { kind: 'unknown', reason });
  await settle(work);
  const state = { kind: 'checking', decision, sentAtMs: context.now(), isAccepted: false } as const;
  const approval: Approval = { ...work.approval, state };
  const ended =
    reading.kind === 'not-visible'
      ? endApproval(approval, { kind: 'not-visible' }, context.now())
      : endApproval(
          { ...approval, instance: seenBy(approval, reading.instance) },
          afterNo(endingOf(state, { ...reading, kind: 'seen', isAssigned: false })),
          context.now(),
        );
  const saved = await save(context, work.transaction, ended);
  await notifyEnding(context, work.transaction, saved);
  await notifyOutcomeUnknown(context, work.transaction, saved, decision.votes);
}

function afterNo(ending: Ending): Ending {
  return ending.kind === 'overtaken' ? { ...ending, isRefused: true } : ending;
}
