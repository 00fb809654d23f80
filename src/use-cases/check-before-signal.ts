import { isAtStep, type Vote } from '../domain/approval.js';
import { decisionFactsOf, factChanges } from '../domain/decision-facts.js';
import { endApproval, endingOf } from '../domain/follow-approval.js';
import type { Instance } from '../domain/instance.js';
import { mayDecide } from '../domain/may-decide.js';
import type { Signal } from '../domain/signal.js';
import type { InstanceReading, WorkflowBackend } from '../ports/backend.js';
import { BackendError, ChatError, ContractError } from '../ports/errors.js';
import type { Context } from './context.js';
import { tellEnding, tellReleased, tellVotesVoid } from './notify.js';
import { hold, inPhase, release, type SignalWork, save, settle } from './signal-steps.js';

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
    const reading = await backend.getInstance(signal.instance);
    return await isStillTheSame(context, signal, reading);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError || error instanceof ChatError))
      throw error;
    const { system, id } = signal.instance;
    context.log.warn({ system, instance: id, err: error }, 'A decision waits: it cannot be checked now');
    await hold(context, signal.id);
    return undefined;
  }
}

/** Gives a decision up whose time is over, and tells those who made it that nothing was changed. */
async function isTooLate(context: Context, signal: Signal): Promise<boolean> {
  const { decision } = signal;
  if (context.now() - decision.atMs < context.policy.keepTryingForMs) return false;
  await inPhase(context, signal.id, 'claimed', async (work) => {
    const kind = work.approval.state.kind === 'held' ? 'released' : 'too-old';
    const saved = await release(context, work, { note: { kind, decision }, keep: [] });
    await tellReleased(context, work.memory, saved, { votes: decision.votes, why: 'unreachable' });
  });
  const { system, id } = signal.instance;
  context.log.warn({ system, instance: id }, 'A decision was given up: it could not be sent in time');
  return true;
}

/** Looks every voter up afresh; the vote of somebody who may not decide any more is taken out. */
async function haveVotersRights(context: Context, signal: Signal): Promise<boolean> {
  const approval = await context.store.findApproval(signal.approvalId);
  if (!approval) return false;
  const lost: Vote[] = [];
  for (const vote of signal.decision.votes) {
    const person = await context.chat.lookUpPerson(vote.person);
    await context.store.rememberPerson(person, context.now());
    if (mayDecide(person, approval.instance, context.policy).kind !== 'yes') lost.push(vote);
  }
  if (lost.length === 0) return true;
  await inPhase(context, signal.id, 'claimed', async (work) => {
    const keep = signal.decision.votes.filter((vote) => !lost.includes(vote));
    const note = { kind: 'vote-void', names: lost.map(({ name }) => name) } as const;
    const saved = await release(context, work, { note, keep });
    await tellVotesVoid(context, work.memory, { approval: saved, votes: lost, why: 'rights' });
  });
  return false;
}

async function isStillTheSame(
  context: Context,
  signal: Signal,
  reading: InstanceReading,
): Promise<Instance | undefined> {
  return inPhase(context, signal.id, 'claimed', async (work) => {
    if (reading.kind === 'not-visible' || !isAtStep(reading.instance, work.approval)) {
      await endUnsent(context, work, reading);
      return undefined;
    }
    const { instance } = reading;
    const changes = factChanges(decisionFactsOf(work.approval.instance), decisionFactsOf(instance));
    if (changes.length === 0) return instance;
    const approval = { ...work.approval, instance, revision: work.approval.revision + 1 };
    const saved = await release(
      context,
      { ...work, approval },
      { note: { kind: 'facts-changed', changes }, keep: [] },
    );
    const { votes } = signal.decision;
    await tellVotesVoid(context, work.memory, { approval: saved, votes, why: 'facts-changed' });
    return undefined;
  });
}

/** Ends an approval whose instance moved before anything was sent: the move is nobody's of ours. */
export async function endUnsent(context: Context, work: SignalWork, reading: InstanceReading): Promise<void> {
  await settle(work);
  const waiting = { ...work.approval, state: { kind: 'waiting' } as const };
  const ended =
    reading.kind === 'not-visible'
      ? endApproval(waiting, { kind: 'not-visible' }, context.now())
      : endApproval(
          { ...waiting, instance: reading.instance },
          endingOf(waiting.state, { kind: 'seen', instance: reading.instance, isAssigned: false }),
          context.now(),
        );
  const saved = await save(context, work.memory, ended);
  await tellEnding(context, work.memory, saved);
  await tellReleased(context, work.memory, saved, { votes: work.signal.decision.votes, why: 'overtaken' });
}
