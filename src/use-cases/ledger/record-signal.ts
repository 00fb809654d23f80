import type { Approval } from '../../domain/approval.js';
import type { Ending } from '../../domain/approval-state.js';
import { decisionOf } from '../../domain/approval-state.js';
import type { PlainGroup } from '../../domain/ledger/canonical.js';
import type { Signal } from '../../domain/signal.js';
import type { OutgoingSignal } from '../../ports/backend.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record } from './record.js';

/** A signal and its approval, as they are inside a transaction. */
interface SignalAndApproval {
  readonly transaction: Transaction;
  readonly signal: Signal;
  readonly approval: Approval;
}

/** Records that a decision leaves for its system, and in which words. */
export async function recordSignal(
  context: Context,
  work: SignalAndApproval,
  { verdict, comment, output, activityId, identity }: OutgoingSignal,
): Promise<void> {
  const { step, decision } = work.signal;
  await record(context, work.transaction, {
    ...placeOf(work),
    kind: 'signal',
    sent: { step, verdict, comment, output, activityId, identity },
    note: {
      signal: work.signal.id,
      voters: decision.votes.map(({ person, name }) => `${name} (${person.userId})`),
    },
  });
}

/** Records what has become known of a decision that left, or why it did not. */
export async function recordSignalResult(
  context: Context,
  work: SignalAndApproval,
  answered: PlainGroup & { readonly kind: string },
): Promise<void> {
  const note = { signal: work.signal.id };
  await record(context, work.transaction, { ...placeOf(work), kind: 'signal-answer', answered, note });
}

/** Records that a waiting step is over, saying no more than was seen. */
export async function recordEnding(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<void> {
  const { state, instance, code, step } = approval;
  if (state.kind !== 'ended') return;
  const decision = decisionOf(state);
  await record(context, transaction, {
    system: instance.ref.system,
    instance: instance.ref.id,
    code,
    kind: 'ending',
    answered: { kind: state.ending.kind, step, ...whereOf(state.ending) },
    ...(decision
      ? { note: { verdict: decision.verdict, voters: decision.votes.map(({ name }) => name) } }
      : {}),
  });
}

function placeOf({ signal, approval }: SignalAndApproval) {
  return { system: signal.instance.system, instance: signal.instance.id, code: approval.code };
}

function whereOf(ending: Ending) {
  if (ending.kind === 'restarted') return { successor: ending.successor?.id };
  if (!('now' in ending)) return {};
  return { status: ending.now.status.raw, at: ending.now.step?.uniqueName };
}
