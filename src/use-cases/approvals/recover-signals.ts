import { isAtStep, isBetween, seenBy, whereaboutsOf } from '../../domain/approval.js';
import { endApproval, endingOf } from '../../domain/approval-lifecycle.js';
import type { Instance } from '../../domain/instance.js';
import { givenUpAtMs, type Signal } from '../../domain/signal.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';
import { recordSignalResult } from '../ledger/record.js';
import {
  notifyEnding,
  notifyOperators,
  notifyOutcomeUnknown,
  notifyReleased,
} from '../notifications/notify.js';
import {
  leaveUnknown,
  maxSends,
  readEffect,
  saveStep,
  sendSignal,
  stateAfter,
  takeRefusal,
} from './send-signal.js';
import {
  type FreshReading,
  inAttempt,
  readInstance,
  release,
  type SignalWork,
  save,
  saveState,
  settle,
  waitsForSignaller,
} from './signal-steps.js';

/** Reads that must find a step still waiting for us before a lost request counts as never arrived. */
const readsToBeSure = 2;

/**
 * Takes up every signal of a system that is not settled, wherever a crash or a time-out left it.
 *
 * What was never sent is sent after all checks; what may have been sent is settled by reading, and never
 * before its request's own deadline has passed.
 */
export async function settleSignals(context: Context, backend: WorkflowBackend): Promise<void> {
  for (const signal of await context.store.listUnsettledSignals(backend.system)) {
    if (signal.phase === 'claimed') await sendSignal(context, signal.id);
    if (signal.phase === 'accepted') await readEffect(context, backend, signal.id);
    if (signal.phase === 'sending') await settleUnknown(context, backend, signal);
  }
  await reportStuck(context, backend.system);
}

async function settleUnknown(context: Context, backend: WorkflowBackend, signal: Signal): Promise<void> {
  if (signal.deadlineMs !== undefined && context.now() < signal.deadlineMs) return;
  const { refused } = signal;
  if (refused) return takeRefusal(context, backend, { signal, refused });
  await leaveUnknown(context, signal);
  try {
    const reading = await readInstance(backend, signal.instance);
    if (reading.kind === 'hidden' || (reading.kind === 'found' && isBetween(reading.instance, signal)))
      return;
    const stillWaits = reading.kind === 'found' && reading.instance.awaitsApproval;
    const isAssigned = stillWaits && (await waitsForSignaller(context, backend, signal));
    if (isAssigned === undefined) return await leaveUnanswered(context, signal);
    await inAttempt(context, signal, (work) => settleByReading(context, work, reading, isAssigned));
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    const { system, id } = signal.instance;
    context.log.warn({ system, instance: id, err: error }, 'An unknown outcome cannot be read yet; watching');
  }
}

/**
 * Watches on while the person cannot be asked for, since they have no linked account any more; in the end they are
 * told that nobody can tell, and others may decide.
 */
async function leaveUnanswered(context: Context, signal: Signal): Promise<void> {
  if (context.now() < givenUpAtMs(signal, context.policy.keepTryingForMs)) return;
  await inAttempt(context, signal, async (work) => {
    const saved = await release(context, work, { note: undefined, keep: [] });
    await notifyOutcomeUnknown(context, work.transaction, saved, signal.decision.votes);
  });
}

async function settleByReading(
  context: Context,
  work: SignalWork,
  reading: Exclude<FreshReading, { kind: 'hidden' }>,
  isAssigned: boolean,
): Promise<void> {
  const { signal, approval } = work;
  if (reading.kind === 'not-visible' || !isAtStep(reading.instance, approval)) {
    await settle(work);
    const ended =
      reading.kind === 'not-visible'
        ? endApproval(approval, { kind: 'not-visible' }, context.now())
        : endApproval(
            { ...approval, instance: seenBy(approval, reading.instance) },
            endingOf(approval.state, { ...reading, kind: 'seen', isAssigned }),
            context.now(),
          );
    return notifyEnding(context, work.transaction, await save(context, work.transaction, ended));
  }
  if (approval.told) return endUnknown(context, work, reading.instance);
  if (!isAssigned) {
    await settle(work);
    const seen = { ...approval, instance: reading.instance };
    const state = stateAfter(signal.decision, seen, isAssigned);
    await saveStep(context, { ...work, approval: seen }, { state, isAssigned, isInferred: true });
    return recordSignalResult(context, work, { kind: state.kind, inferred: true });
  }
  return settleStillWaiting(context, work);
}

/**
 * Ends an approval whose decision was sent without an answer to a run of which only the whole can be read.
 *
 * It is never sent again by itself: a second answer could be taken for that of a later step.
 */
async function endUnknown(context: Context, work: SignalWork, read: Instance): Promise<void> {
  await settle(work);
  const instance = seenBy(work.approval, read);
  const ending = { kind: 'outcome-unknown', now: whereaboutsOf(instance) } as const;
  const saved = await save(
    context,
    work.transaction,
    endApproval({ ...work.approval, instance }, ending, context.now()),
  );
  await notifyEnding(context, work.transaction, saved);
  await notifyOutcomeUnknown(context, work.transaction, saved, work.signal.decision.votes);
}

/** Nothing has moved and it still waits for us: after enough reads the request counts as never arrived. */
async function settleStillWaiting(context: Context, work: SignalWork): Promise<void> {
  const { signal, transaction } = work;
  const stillWaitingReads = signal.stillWaitingReads + 1;
  if (stillWaitingReads < readsToBeSure) return transaction.saveSignal({ ...signal, stillWaitingReads });
  const { decision } = signal;
  if (signal.sends >= maxSends) {
    const saved = await release(context, work, { note: { kind: 'released', decision }, keep: [] });
    return notifyReleased(context, transaction, saved, { votes: decision.votes, why: 'unreachable' });
  }
  const { deadlineMs: _over, ...rest } = signal;
  await transaction.saveSignal({ ...rest, phase: 'claimed', stillWaitingReads });
  await saveState(context, work, { kind: 'deciding', decision });
  await recordSignalResult(context, work, { kind: 'not-arrived' });
}

/** Tells operators of a signal that was accepted and has moved nothing for a while. */
async function reportStuck(context: Context, system: string): Promise<void> {
  for (const approval of await context.store.listOpenApprovals(system, 'not-moved')) {
    if (approval.state.kind !== 'not-moved' || approval.told) continue;
    if (context.now() - approval.state.decision.atMs < 60_000) continue;
    await context.store.inTransaction((transaction) =>
      notifyOperators(context, transaction, `not-moved:${approval.id}`, { kind: 'not-moved', approval }),
    );
  }
}

/**
 * Takes over every signal an earlier run of the bot held.
 *
 * Only for the one bot on a store: whoever held them is dead. What may have been sent still waits for its
 * request's deadline.
 */
export async function adoptSignals(context: Context): Promise<void> {
  for (const system of context.backends.keys()) {
    for (const signal of await context.store.listUnsettledSignals(system)) {
      await context.store.saveSignal({ ...signal, holder: context.replicaId, leaseUntilMs: 0 });
    }
  }
}
