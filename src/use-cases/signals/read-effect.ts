import { type Approval, isAtStep, isBetween, seenBy } from '../../domain/approval.js';
import type { ApprovalState } from '../../domain/approval-state.js';
import type { Decision } from '../../domain/decision.js';
import { endApproval, endingOf } from '../../domain/follow-approval.js';
import type { Signal } from '../../domain/signal.js';
import { signalsAsPerson } from '../../domain/told-by-people.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';
import { recordSignalResult } from '../ledger/record-signal.js';
import { waitsForSignaller } from '../links/speak-for.js';
import { notifyEnding } from '../notifications/notify.js';
import { countSignaller } from './count-signaller.js';
import { type FreshReading, readInstance } from './read-instance.js';
import { inPhase, type SignalWork, save, saveState, settle } from './signal-steps.js';

/**
 * Reads what an accepted signal did, and says exactly that: moved, recorded, or accepted and not moved.
 *
 * If it cannot be read, the card says that it is being checked, and the next observation reads again.
 */
export async function readEffect(
  context: Context,
  backend: WorkflowBackend,
  signalId: string,
): Promise<void> {
  const signal = await context.store.findSignal(signalId);
  if (!signal) return;
  const effect = await poll(context, backend, signal);
  await inPhase(context, signalId, 'accepted', async (work) => {
    if (effect === 'unreadable' || isOnItsWay(effect.reading, work.approval))
      return saveUnread(context, work);
    if (effect.reading.kind === 'not-visible' || !isAtStep(effect.reading.instance, work.approval)) {
      return endAccepted(context, work, effect.reading);
    }
    await settle(work);
    const { isAssigned = false } = effect;
    const instance = seenBy(work.approval, effect.reading.instance);
    const state = stateAfter(work.signal.decision, work.approval, isAssigned);
    const isInferred = effect.isAssigned === undefined;
    await saveStep(
      context,
      { ...work, approval: { ...work.approval, instance } },
      { state, isAssigned, isInferred },
    );
    await recordSignalResult(context, work, { kind: state.kind });
  });
}

interface Effect {
  readonly reading: Exclude<FreshReading, { kind: 'hidden' }>;
  /** Whether it still waits for whoever the signal went out for; absent when they cannot be asked for. */
  readonly isAssigned: boolean | undefined;
}

async function poll(
  context: Context,
  backend: WorkflowBackend,
  signal: Signal,
): Promise<Effect | 'unreadable'> {
  const ref = signal.instance;
  try {
    const reading = await readInstance(backend, ref);
    if (reading.kind === 'hidden') return 'unreadable';
    const stillWaits = reading.kind === 'found' && reading.instance.awaitsApproval;
    return { reading, isAssigned: stillWaits && (await waitsForSignaller(context, backend, signal)) };
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system: ref.system, instance: ref.id, err: error },
      'The effect of a signal cannot be read yet',
    );
    return 'unreadable';
  }
}

function isOnItsWay(reading: FreshReading, approval: Approval): boolean {
  return reading.kind === 'found' && isBetween(reading.instance, approval);
}

/**
 * A step that wants several identities has taken ours; one that wants a single one should have moved.
 *
 * Of a run that told of the step itself neither can be seen, until it ends.
 */
export function stateAfter(
  decision: Decision,
  approval: Approval,
  isAssigned: boolean,
): Extract<ApprovalState, { kind: 'recorded' | 'not-moved' }> {
  if (approval.told) return { kind: 'not-moved', decision };
  const wantsMore = approval.requirement.needed === undefined || approval.requirement.needed > 1;
  const isRecorded = decision.verdict === 'approve' && wantsMore && !isAssigned;
  return { kind: isRecorded ? 'recorded' : 'not-moved', decision };
}

/** Saves how a step stands that still waits; what is told by people goes on with the next of them. */
export async function saveStep(
  context: Context,
  work: SignalWork,
  found: {
    readonly state: ReturnType<typeof stateAfter>;
    readonly isAssigned: boolean;
    readonly isInferred: boolean;
  },
): Promise<void> {
  const { state, isAssigned, isInferred } = found;
  if (state.kind === 'recorded' && signalsAsPerson(context.policy, work.signal.instance.system)) {
    await countSignaller(context, work, { isInferred });
    return;
  }
  const approval = { ...work.approval, isAssigned };
  await saveState(context, { ...work, approval }, { ...state, ...(isInferred ? { isInferred } : {}) });
}

async function saveUnread(context: Context, work: SignalWork): Promise<void> {
  if (work.approval.state.kind === 'checking' && work.approval.state.isAccepted) return;
  const { decision } = work.signal;
  await saveState(context, work, { kind: 'checking', decision, sentAtMs: context.now(), isAccepted: true });
}

async function endAccepted(context: Context, work: SignalWork, reading: Effect['reading']): Promise<void> {
  await settle(work);
  const { decision } = work.signal;
  const approval: Approval = { ...work.approval, state: { kind: 'deciding', decision } };
  const ended =
    reading.kind === 'not-visible'
      ? endApproval(approval, { kind: 'not-visible' }, context.now())
      : endApproval(
          { ...approval, instance: seenBy(approval, reading.instance) },
          endingOfAccepted(decision, reading),
          context.now(),
        );
  await notifyEnding(context, work.transaction, await save(context, work.transaction, ended));
}

function endingOfAccepted(decision: Decision, reading: Extract<FreshReading, { kind: 'found' }>) {
  return endingOf({ kind: 'not-moved', decision }, { ...reading, kind: 'seen', isAssigned: false });
}
