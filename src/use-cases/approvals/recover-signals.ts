import { givenUpAtMs, type Signal } from '../../domain/signal.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { goOnWith } from '../../shared/trace.js';
import type { Context } from '../context.js';
import { notifyOperators } from '../notifications/notify.js';
import { advanceAttempt } from './advance.js';
import { readSurely } from './revalidate.js';
import { nextSignal, readEffect, sendSignal, stillWaits, takeRefusal } from './send-signal.js';

/**
 * Takes up every signal of a system that is not settled, wherever a crash or a time-out left it.
 *
 * What was never sent is sent after all checks; what may have been sent is settled by reading, and never
 * before its request's own deadline has passed.
 */
export async function settleSignals(context: Context, backend: WorkflowBackend): Promise<void> {
  for (const signal of await context.store.listUnsettledSignals(backend.system)) {
    await goOnWith(signal.trace, 'signal', () => settle(context, backend, signal));
  }
  await reportStuck(context, backend.system);
}

async function settle(context: Context, backend: WorkflowBackend, signal: Signal): Promise<void> {
  if (signal.phase === 'claimed') await sendSignal(context, signal.id);
  if (signal.phase === 'accepted') await readEffect(context, backend, signal.id);
  if (signal.phase === 'sending') await settleUnknown(context, backend, signal);
}

async function settleUnknown(context: Context, backend: WorkflowBackend, signal: Signal): Promise<void> {
  if (signal.deadlineMs !== undefined && context.now() < signal.deadlineMs) return;
  const { refused } = signal;
  if (refused) return takeRefusal(context, backend, { signal, refused });
  await advanceAttempt(context, signal, { kind: 'unanswered' });
  const { system, id } = signal.instance;
  try {
    const reading = await readSurely(context, backend, signal.instance, { isSent: true });
    const isAssigned = await stillWaits(context, backend, signal, reading);
    if (isAssigned === undefined && !signal.seenElsewhere) return await leaveUnanswered(context, signal);
    const next = nextSignal(context, system);
    const read = { reading, isAssigned: isAssigned ?? false, next };
    await advanceAttempt(context, signal, { kind: 'outcome-read', ...read });
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system, instance: id, err: error },
      'An unknown outcome cannot be read yet; still watching',
    );
  }
}

/**
 * Watches on while the person cannot be asked for, since they have no linked account any more; in the end they are
 * told that nobody can tell, and others may decide.
 */
async function leaveUnanswered(context: Context, signal: Signal): Promise<void> {
  if (context.now() < givenUpAtMs(signal, context.policy.keepTryingForMs)) return;
  await advanceAttempt(context, signal, { kind: 'outcome-untold' });
}

/** Tells operators of a signal that was accepted and has moved nothing for a while. */
async function reportStuck(context: Context, system: string): Promise<void> {
  for (const approval of await context.store.listOpenApprovals(system, 'not-moved')) {
    if (approval.state.kind !== 'not-moved' || approval.inbound) continue;
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
      await context.store.saveSignal({ ...signal, replicaId: context.replicaId, leaseUntilMs: 0 });
    }
  }
}
