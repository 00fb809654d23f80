import type { Approval } from '../../domain/approval.js';
import type { ApprovalState, WaitingNote } from '../../domain/approval-state.js';
import type { Vote } from '../../domain/decision.js';
import { priorities } from '../../domain/delivery.js';
import { isSamePerson } from '../../domain/person.js';
import { givenUpAtMs, type Signal, type SignalPhase } from '../../domain/signal.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { recordSignalResult } from '../ledger/record-signal.js';

/** A signal and its approval, as they are inside a transaction. */
export interface SignalWork {
  readonly transaction: Transaction;
  readonly signal: Signal;
  readonly approval: Approval;
}

/**
 * Does something with a signal only if it is still in the phase the caller believes, in one transaction.
 *
 * This is what makes every step of a signal happen once, whoever tries it and how often. Returns what the
 * work returned, or undefined if somebody else was faster. A signal of an approval that is over is settled.
 */
export async function inPhase<T>(
  context: Context,
  signalId: string,
  phase: SignalPhase,
  work: (found: SignalWork) => Promise<T>,
): Promise<T | undefined> {
  return context.store.inTransaction(async (transaction) => {
    const signal = await transaction.findSignal(signalId);
    if (signal?.phase !== phase) return undefined;
    const approval = await transaction.findApproval(signal.approvalId);
    if (approval && approval.state.kind !== 'ended') return work({ transaction, signal, approval });
    await settle({ transaction, signal });
    return undefined;
  });
}

/**
 * Does something about one attempt to send only if it is still the one under way.
 *
 * Whoever was frozen and wakes up may find that another run of the bot has settled the attempt and made its own.
 */
export async function inAttempt<T>(
  context: Context,
  attempt: Pick<Signal, 'id' | 'holder' | 'sends'>,
  work: (found: SignalWork) => Promise<T>,
): Promise<T | undefined> {
  return inPhase(context, attempt.id, 'sending', async (found) => {
    const { holder: replicaId, sends } = found.signal;
    return replicaId === attempt.holder && sends === attempt.sends ? work(found) : undefined;
  });
}

/** Ends a signal: the instance is free for the next one. */
export async function settle({
  transaction,
  signal,
}: Pick<SignalWork, 'transaction' | 'signal'>): Promise<void> {
  await transaction.saveSignal({ ...signal, phase: 'settled' });
}

/** Saves what an approval has become; cards whose buttons died with it go before those that only tell more. */
export async function save(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<Approval> {
  const priority = approval.state.kind === 'waiting' ? priorities.progress : priorities.staleButtons;
  return transaction.saveApproval(approval, priority, context.now());
}

/** Saves an approval in another state. */
export async function saveState(context: Context, work: SignalWork, state: ApprovalState): Promise<Approval> {
  return save(context, work.transaction, { ...work.approval, state });
}

/**
 * Gives a decision up unsent: the step waits again, with a note why.
 *
 * Of the votes the decision stood on only those to keep are kept; votes it did not stand on stay.
 */
export async function release(
  context: Context,
  work: SignalWork,
  options: { readonly note: WaitingNote | undefined; readonly keep: readonly Vote[] },
): Promise<Approval> {
  await settle(work);
  await recordSignalResult(context, work, { kind: 'given-up', why: options.note?.kind ?? 'taken-back' });
  for (const vote of work.signal.decision.votes) {
    if (options.keep.some((one) => isSamePerson(one.person, vote.person))) continue;
    await work.transaction.removeVote(work.approval.id, vote.person);
  }
  return saveState(context, work, { kind: 'waiting', ...(options.note ? { note: options.note } : {}) });
}

/** Keeps a decision that cannot be sent now, and shows until when it will be tried. */
export async function delay(
  context: Context,
  signalId: string,
  waitsFor: 'system' | 'chat' = 'system',
): Promise<void> {
  await inPhase(context, signalId, 'claimed', async (work) => {
    const { state } = work.approval;
    if (state.kind === 'held' && state.waitsFor === waitsFor) return;
    const { decision } = work.signal;
    const untilMs = givenUpAtMs(work.signal, context.policy.keepTryingForMs);
    await saveState(context, work, { kind: 'held', decision, untilMs, waitsFor });
  });
  context.scheduleDelivery();
}
