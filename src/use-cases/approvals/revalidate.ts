import {
  type Approval,
  isAtStep,
  isBehind,
  isBetween,
  seenBy,
  type Vote,
  type WaitingNote,
  withCounted,
} from '../../domain/approval.js';
import type { Reading } from '../../domain/approval-lifecycle.js';
import { whyNotByRule } from '../../domain/automatic.js';
import { type Fault, type Instance, type InstanceRef, isSameRef } from '../../domain/instance.js';
import type { VoidReason } from '../../domain/notification.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import { approverRuleFor, type MayDecide, mayDecide } from '../../domain/policy.js';
import { givenUpAtMs, type Signal } from '../../domain/signal.js';
import { countDistinct, isBeyondOneAccount } from '../../domain/voting.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ChatError, ContractError, faultOf, isBackendFailure } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { type Context, lookUpPerson, whoIsAway } from '../context.js';
import { isHeldByRestore } from '../ledger/verify.js';
import { basisOf, isOutdated } from '../show-card.js';
import { advance, advanceSignal, onSignal } from './advance.js';

/**
 * Makes sure that a claimed decision may be sent now: in time, by people who still may, about a step that
 * still waits with the facts they saw.
 *
 * Returns the instance as just read, or undefined after having dealt with whatever stands in the way.
 */
export async function checkBeforeSignal(
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

/** Lists who has taken a vote back, or the decision it is part of, with a click that nobody has worked on yet. */
export async function listTakingBack(
  transaction: Pick<Transaction, 'listUnfinishedClicks'>,
  id: string,
): Promise<readonly PersonId[]> {
  const unfinished = await transaction.listUnfinishedClicks();
  return unfinished
    .filter(({ approvalId, verb }) => approvalId === id && (verb === 'withdraw' || verb === 'take-back'))
    .map(({ person }) => person);
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
export async function delay(
  context: Context,
  signal: Signal,
  waitsFor: DelayReason,
  fault?: Fault,
): Promise<void> {
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
export async function readSurely(
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
