import type { Answer } from '../../domain/answer.js';
import { isCounted } from '../../domain/counted.js';
import { isSamePerson } from '../../domain/person.js';
import { release, save } from '../signals/signal-steps.js';
import type { ClickWork } from './click-work.js';

/** Takes back a decision that has not been sent yet; only somebody who made it may, and only while it is held. */
export async function takeBack(work: ClickWork): Promise<Answer> {
  const { context, memory, approval, person } = work;
  const { state } = approval;
  if (state.kind === 'waiting') return withdrawVote(work);
  if (state.kind !== 'held') return { kind: 'too-late-to-take-back', approval };
  const { votes } = state.decision;
  if (!votes.some((vote) => isSamePerson(vote.person, person.id)))
    return { kind: 'not-yours-to-take-back', approval };
  const unsettled = await memory.listUnsettledSignals(approval.instance.ref.system);
  const signal = unsettled.find((one) => one.approvalId === approval.id);
  if (signal?.phase !== 'claimed') return { kind: 'too-late-to-take-back', approval };
  const keep = votes.filter((vote) => !isSamePerson(vote.person, person.id));
  const saved = await release(context, { memory, signal, approval }, { note: undefined, keep });
  return { kind: 'taken-back', approval: saved };
}

/** Withdraws a person's own vote; always theirs to do until the signal is claimed. */
export async function withdrawVote({ context, memory, approval, person }: ClickWork): Promise<Answer> {
  if (isCounted(approval, person.id)) return { kind: 'too-late-to-take-back', approval };
  if (!(await memory.removeVote(approval.id, person.id))) return { kind: 'nothing-to-withdraw' };
  return { kind: 'vote-withdrawn', approval: await save(context, memory, approval) };
}
