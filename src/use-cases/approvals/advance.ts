import type { Approval, Signal } from '../../domain/approval.js';
import { applyEvent, type LifecycleEvent, settled } from '../../domain/approval-lifecycle.js';
import type { Transaction } from '../../ports/store.js';
import { defined } from '../../shared/language.js';
import { traceId } from '../../shared/trace.js';
import type { Context } from '../context.js';
import { recordSignalResult } from '../ledger/record.js';
import { announce } from '../notifications/notify.js';

/** An approval with its signal, if it has one, as they are inside a transaction. */
interface Work {
  readonly transaction: Transaction;
  readonly approval: Approval;
  readonly signal?: Signal | undefined;
}

/** The same where there is a signal. */
interface SignalWork extends Work {
  readonly signal: Signal;
}

/**
 * Lets an event happen to an approval and its signal: the only writer of either.
 *
 * What the table makes of it is saved, put on record and told in the transaction of the work. Returns both as saved,
 * or undefined if the event is refused, since it came too late or somebody else was faster: then nothing is written but
 * that a signal which outlived its approval is settled.
 */
export async function advance<W extends Work>(
  context: Context,
  work: W,
  event: LifecycleEvent,
): Promise<W | undefined> {
  const { transaction } = work;
  const { approval, signal, claim, ...more } = applyEvent(work, event, context.now());
  if (signal && signal !== work.signal) await transaction.saveSignal(signal);
  if (more.refusal !== undefined) return undefined;
  const isClaimed =
    claim === undefined ||
    (await transaction.addSignal({ ...claim.signal, ...defined({ trace: traceId() }) }));
  const next = isClaimed ? approval : claim.otherwise;
  if (!next) return undefined;
  for (const person of more.forgotten) await transaction.removeVote(approval.id, person);
  const saved =
    next === work.approval ? next : await transaction.saveApproval(next, more.priority, context.now());
  if (signal) {
    for (const record of more.records)
      await recordSignalResult(context, { transaction, signal, approval: saved }, record);
  }
  const done = { ...work, approval: saved, signal };
  for (const notification of more.notifications) await announce(context, done, notification);
  return done;
}

/**
 * Does something with a signal and its approval, in one transaction.
 *
 * What must happen once does so whoever tries it and how often, since each event is taken only in the stages the table
 * says. A signal without an approval is settled.
 */
export async function onSignal<T>(
  context: Context,
  signalId: string,
  work: (found: SignalWork) => Promise<T>,
): Promise<T | undefined> {
  return context.store.inTransaction(async (transaction) => {
    const signal = await transaction.findSignal(signalId);
    if (!signal || signal.phase === 'settled') return undefined;
    const approval = await transaction.findApproval(signal.approvalId);
    if (approval) return work({ transaction, signal, approval });
    await transaction.saveSignal(settled(signal));
    return undefined;
  });
}

/** Lets an event happen to a signal and its approval, in a transaction of its own. */
export function advanceSignal(
  context: Context,
  signalId: string,
  event: LifecycleEvent,
): Promise<SignalWork | undefined> {
  return onSignal(context, signalId, (work) => advance(context, work, event));
}

/**
 * Lets an event about one attempt to send happen only if it is still the one under way.
 *
 * Whoever was frozen and wakes up may find that another run of the bot has settled the attempt and made its own.
 */
export function advanceAttempt(
  context: Context,
  { id, replicaId: holder, sends }: Signal,
  event: LifecycleEvent,
): Promise<SignalWork | undefined> {
  return onSignal(context, id, async (work) => {
    const isSame = work.signal.replicaId === holder && work.signal.sends === sends;
    return isSame ? advance(context, work, event) : undefined;
  });
}
