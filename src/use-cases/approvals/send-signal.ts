import {
  type Approval,
  type ApprovalState,
  countedAfter,
  type Decision,
  type Ending,
  isAtStep,
  isBetween,
  notCounted,
  seenBy,
} from '../../domain/approval.js';
import { endApproval, endingOf } from '../../domain/approval-lifecycle.js';
import type { Instance } from '../../domain/instance.js';
import type { Refused, Signal } from '../../domain/signal.js';
import { signalsAsPerson } from '../../domain/voting.js';
import type { OutgoingSignal, SignalResult, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { defined } from '../../shared/defined.js';
import { asError } from '../../shared/errors.js';
import { backendOf, type Context } from '../context.js';
import { wasFrozen } from '../leases.js';
import { recordSignal, recordSignalResult } from '../ledger/record.js';
import {
  notifyEnding,
  notifyOperators,
  notifyOutcomeUnknown,
  notifyVotesVoid,
} from '../notifications/notify.js';
import { checkBeforeSignal } from './revalidate.js';
import {
  composeSignal,
  delay,
  type FreshReading,
  forgetSignaller,
  inAttempt,
  inPhase,
  readInstance,
  release,
  type SignalWork,
  type Speaking,
  save,
  saveState,
  settle,
  speakFor,
  waitsForSignaller,
} from './signal-steps.js';

/**
 * Sends decisions whose time for taking back is over, and that nothing else holds up.
 *
 * What an observation takes up as well is sent once all the same: the store lets one of them go ahead. One whose
 * system or chat was away is left to the observations, so that nobody is asked every second.
 */
export async function sendDueDecisions(context: Context): Promise<void> {
  const delayed = (await context.store.listUnsettledSignals()).filter(
    ({ phase, notBeforeMs }) => phase === 'claimed' && notBeforeMs !== undefined,
  );
  const due = delayed.filter(({ notBeforeMs = 0 }) => notBeforeMs <= context.now());
  await Promise.all(due.map(({ id }) => send(context, id)));
}

/** One that breaks is taken up again, by the next second or the next observation, and holds up no other. */
async function send(context: Context, signalId: string): Promise<void> {
  const signal = await context.store.findSignal(signalId);
  if (!signal || !backendOf(context, signal.instance.system)) return;
  try {
    const approval = await context.store.findApproval(signal.approvalId);
    if (approval?.state.kind !== 'held' || approval.state.waitsFor !== 'hold') return;
    await sendSignal(context, signalId);
  } catch (error) {
    const err = asError(error);
    context.log.error({ signal: signalId, err }, 'Sending a decision that was held broke; it is tried again');
  }
}

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
    if (marked) await sendSendSignal(context, { ...leaving, signal: marked });
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

async function sendSendSignal(context: Context, leaving: Leaving): Promise<void> {
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
  const refused = { reason, ...defined({ account }) };
  if (!isUnsent) return takeRefusal(context, backend, { signal, refused });
  await inAttempt(context, signal, (work) => refuse(context, { ...work, refused }));
}

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
async function refuse(context: Context, work: SignalWork & { readonly refused: Refused }): Promise<void> {
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
