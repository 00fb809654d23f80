import type { Approval } from '../../domain/approval.js';
import { countedAfter, notCounted } from '../../domain/counted.js';
import type { Signal } from '../../domain/signal.js';
import type { Context } from '../context.js';
import { type SignalWork, save } from './signal-steps.js';

/**
 * Notes that the system has counted whoever a settled signal went out for, and waits for more.
 *
 * Where others decided together with them, theirs is claimed next; else the step is open for others.
 */
export async function countSignaller(
  context: Context,
  work: SignalWork,
  { isInferred }: { readonly isInferred: boolean },
): Promise<Approval> {
  const { transaction, signal, approval } = work;
  const { decision } = signal;
  const last = decision.votes.at(-1);
  const counted = last ? countedAfter(approval, last, isInferred) : (approval.counted ?? []);
  const rest = notCounted({ counted }, decision.votes);
  const next =
    rest.length > 0 ? nextOf(context, { ...signal, decision: { ...decision, votes: rest } }) : undefined;
  const isClaimed = next !== undefined && (await transaction.addSignal(next));
  const state = isClaimed
    ? ({ kind: 'deciding', decision: next.decision } as const)
    : ({ kind: 'waiting' } as const);
  return save(context, transaction, { ...approval, counted, state });
}

function nextOf({ newId, now, replicaId }: Context, before: Signal): Signal {
  const { deadlineMs: _over, ...rest } = before;
  return {
    ...rest,
    id: newId(),
    phase: 'claimed',
    holder: replicaId,
    leaseUntilMs: 0,
    claimedAtMs: now(),
    sends: 0,
    stillWaitingReads: 0,
  };
}
