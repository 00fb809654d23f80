import type { ClickReply } from '../../domain/answer.js';
import { isCounted } from '../../domain/counted.js';
import { isSamePerson } from '../../domain/person.js';
import { release, save } from '../signals/signal-steps.js';
import type { StoredWork } from './click-work.js';
import { callOff } from './own-clicks.js';

/** Takes back a decision that has not been sent yet; only somebody who made it may, and only while it is held. */
export async function takeBack(work: StoredWork): Promise<ClickReply> {
  const { context, transaction, approval, click } = work;
  const { state } = approval;
  if (state.kind === 'waiting') return withdrawVote(work);
  if (state.kind !== 'held') return { kind: 'too-late-to-take-back', approval };
  const { votes } = state.decision;
  if (!votes.some((vote) => isSamePerson(vote.person, click.person)))
    return { kind: 'not-yours-to-take-back', approval };
  const unsettled = await transaction.listUnsettledSignals(approval.instance.ref.system);
  const signal = unsettled.find((one) => one.approvalId === approval.id);
  if (signal?.phase !== 'claimed') return { kind: 'too-late-to-take-back', approval };
  const keep = votes.filter((vote) => !isSamePerson(vote.person, click.person));
  const saved = await release(context, { transaction, signal, approval }, { note: undefined, keep });
  return { kind: 'taken-back', approval: saved };
}

/** Withdraws a person's own vote, counted or still to be; always theirs to do until the signal is claimed. */
export async function withdrawVote(work: StoredWork): Promise<ClickReply> {
  const { context, transaction, approval, click } = work;
  if (isCounted(approval, click.person)) return { kind: 'too-late-to-take-back', approval };
  const isCalledOff = await callOff(work);
  if (await transaction.removeVote(approval.id, click.person))
    return { kind: 'vote-withdrawn', approval: await save(context, transaction, approval) };
  return isCalledOff ? { kind: 'vote-withdrawn', approval } : { kind: 'nothing-to-withdraw' };
}
