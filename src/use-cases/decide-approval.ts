import type { Answer } from '../domain/answer.js';
import type { Vote } from '../domain/approval.js';
import type { Click } from '../domain/click.js';
import { identitiesOf, mayDecide } from '../domain/may-decide.js';
import { isSamePerson, type Person } from '../domain/person.js';
import { countVote } from '../domain/quorum.js';
import type { ApproverRule } from '../domain/rules.js';
import type { Signal } from '../domain/signal.js';
import { ChatError } from '../ports/errors.js';
import type { ClickWork } from './click-work.js';
import { backendOf, type Context } from './context.js';
import { adoptCard, matchCard } from './find-card.js';
import { judgeClick } from './judge-click.js';
import { sendSignal } from './send-signal.js';
import { save } from './signal-steps.js';
import { takeBack, withdrawVote } from './take-back.js';

/**
 * Works on a click that was written down, and returns what to tell its person.
 *
 * Checks the person, the card and the facts afresh; a vote is cast and the click finished in one transaction,
 * so a crash before it repeats everything and a crash after it repeats nothing. The vote that fills the quorum
 * claims the signal in that same transaction. Returns undefined if the click was finished before.
 */
export async function decideApproval(context: Context, clickId: string): Promise<Answer | undefined> {
  const click = await context.store.findClick(clickId);
  if (!click || click.answer) return undefined;
  const outcome = await workOn(context, click);
  if (!outcome) return undefined;
  context.log.info(
    {
      click: click.id,
      verb: click.verb,
      person: click.person.userId,
      answer: outcome.answer.kind,
      ...reasonOf(outcome.answer),
    },
    'A click was worked on',
  );
  context.kick();
  if (outcome.signalId === undefined) return outcome.answer;
  await carryOut(context, outcome.signalId);
  const approval = await context.store.findApproval(click.approvalId);
  return approval ? { kind: 'decided', approval } : outcome.answer;
}

/** From the claim on the decision stands: what breaks now is settled by the next observation, not undone. */
async function carryOut(context: Context, signalId: string): Promise<void> {
  try {
    await sendSignal(context, signalId);
  } catch (error) {
    const err = error instanceof Error ? error : new Error(String(error));
    context.log.error(
      { signal: signalId, err },
      'Carrying out a decision broke; the next observation takes it up',
    );
  }
}

interface Outcome {
  readonly answer: Answer;
  readonly signalId?: string;
}

async function workOn(context: Context, click: Click): Promise<Outcome | undefined> {
  const approval = await context.store.findApproval(click.approvalId);
  const match = approval && (await matchCard(context.store, approval.id, click.message));
  if (!approval || match === 'strange') return finish(context, click, { kind: 'unknown-card' });
  const { system } = approval.instance.ref;
  if (!backendOf(context, system)) return finish(context, click, { kind: 'no-system', system });
  if (match === 'adoptable') await adoptCard(context, approval.id, click.message);
  const person = await lookUp(context, click);
  if (!person) return finish(context, click, { kind: 'person-not-checked' });
  if (isTooOld(context, click)) {
    const verdict = click.verb === 'deny' ? 'deny' : 'approve';
    return finish(context, click, { kind: 'too-old', verdict });
  }
  return inOneTransaction(context, click, person);
}

/** A person who cannot be checked is a no, never a maybe. */
async function lookUp(context: Context, click: Click): Promise<Person | undefined> {
  try {
    const person = await context.chat.lookUpPerson(click.person);
    await context.store.rememberPerson(person, context.now());
    return person;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn(
      { person: click.person.userId, err: error },
      'A person could not be checked; the click was refused',
    );
    return undefined;
  }
}

function isTooOld(context: Context, click: Click): boolean {
  const decides = click.verb === 'approve' || click.verb === 'deny';
  return decides && context.now() - click.atMs >= context.policy.keepTryingForMs;
}

async function finish(context: Context, click: Click, answer: Answer): Promise<Outcome> {
  await context.store.finishClick(click.id, answer, context.now());
  return { answer };
}

async function inOneTransaction(
  context: Context,
  click: Click,
  person: Person,
): Promise<Outcome | undefined> {
  return context.store.inTransaction(async (memory) => {
    const stored = await memory.findClick(click.id);
    if (!stored || stored.answer) return undefined;
    const approval = await memory.findApproval(click.approvalId);
    if (!approval) return undefined;
    const outcome = await act({ context, memory, click, person, approval });
    await memory.finishClick(click.id, outcome.answer, context.now());
    return outcome;
  });
}

async function act(work: ClickWork): Promise<Outcome> {
  const { context, click, person, approval } = work;
  const nowhere = judgeClick(approval, click);
  if (nowhere?.kind === 'over') return { answer: nowhere };
  if (click.verb === 'take-back') return { answer: await takeBack(work) };
  if (click.verb === 'withdraw') return { answer: nowhere ?? (await withdrawVote(work)) };
  const may = mayDecide(person, approval.instance, context.policy);
  if (may.kind !== 'yes') return { answer: { kind: 'refused', why: may } };
  if (nowhere) return { answer: nowhere };
  const chosen = chosenOutput(work);
  if (!chosen) return { answer: { kind: 'unknown-card' } };
  const isModalWanted = click.verb === 'deny' || may.rule.approveWith === 'comment';
  if (isModalWanted && click.via !== 'modal') return { answer: { kind: 'press-again' } };
  return castVote(work, may.rule, chosen);
}

/** Names the output that was chosen, where there are outputs; undefined for a choice no button of ours offers. */
function chosenOutput({ click, approval: { told } }: ClickWork): Pick<Vote, 'output'> | undefined {
  if (!told) return click.output === undefined ? {} : undefined;
  const output = told.activityId === undefined ? undefined : told.outputs[click.output ?? -1];
  return output?.verdict === click.verb ? { output: output.name } : undefined;
}

async function castVote(work: ClickWork, rule: ApproverRule, chosen: Pick<Vote, 'output'>): Promise<Outcome> {
  const { context, memory, click, approval } = work;
  const votes = await memory.listVotes(approval.id);
  const vote = { ...voteOf(work), ...chosen };
  const outcome = countVote(votes, vote, rule.quorum);
  switch (outcome.kind) {
    case 'already-voted':
      return { answer: outcome };
    case 'same-identity':
      return { answer: { kind: 'same-identity', other: outcome.other.name } };
    case 'counted':
      await memory.addVote(approval.id, vote);
      await save(context, memory, approval);
      return { answer: { kind: 'vote-counted', have: outcome.have, of: outcome.of } };
    case 'fills': {
      const signal = claimOf(work, outcome.votes, chosen);
      if (!(await memory.addSignal(signal))) return { answer: { kind: 'being-decided', approval } };
      if (click.verb === 'approve') await memory.addVote(approval.id, vote);
      const { decision } = signal;
      const saved = await save(context, memory, { ...approval, state: { kind: 'deciding', decision } });
      return { answer: { kind: 'decided', approval: saved }, signalId: signal.id };
    }
  }
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
    holder: context.holder,
    leaseUntilMs: 0,
    claimedAtMs: context.now(),
    sends: 0,
    stillWaitingReads: 0,
  };
}

function reasonOf(answer: Answer): { readonly reason?: string } {
  return answer.kind === 'refused' ? { reason: answer.why.kind } : {};
}
