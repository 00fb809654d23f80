import type { Instance } from '../../domain/instance.js';
import type { Signal } from '../../domain/signal.js';
import type { OutgoingSignal, SignalResult, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { backendOf, type Context } from '../context.js';
import { recordSignal, recordSignalResult } from '../ledger/record-signal.js';
import { forgetSignaller, type Speaking, speakFor } from '../links/speak-for.js';
import { wasFrozen } from '../was-frozen.js';
import { checkBeforeSignal } from './check-before-signal.js';
import { composeSignal } from './compose-signal.js';
import { readEffect } from './read-effect.js';
import { delay, inAttempt, inPhase, saveState } from './signal-steps.js';
import { refuse, takeRefusal } from './take-refusal.js';

/** Added to a request's own time limit before an attempt without an answer counts as over. */
const marginMs = 5_000;

/** How often a decision may be sent: once, and once more if reading has shown that it did not arrive. */
export const maxSends = 2;

/**
 * Carries out a claimed decision: checks everybody and everything afresh, sends the signal once, and reads
 * what it did.
 *
 * Safe to call at any time and from several places: the step from claimed to sending is taken once, in the
 * store, before the request leaves.
 */
export async function sendSignal(context: Context, signalId: string): Promise<void> {
  const found = await context.store.findSignal(signalId);
  const backend = found && backendOf(context, found.instance.system);
  if (!backend) return;
  const leaseMs = backend.signalTimeoutMs + marginMs;
  if (found.notBeforeMs !== undefined && context.now() < found.notBeforeMs) return;
  const signal = await context.store.takeSignal(signalId, context.replicaId, context.now(), leaseMs);
  if (signal?.phase !== 'claimed') return;
  const instance = await checkBeforeSignal(context, backend, signal);
  const speaking = instance && (await speakFor(context, signal));
  if (instance && speaking) {
    const message = await composeSignal(context, signal, speaking);
    const leaving = { backend, signal, instance, message, speaking };
    const marked = await markSending(context, leaving);
    if (marked) await send(context, { ...leaving, signal: marked });
    await sendNext(context, signal);
  }
  context.scheduleDelivery();
}

/** Where people decided together, the system is told by each of them until it moves on. */
async function sendNext(context: Context, { id, approvalId, instance }: Signal): Promise<void> {
  const unsettled = await context.store.listUnsettledSignals(instance.system);
  const next = unsettled.find((one) => one.approvalId === approvalId && one.id !== id);
  if (next?.phase === 'claimed') await sendSignal(context, next.id);
}

/** A decision that has passed every check, in the words in which it goes out. */
interface Leaving {
  readonly backend: WorkflowBackend;
  readonly signal: Signal;
  readonly instance: Instance;
  readonly message: OutgoingSignal;
  readonly speaking: Speaking;
}

/** Writes down that the request is about to leave; from here on a crash means that its outcome is unknown. */
async function markSending(
  context: Context,
  { backend, signal, message, speaking: { account } }: Leaving,
): Promise<Signal | undefined> {
  return inPhase(context, signal.id, 'claimed', async (work) => {
    // Somebody else has taken it over while it was checked here.
    if (work.signal.holder !== context.replicaId) return undefined;
    const deadlineMs = context.now() + backend.signalTimeoutMs + marginMs;
    const sends = work.signal.sends + 1;
    const sending = { ...work.signal, phase: 'sending', deadlineMs, sends, stillWaitingReads: 0 } as const;
    await work.transaction.saveSignal(sending);
    const { decision } = work.signal;
    if (work.approval.state.kind !== 'deciding')
      await saveState(context, work, { kind: 'deciding', decision });
    await recordSignal(context, work, account === undefined ? message : { ...message, identity: account });
    return sending;
  });
}

async function send(context: Context, leaving: Leaving): Promise<void> {
  const { backend, signal, instance, message } = leaving;
  const { verdict } = signal.decision;
  const about = { system: backend.system, instance: signal.instance.id, step: signal.step, verdict };
  if (wasFrozen(context, (signal.deadlineMs ?? 0) - backend.signalTimeoutMs - marginMs)) {
    context.log.warn(about, 'Too much time had passed before a signal left; it was not sent');
    return backToClaimed(context, signal);
  }
  try {
    const result = await backend.sendSignal(instance, message);
    if (result.kind === 'refused') return await takeNo(context, leaving, result);
    context.log.info(about, 'Signal accepted');
    await inAttempt(context, signal, async (work) => {
      await work.transaction.saveSignal({ ...work.signal, phase: 'accepted' });
      await recordSignalResult(context, work, { kind: 'accepted' });
    });
    await readEffect(context, backend, signal.id);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    const isUnsent = error instanceof BackendError && error.applied === 'no';
    context.log.warn(
      { ...about, err: error },
      isUnsent ? 'Signal could not be sent' : 'Signal outcome is not known',
    );
    await (isUnsent ? waitUnsent(context, signal) : leaveUnknown(context, signal));
  }
}

/** The request never reached the system, so the decision can wait and be sent later. */
async function waitUnsent(context: Context, signal: Signal): Promise<void> {
  await backToClaimed(context, signal);
  await delay(context, signal.id);
}

async function backToClaimed(context: Context, signal: Signal): Promise<void> {
  await inAttempt(context, signal, async (work) => {
    const { deadlineMs: _over, ...rest } = work.signal;
    await work.transaction.saveSignal({ ...rest, phase: 'claimed', sends: rest.sends - 1 });
    await recordSignalResult(context, work, { kind: 'not-sent' });
  });
}

/** Says that the outcome is being checked; it is settled by reading, after the request's deadline. */
export async function leaveUnknown(context: Context, attempt: Signal): Promise<void> {
  await inAttempt(context, attempt, async (work) => {
    if (work.approval.state.kind === 'checking') return;
    const { decision } = work.signal;
    await saveState(context, work, {
      kind: 'checking',
      decision,
      sentAtMs: context.now(),
      isAccepted: false,
    });
    await recordSignalResult(context, work, { kind: 'unknown' });
  });
}

/** Takes a no: without a sign-in the decision waits, and what never left has moved nothing. */
async function takeNo(
  context: Context,
  { backend, signal, speaking: { account } }: Leaving,
  { reason, isUnsent }: Extract<SignalResult, { kind: 'refused' }>,
): Promise<void> {
  if (reason === 'sign-in') {
    forgetSignaller(context, signal);
    return waitUnsent(context, signal);
  }
  const refused = { reason, ...(account === undefined ? {} : { account }) };
  if (!isUnsent) return takeRefusal(context, backend, { signal, refused });
  await inAttempt(context, signal, (work) => refuse(context, { ...work, refused }));
}
