import {
  decisionFactsOf,
  factChanges,
  isAtStep,
  isBetween,
  membershipOf,
  seenBy,
  type Vote,
  type WaitingNote,
  withCounted,
} from '../../domain/approval.js';
import { endApproval, endingOf } from '../../domain/approval-lifecycle.js';
import type { Instance } from '../../domain/instance.js';
import type { VoidReason } from '../../domain/notification.js';
import { isSamePerson } from '../../domain/person.js';
import { mayDecide } from '../../domain/policy.js';
import { givenUpAtMs, type Signal } from '../../domain/signal.js';
import { countDistinct, isBeyondOneAccount } from '../../domain/voting.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ChatError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';
import { notifyEnding, notifyReleased, notifyVotesVoid } from '../notifications/notify.js';
import { lookUpPerson } from '../people.js';
import {
  delay,
  type FreshReading,
  inPhase,
  readInstance,
  release,
  type SignalWork,
  save,
  settle,
} from './signal-steps.js';

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
  try {
    if (!(await haveVotersRights(context, signal))) return undefined;
    const reading = await readInstance(backend, signal.instance);
    if (reading.kind === 'hidden')
      return await wait(context, signal, new Error('The run cannot be read in full'));
    return await isStillTheSame(context, signal, reading);
  } catch (error) {
    const isKnown =
      error instanceof BackendError || error instanceof ContractError || error instanceof ChatError;
    if (!isKnown) throw error;
    return wait(context, signal, error);
  }
}

async function wait(context: Context, signal: Signal, error: Error): Promise<undefined> {
  const { system, id } = signal.instance;
  context.log.warn({ system, instance: id, err: error }, 'A decision waits: it cannot be checked now');
  await delay(context, signal.id, error instanceof ChatError ? 'chat' : 'system');
  return undefined;
}

/** Gives a decision up whose time is over, and tells those who made it that nothing was changed. */
async function isTooLate(context: Context, signal: Signal): Promise<boolean> {
  const { decision } = signal;
  if (context.now() < givenUpAtMs(signal, context.policy.keepTryingForMs)) return false;
  await inPhase(context, signal.id, 'claimed', async (work) => {
    const { state } = work.approval;
    const wasTried = (state.kind === 'held' && state.waitsFor !== 'hold') || work.signal.sends > 0;
    const kind = wasTried ? 'released' : 'too-old';
    const saved = await release(context, work, { note: { kind, decision }, keep: [] });
    await notifyReleased(context, work.transaction, saved, { votes: decision.votes, why: 'unreachable' });
  });
  const { system, id } = signal.instance;
  context.log.warn({ system, instance: id }, 'A decision was given up: it could not be sent in time');
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
  const { verdict, votes } = signal.decision;
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
    const may = mayDecide(person, approval.instance, context.policy);
    if (may.kind === 'group-not-checked') throw groupsUnknown();
    if (may.kind === 'yes') {
      kept.push({ ...vote, identities: may.identities });
      quorum = may.rule.quorum;
    } else lost.push(vote);
  }
  if (lost.length > 0) return giveUp(context, signal, { lost, kept });
  const have = countDistinct(withCounted(approval, kept));
  if (signal.decision.verdict === 'deny' || have >= quorum) return true;
  return giveUp(context, signal, { lost, kept, note: { kind: 'quorum-raised', have, of: quorum } });
}

function isRepudiated({ disownedBy = [] }: Signal, vote: Vote): boolean {
  return disownedBy.some((person) => isSamePerson(person, vote.person));
}

/** Gives a decision up that does not stand any more; votes that still count are kept towards the next one. */
async function giveUp(
  context: Context,
  signal: Signal,
  because: {
    readonly lost: readonly Vote[];
    readonly kept: readonly Vote[];
    readonly note?: WaitingNote;
    readonly why?: VoidReason;
  },
): Promise<false> {
  const { lost, kept: keep, why = 'rights' } = because;
  const note = because.note ?? ({ kind: 'vote-void', names: lost.map(({ name }) => name) } as const);
  await inPhase(context, signal.id, 'claimed', async (work) => {
    const saved = await release(context, work, { note, keep });
    await notifyVotesVoid(context, work.transaction, { approval: saved, votes: lost, why });
  });
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
  reading: Exclude<FreshReading, { kind: 'hidden' }>,
): Promise<Instance | undefined> {
  if (reading.kind === 'found' && isBetween(reading.instance, signal)) {
    return wait(context, signal, new Error('The run is on its way'));
  }
  return inPhase(context, signal.id, 'claimed', async (work) => {
    if (reading.kind === 'not-visible' || !isAtStep(reading.instance, work.approval)) {
      await endUnsent(context, work, reading);
      return undefined;
    }
    const instance = seenBy(work.approval, reading.instance);
    const changes = factChanges(decisionFactsOf(work.approval.instance), decisionFactsOf(instance));
    if (changes.length === 0) return instance;
    const approval = { ...work.approval, instance, revision: work.approval.revision + 1 };
    const saved = await release(
      context,
      { ...work, approval },
      { note: { kind: 'facts-changed', changes }, keep: [] },
    );
    const votes = [...(await work.transaction.listVotes(saved.id)), ...signal.decision.votes];
    await work.transaction.removeVotes(saved.id);
    await notifyVotesVoid(context, work.transaction, { approval: saved, votes, why: 'facts-changed' });
    return undefined;
  });
}

/** Ends an approval whose instance moved before anything was sent: the move is nobody's of ours. */
async function endUnsent(
  context: Context,
  work: SignalWork,
  reading: Exclude<FreshReading, { kind: 'hidden' }>,
): Promise<void> {
  await settle(work);
  const waiting = { ...work.approval, state: { kind: 'waiting' } as const };
  const ended =
    reading.kind === 'not-visible'
      ? endApproval(waiting, { kind: 'not-visible' }, context.now())
      : endApproval(
          { ...waiting, instance: seenBy(waiting, reading.instance) },
          endingOf(membershipOf(waiting), { ...reading, kind: 'seen', isAssigned: false }),
          context.now(),
        );
  const saved = await save(context, work.transaction, ended);
  await notifyEnding(context, work.transaction, saved);
  await notifyReleased(context, work.transaction, saved, {
    votes: work.signal.decision.votes,
    why: 'overtaken',
  });
}
