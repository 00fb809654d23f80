import {
  type Approval,
  type Decision,
  givenUpAtMs,
  isAtStep,
  isBehind,
  isBetween,
  type Refused,
  type Signal,
  seenBy,
  signalComment,
  type Vote,
  type WaitingNote,
  withCounted,
} from '../../domain/approval.js';
import type { Reading } from '../../domain/approval-lifecycle.js';
import { whyNotByRule } from '../../domain/automatic.js';
import { type Fault, type Instance, type InstanceRef, isSameRef } from '../../domain/instance.js';
import type { PendingClick } from '../../domain/link.js';
import type { VoidReason } from '../../domain/notification.js';
import { isSamePerson } from '../../domain/person.js';
import { actingIdentitiesOf, approverRuleFor, type MayDecide, mayDecide } from '../../domain/policy.js';
import { countDistinct, isBeyondOneAccount, signalsAsPerson } from '../../domain/voting.js';
import type {
  LiveBackend,
  OutgoingSignal,
  PersonAccess,
  SignalResult,
  WorkflowBackend,
} from '../../ports/backend.js';
import { BackendError, ChatError, ContractError, faultOf, isBackendFailure } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { asError, defined } from '../../shared/language.js';
import { goOnWith } from '../../shared/trace.js';
import { type AccessResult, backendOf, type Context, lookUpPerson, whoIsAway } from '../context.js';
import { wasFrozen } from '../leases.js';
import { recordSignal } from '../ledger/record.js';
import { isHeldByRestore } from '../ledger/verify.js';
import { invite } from '../links/account-linking.js';
import { notifyOperators, notifyPerson } from '../notifications/notify.js';
import { areRulesInForce } from '../rules.js';
import { basisOf, isOutdated } from '../show-card.js';
import { advance, advanceAttempt, advanceSignal, onSignal } from './advance.js';

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
    context.log.error({ signal: signalId, err }, 'Sending a held decision failed; it is tried again');
  }
}

/** Added to a request's own time limit before an attempt without an answer counts as over. */
const marginMs = 5_000;

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
  if (!found || !backend?.sendSignal) return;
  return goOnWith(found.trace, 'signal', () => sendFound(context, backend, found));
}

async function sendFound(context: Context, backend: LiveBackend, found: Signal): Promise<void> {
  const { id: signalId } = found;
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
    if (marked) await sendOnce(context, { ...leaving, signal: marked });
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
  readonly backend: LiveBackend;
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
  return onSignal(context, signal.id, async (work) => {
    // Somebody else has taken it over while it was checked here, or it was checked by rules that have changed since.
    if (work.signal.replicaId !== context.replicaId) return undefined;
    if (!(await areRulesInForce(context, work.transaction))) return undefined;
    if (await isTakenBack(work.transaction, work.signal)) return undefined;
    const deadlineMs = context.now() + backend.signalTimeoutMs + marginMs;
    const marked = await advance(context, work, { kind: 'sending', deadlineMs });
    if (marked) await recordSignal(context, marked, { ...message, ...defined({ identity: account }) });
    return marked?.signal;
  });
}

/** Tells whether whoever decided has taken it back with a click that nobody has worked on yet; of a rule, whether anybody has. */
async function isTakenBack(transaction: Transaction, { approvalId, decision }: Signal): Promise<boolean> {
  const takingBack = await transaction.listCallingOff(approvalId);
  return takingBack.some(
    (person) => decision.rule !== undefined || decision.votes.some((vote) => isBehind(vote, person)),
  );
}

/** Sends what was marked, and takes in what the system says; a time-out is no answer. */
async function sendOnce(context: Context, leaving: Leaving): Promise<void> {
  const { backend, signal, instance, message } = leaving;
  const { verdict } = signal.decision;
  const about = { system: backend.system, instance: signal.instance.id, step: signal.step, verdict };
  if (wasFrozen(context, (signal.deadlineMs ?? 0) - backend.signalTimeoutMs - marginMs)) {
    context.log.warn(about, 'Too much time had passed before a signal was sent; it was not sent');
    return goBack(context, signal);
  }
  try {
    const result = await backend.sendSignal(instance, message);
    if (result.kind === 'refused') return await takeNo(context, leaving, result);
    context.log.info(about, 'Signal accepted');
    await advanceAttempt(context, signal, { kind: 'accepted' });
    await readEffect(context, backend, signal.id);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    const isUnsent = error instanceof BackendError && error.applied === 'no';
    context.log.warn(
      { ...about, err: error },
      isUnsent ? 'Signal could not be sent' : 'Signal outcome is not known',
    );
    await (isUnsent
      ? waitUnsent(context, signal, faultOf(error))
      : advanceAttempt(context, signal, { kind: 'unanswered' }));
  }
}

/** The request never reached the system, so the decision can wait and be sent later. */
async function waitUnsent(context: Context, signal: Signal, fault: Fault): Promise<void> {
  await goBack(context, signal);
  await delay(context, signal, 'system', fault);
}

async function goBack(context: Context, signal: Signal): Promise<void> {
  await advanceAttempt(context, signal, { kind: 'not-sent' });
}

/** Takes a no: without a sign-in the decision waits, and what never left has moved nothing. */
async function takeNo(
  context: Context,
  { backend, signal, speaking: { account } }: Leaving,
  { reason, said, isUnsent }: Extract<SignalResult, { kind: 'refused' }>,
): Promise<void> {
  if (reason === 'sign-in') {
    forgetSignaller(context, signal);
    return waitUnsent(context, signal, 'sign-in');
  }
  await takeRefusal(context, backend, {
    signal,
    refused: { reason, ...defined({ account, said }) },
    isUnsent,
  });
}

/**
 * Reads what an accepted signal did, and says exactly that: moved, recorded, or accepted and not moved.
 *
 * If it cannot be read, the card says that it is being checked, and the next observation reads again.
 */
async function readEffect(context: Context, backend: WorkflowBackend, signalId: string): Promise<void> {
  const signal = await context.store.findSignal(signalId);
  if (!signal) return;
  const { instance: ref } = signal;
  const effect = await readNow(context, ref, 'The effect of a signal cannot be read yet', async () => {
    const reading = await readSurely(context, backend, ref, { isSent: true });
    return { reading, isAssigned: await stillWaits(context, backend, signal, reading) };
  });
  const next = nextSignal(context, ref.system);
  const read = await advanceSignal(context, signalId, { kind: 'effect-read', ...effect, next });
  const state = read?.approval.state.kind;
  context.log.info({ system: ref.system, instance: ref.id, state }, 'The effect of a signal was read');
}

/** Names the signal of whoever is next, where each person tells the system for themselves. */
function nextSignal(
  { policy, newId, replicaId }: Context,
  system: string,
): Pick<Signal, 'id' | 'replicaId'> | undefined {
  return signalsAsPerson(policy, system) ? { id: newId(), replicaId: replicaId } : undefined;
}

/** Absent where it cannot be read just now. */
async function readNow<T>(
  { log }: Context,
  { system, id }: Instance['ref'],
  otherwise: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    log.warn({ system, instance: id, err: error }, otherwise);
    return undefined;
  }
}

/**
 * Takes a no of the system to a signal, and says no more than a fresh reading shows; what never left has moved
 * nothing.
 */
async function takeRefusal(
  context: Context,
  backend: WorkflowBackend,
  about: { readonly signal: Signal; readonly refused: Refused; readonly isUnsent?: boolean | undefined },
): Promise<void> {
  const { signal, refused, isUnsent = false } = about;
  const { instance: ref, step } = signal;
  const reading = isUnsent
    ? undefined
    : await readNow(context, ref, 'A run cannot be read after a refused signal', () =>
        readSurely(context, backend, ref, { isSent: true }),
      );
  const taken = await advanceAttempt(context, signal, { kind: 'refused', refused, reading, isUnsent });
  const { kind } = taken?.approval.state ?? {};
  const place = { system: ref.system, instance: ref.id, step, reason: refused.reason };
  if (kind === 'waiting') context.log.error(place, 'The system refused a signal; nothing was changed');
  if (kind === 'ended')
    context.log.warn(place, 'The system refused a signal, and the run has moved; whether by it is not known');
}

/**
 * Writes what a system is told, with what shows that the bot speaks for a person.
 *
 * An output goes to its activity in the name of whoever had the last word, as the settings name them now.
 */
async function composeSignal(
  { store, policy }: Context,
  { approvalId, decision, instance }: Signal,
  { as, account }: Speaking,
): Promise<OutgoingSignal> {
  const { verdict, output } = decision;
  const approval = await store.findApproval(approvalId);
  const comment = signalComment(decision, approval?.questions);
  if (output === undefined) return { verdict, comment, ...defined({ as }) };
  const activityId = approval?.inbound?.activityId;
  const last = decision.votes.at(-1);
  const person = last && (await store.recallPerson(last.person));
  const identity = account ?? (person && actingIdentitiesOf(person, instance.system, policy)[0]);
  return { verdict, comment, output, ...defined({ activityId, identity, as }) };
}

/** In whose name a signal goes out; empty where the bot speaks for itself. */
interface Speaking {
  readonly as?: PersonAccess;
  /** What the system calls that person. */
  readonly account?: string;
}

/**
 * Gives what a claimed signal needs to go out in the name of whoever had the last word.
 *
 * Returns undefined after having dealt with whatever stands in the way: a vote that cannot be told in its
 * person's name is taken out and its person invited to link anew; an identity provider that is away is waited for.
 */
async function speakFor(context: Context, signal: Signal): Promise<Speaking | undefined> {
  const { system, id } = signal.instance;
  try {
    const result = await accessForSignaller(context, signal);
    if (result === 'own-account') return {};
    if (result.kind === 'access') return { as: result.access, account: result.username };
    context.log.info(
      { system, instance: id },
      'A decision was not sent: its person no longer has a linked account',
    );
    await giveUpUnlinked(context, signal);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system, instance: id, err: error },
      'A decision waits: no linked account can be used now',
    );
    await delay(context, signal, 'sign-in');
  }
  return undefined;
}

/**
 * Tells whether a run still waits for whoever a signal went out for; undefined when they cannot be asked for any
 * more. Throws `BackendError`.
 */
async function stillWaits(
  context: Context,
  backend: WorkflowBackend,
  signal: Signal,
  reading: Reading,
): Promise<boolean | undefined> {
  if (reading.kind !== 'found' || !reading.instance.awaitsApproval) return false;
  const result = await accessForSignaller(context, signal);
  if (result === 'own-account') return backend.isAssigned(signal.instance);
  return result.kind === 'access' ? backend.isAssigned(signal.instance, result.access) : undefined;
}

/** Forgets what was had for whoever a signal went out for, since the system did not take it. */
function forgetSignaller({ linking }: Context, { decision, instance }: Signal): void {
  const last = decision.votes.at(-1);
  if (last) linking?.forgetAccess(instance.system, last.person);
}

async function accessForSignaller(
  { linking, policy }: Context,
  { decision, instance }: Signal,
): Promise<AccessResult | 'own-account'> {
  const last = decision.votes.at(-1);
  if (!signalsAsPerson(policy, instance.system)) return 'own-account';
  return linking && last ? linking.accessOf(instance.system, last.person) : { kind: 'not-linked' };
}

async function giveUpUnlinked(context: Context, { id, decision }: Signal): Promise<void> {
  const last = decision.votes.at(-1);
  if (!last) return;
  const { person, name, comment } = last;
  const kept = decision.votes.filter((vote) => !isSamePerson(vote.person, person));
  await onSignal(context, id, async (work) => {
    const event = { kind: 'votes-lost', note: { kind: 'link-ended', name }, kept, lost: [] } as const;
    const released = await advance(context, work, event);
    if (!released) return;
    const { transaction, approval } = released;
    const { system } = approval.instance.ref;
    const pendingClick = pendingClickFor(approval, decision, comment);
    const requestId = await invite(context, transaction, { system, person, ...defined({ pendingClick }) });
    const notice = { kind: 'link-ended', approval, system, requestId } as const;
    await notifyPerson(context, transaction, person, `link-ended:${id}`, notice);
  });
}

/** Makes a decision again what its person pressed; absent where the output they chose is offered no more. */
function pendingClickFor(
  { id: approvalId, revision, inbound }: Approval,
  { verdict: verb, output: name }: Decision,
  comment: string | undefined,
): PendingClick | undefined {
  const click = { approvalId, revision, verb, ...defined({ comment }) };
  if (name === undefined) return click;
  const output = inbound?.outputs.findIndex((one) => one.name === name && one.verdict === verb) ?? -1;
  return output < 0 ? undefined : { ...click, output };
}

/**
 * Makes sure that a claimed decision may be sent now: in time, by people who still may, about a step that
 * still waits with the facts they saw.
 *
 * Returns the instance as just read, or undefined after having dealt with whatever stands in the way.
 */
async function checkBeforeSignal(
  context: Context,
  backend: WorkflowBackend,
  signal: Signal,
): Promise<Instance | undefined> {
  if (await isTooLate(context, signal)) return undefined;
  if (await isHeldByRestore(context, signal.decision)) return undefined;
  try {
    if (!(await haveVotersRights(context, signal))) return undefined;
    const reading = await readSurely(context, backend, signal.instance);
    if (reading.kind === 'hidden')
      return await wait(context, signal, new Error('The run cannot be read in full'), 'run');
    return await isStillTheSame(context, signal, reading);
  } catch (error) {
    const isKnown =
      error instanceof BackendError || error instanceof ContractError || error instanceof ChatError;
    if (!isKnown) throw error;
    return wait(context, signal, error);
  }
}

async function wait(
  context: Context,
  signal: Signal,
  error: Error,
  waitsFor: DelayReason = error instanceof ChatError ? 'chat' : 'system',
): Promise<undefined> {
  const { system, id } = signal.instance;
  context.log.warn({ system, instance: id, err: error }, 'A decision waits: it cannot be checked now');
  await delay(context, signal, waitsFor, isBackendFailure(error) ? faultOf(error) : undefined);
  return undefined;
}

/** Gives a decision up whose time is over, and tells those who made it that nothing was changed. */
async function isTooLate(context: Context, signal: Signal): Promise<boolean> {
  if (context.now() < givenUpAtMs(signal, context.policy.keepTryingForMs)) return false;
  await advanceSignal(context, signal.id, { kind: 'expired' });
  const { system, id } = signal.instance;
  context.log.warn({ system, instance: id }, 'A decision was dropped: it could not be sent in time');
  return true;
}

/**
 * Looks every voter up afresh, and counts them again by the rule as it is now.
 *
 * The vote of somebody who may not decide any more is taken out; a quorum that was raised waits for the rest.
 */
async function haveVotersRights(context: Context, signal: Signal): Promise<boolean> {
  const approval = await context.store.findApproval(signal.approvalId);
  if (!approval) return false;
  const { verdict, votes, rule } = signal.decision;
  if (rule !== undefined) return mayRuleStillDecide(context, signal, { approval, rule });
  if (verdict === 'approve' && isBeyondOneAccount(approval, context.policy)) {
    const note = { kind: 'beyond-one-account' } as const;
    return giveUp(context, signal, { lost: votes, kept: [], note, why: 'beyond-one-account' });
  }
  const repudiated = votes.find((vote) => isRepudiated(signal, vote));
  if (repudiated) {
    const kept = votes.filter((vote) => !isRepudiated(signal, vote));
    const note = { kind: 'disowned', name: repudiated.name } as const;
    return giveUp(context, signal, { lost: [], kept, note });
  }
  const lost: Vote[] = [];
  const kept: Vote[] = [];
  let quorum = 1;
  for (const vote of signal.decision.votes) {
    const person = await lookUpPerson(context, vote.person);
    if (vote.seat) await lookUpPerson(context, vote.seat.person);
    const { delegations } = await whoIsAway(context, context.store);
    const may = mayDecide(person, approval.instance, context.policy, delegations);
    if (may.kind === 'group-not-checked') throw groupsUnknown();
    const now = may.kind === 'yes' ? voteAsNow(vote, may) : undefined;
    if (now && may.kind === 'yes') {
      kept.push(now);
      quorum = may.rule.quorum;
    } else lost.push(vote);
  }
  if (lost.length > 0) return giveUp(context, signal, { lost, kept });
  const basis = basisOf(approval, context.policy);
  const outdated = kept.filter((vote) => isOutdated(vote, basis));
  if (outdated.length > 0) {
    const note = { kind: 'findings-changed', names: outdated.map(({ name }) => name) } as const;
    const others = kept.filter((vote) => !outdated.includes(vote));
    return giveUp(context, signal, { lost: outdated, kept: others, note, why: 'findings' });
  }
  const have = countDistinct(withCounted(approval, kept), context.policy.domains);
  if (signal.decision.verdict === 'deny' || have >= quorum) return true;
  return giveUp(context, signal, { lost, kept, note: { kind: 'quorum-raised', have, of: quorum } });
}

/** A vote stands in the seat it was given in, or not at all. */
function voteAsNow(
  { seat: before, ...vote }: Vote,
  { identities, seats }: Extract<MayDecide, { kind: 'yes' }>,
): Vote | undefined {
  if (!before) return seats ? undefined : { ...vote, identities };
  const seat = seats?.find(({ person }) => isSamePerson(person, before.person));
  return seat && { ...vote, identities, seat };
}

/** Holds a rule's decision against every brake once more, as the settings and the clock are now. */
async function mayRuleStillDecide(
  context: Context,
  signal: Signal,
  { approval, rule }: { readonly approval: Approval; readonly rule: string },
): Promise<boolean> {
  const { policy, now } = context;
  const isSame = approverRuleFor(approval.instance, policy)?.name === rule;
  if (isSame && whyNotByRule(approval, policy, now()) === undefined) return true;
  return giveUp(context, signal, { lost: [], kept: [], note: { kind: 'rule-void', rule } });
}

function isRepudiated({ repudiatedBy: disownedBy = [] }: Signal, vote: Vote): boolean {
  return disownedBy.some((person) => isBehind(vote, person));
}

/** Gives a decision up that does not stand any more; votes that still count are kept towards the next one. */
async function giveUp(
  context: Context,
  { id }: Signal,
  because: {
    readonly lost: readonly Vote[];
    readonly kept: readonly Vote[];
    readonly note?: WaitingNote;
    readonly why?: VoidReason;
  },
): Promise<false> {
  const { lost } = because;
  const note = because.note ?? ({ kind: 'vote-void', names: lost.map(({ name }) => name) } as const);
  await advanceSignal(context, id, { ...because, kind: 'votes-lost', note });
  return false;
}

/** Nobody has lost a right only because the chat cannot say who is in a group. */
function groupsUnknown(): ChatError {
  return new ChatError('Who is in the groups the rule names cannot be told', {
    code: 'unavailable',
    retryable: true,
  });
}

async function isStillTheSame(
  context: Context,
  signal: Signal,
  reading: Exclude<Reading, { kind: 'hidden' }>,
): Promise<Instance | undefined> {
  if (reading.kind === 'found' && isBetween(reading.instance, signal)) {
    return wait(context, signal, new Error('The run is on its way'));
  }
  const { rule } = signal.decision;
  if (rule !== undefined && reading.kind === 'found' && isAtStep(reading.instance, signal)) {
    const approval = await context.store.findApproval(signal.approvalId);
    const fresh = approval && { ...approval, instance: reading.instance };
    if (!fresh || !(await mayRuleStillDecide(context, signal, { approval: fresh, rule }))) return undefined;
  }
  return onSignal(context, signal.id, async (work) => {
    const checked = await advance(context, work, { kind: 'rechecked', reading });
    const isSame = checked?.signal.phase === 'claimed' && reading.kind === 'found';
    return isSame ? seenBy(checked.approval, reading.instance) : undefined;
  });
}

/** What a decision waits for. */
type DelayReason = 'system' | 'chat' | 'run' | 'sign-in';

/** Keeps a decision that cannot be sent now, and shows why, and until when it will be tried. */
async function delay(context: Context, signal: Signal, waitsFor: DelayReason, fault?: Fault): Promise<void> {
  const untilMs = givenUpAtMs(signal, context.policy.keepTryingForMs);
  await advanceSignal(context, signal.id, { kind: 'delayed', waitsFor, untilMs, fault });
  context.scheduleDelivery();
}

/** What a system did not show when it was last polled: since when, by run; nothing is believed while it shows nothing. */
export interface Doubts {
  readonly sinceMs: Readonly<Record<string, number>>;
  readonly isBlind?: boolean;
}

/** A role or a permission may be gone for a moment: what cannot be read is gone only after it was not for so long. */
const goneAfterMs = 60_000;

/** Gives what a system did not show when it was last polled. */
export async function doubtsAbout({ store }: Pick<Context, 'store'>, system: string): Promise<Doubts> {
  const note = (await store.getNote(doubtsKey(system))) ?? '';
  return note === '' ? { sinceMs: {} } : (JSON.parse(note) as Doubts);
}

/** Keeps what a system did not show in a poll. */
export async function keepDoubts(
  { store }: Pick<Context, 'store'>,
  system: string,
  doubts: Doubts,
): Promise<void> {
  const isNone = Object.keys(doubts.sinceMs).length === 0;
  await store.putNote(doubtsKey(system), isNone ? '' : JSON.stringify(doubts));
}

function doubtsKey(system: string): string {
  return `doubts/${system}`;
}

/** Tells whether a run that cannot be read now could not be for long enough to be believed gone. */
export function isGone({ sinceMs, isBlind = false }: Doubts, id: string, nowMs: number): boolean {
  const since = sinceMs[id];
  return !isBlind && since !== undefined && nowMs - since >= goneAfterMs;
}

/**
 * Reads a run; one that cannot be read is hidden until polls have not shown it for long enough.
 *
 * Once a signal has left, only what is known of it is said of a run that stays hidden: it counts as gone also while
 * nothing else can be read.
 */
async function readSurely(
  context: Context,
  backend: WorkflowBackend,
  ref: InstanceRef,
  { isSent = false }: { readonly isSent?: boolean } = {},
): Promise<Reading> {
  const reading = await readInstance(backend, ref);
  if (reading.kind !== 'not-visible') return reading;
  const { sinceMs, isBlind = false } = await doubtsAbout(context, ref.system);
  const doubts = { sinceMs, isBlind: isBlind && !isSent };
  return isGone(doubts, ref.id, context.now()) ? reading : { kind: 'hidden' };
}

/** Reads a run so that something can be concluded from it. Throws `BackendError` when it cannot be reached. */
async function readInstance(backend: WorkflowBackend, ref: InstanceRef): Promise<Reading> {
  const reading = await backend.getInstance(ref);
  if (reading.kind === 'not-visible') {
    return { kind: (await backend.isAssigned(ref)) ? 'hidden' : 'not-visible' };
  }
  const { instance } = reading;
  const isCanceled = instance.status.kind === 'canceled-for-restart';
  const found = isCanceled ? await backend.operations.findSuccessors?.(instance) : undefined;
  const successors = (found ?? []).filter((one) => !isSameRef(one, ref));
  return { kind: 'found', instance, successors };
}

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
