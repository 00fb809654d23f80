import type { ClickReply } from '../../domain/answer.js';
import type { ApprovalState } from '../../domain/approval-state.js';
import { isCounted, notCounted } from '../../domain/counted.js';
import type { Vote } from '../../domain/decision.js';
import { identitiesOf } from '../../domain/may-decide.js';
import { isSamePerson } from '../../domain/person.js';
import { countVote } from '../../domain/quorum.js';
import type { ApproverRule } from '../../domain/rules.js';
import type { Signal } from '../../domain/signal.js';
import { save } from '../signals/signal-steps.js';
import type { ClickWork } from './click-work.js';
import { giveReceipt } from './give-receipt.js';

/** What a click leads to: an answer, and the signal its vote claimed, if it filled the quorum. */
export interface Outcome {
  readonly answer: ClickReply;
  readonly signalId?: string;
}

/** Counts a vote among the others; the one that fills the quorum claims the signal in the same transaction. */
export async function castVote(
  work: ClickWork,
  { rule, chosen }: { readonly rule: ApproverRule; readonly chosen: Pick<Vote, 'output'> },
): Promise<Outcome> {
  const { context, transaction, click, approval } = work;
  if (isCounted(approval, click.person)) return { answer: countedAlready(approval) };
  const votes = await transaction.listVotes(approval.id);
  const vote = { ...voteOf(work), ...chosen };
  const outcome = countVote(votes, vote, rule.quorum);
  switch (outcome.kind) {
    case 'already-voted':
      return { answer: outcome };
    case 'same-identity':
      return { answer: sameIdentity(outcome.other) };
    case 'counted':
      await transaction.addVote(approval.id, vote);
      await save(context, transaction, approval);
      await giveReceipt(context, transaction, { approval, vote, rule });
      return { answer: { kind: 'vote-counted', have: outcome.have, of: outcome.of, ...chosen } };
    case 'fills': {
      const claim = claimOf(work, notCounted(approval, outcome.votes), chosen);
      const signal = rule.holdMs ? { ...claim, notBeforeMs: context.now() + rule.holdMs } : claim;
      if (!(await transaction.addSignal(signal))) return { answer: { kind: 'being-decided', approval } };
      if (click.verb === 'approve') await transaction.addVote(approval.id, vote);
      const saved = await save(context, transaction, { ...approval, state: stateOf(signal) });
      await giveReceipt(context, transaction, { approval: saved, vote, rule });
      const reply = { kind: 'decided', approval: saved } as const;
      return signal.notBeforeMs === undefined ? { answer: reply, signalId: signal.id } : { answer: reply };
    }
  }
}

function stateOf({ decision, notBeforeMs }: Signal): ApprovalState {
  if (notBeforeMs === undefined) return { kind: 'deciding', decision };
  return { kind: 'held', decision, untilMs: notBeforeMs, waitsFor: 'hold' };
}

/** What went out in somebody's own name cannot be given twice, nor be unsaid. */
function countedAlready({ counted = [], requirement }: ClickWork['approval']): ClickReply {
  const have = counted.length;
  return { kind: 'already-voted', have, of: Math.max(requirement.needed ?? 0, have + 1) };
}

function sameIdentity({ name, output }: Vote): ClickReply {
  return { kind: 'same-identity', other: name, ...(output === undefined ? {} : { output }) };
}

function voteOf({ context, click, person, approval }: ClickWork): Vote {
  return {
    person: person.id,
    name: context.policy.people.find((one) => isSamePerson(one.id, person.id))?.name ?? person.name,
    identities: identitiesOf(person, approval.instance.ref.system, context.policy),
    verdict: click.verb === 'deny' ? 'deny' : 'approve',
    ...(click.comment === undefined || click.comment === '' ? {} : { comment: click.comment }),
    atMs: click.atMs,
    revision: click.revision,
  };
}

function claimOf(
  { context, click, approval }: ClickWork,
  votes: readonly Vote[],
  chosen: Pick<Vote, 'output'>,
): Signal {
  return {
    id: context.newId(),
    approvalId: approval.id,
    instance: approval.instance.ref,
    step: approval.step,
    revision: approval.revision,
    decision: { verdict: click.verb === 'deny' ? 'deny' : 'approve', ...chosen, votes, atMs: click.atMs },
    phase: 'claimed',
    holder: context.replicaId,
    leaseUntilMs: 0,
    claimedAtMs: context.now(),
    sends: 0,
    stillWaitingReads: 0,
  };
}
