import type { ClickReply } from '../../domain/answer.js';
import { isBeyondOneAccount } from '../../domain/beyond-one-account.js';
import { chosenOutput } from '../../domain/chosen-output.js';
import type { Click } from '../../domain/click.js';
import type { Vote } from '../../domain/decision.js';
import { mayDecide } from '../../domain/may-decide.js';
import { missingIn } from '../../domain/missing-in.js';
import type { Person, PersonId } from '../../domain/person.js';
import { ChatError } from '../../ports/errors.js';
import { backendOf, type Context } from '../context.js';
import { endClick } from '../ledger/record-click.js';
import { askToLink, checkLink } from '../links/check-link.js';
import { rememberPerson } from '../people/look-up-person.js';
import { sendSignal } from '../signals/send-signal.js';
import { castVote, type Outcome } from './cast-vote.js';
import type { ClickWork, StoredWork } from './click-work.js';
import { adoptCard, matchCard } from './find-card.js';
import { judgeClick } from './judge-click.js';
import { isReplaced } from './own-clicks.js';
import { takeBack, withdrawVote } from './take-back.js';

/** How a click is worked on that was left for later, by a bot that is dead or while nobody could say who pressed. */
export interface LeftOver {
  /** Asks the chat about a person, later than they clicked. Throws `ChatError`. */
  readonly lookUp: (id: PersonId) => Promise<Person>;
}

/**
 * Works on a click that was written down, and returns what to tell its person.
 *
 * Checks the person, the card and the facts afresh; a vote is cast and the click finished in one transaction,
 * so a crash before it repeats everything and a crash after it repeats nothing. The vote that fills the quorum
 * claims the signal in that same transaction. Returns undefined if the click was finished before.
 *
 * Somebody the chat cannot tell of is a no, and no maybe; while it may still tell, the click stays as it is.
 */
export async function decideApproval(
  context: Context,
  clickId: string,
  leftOver?: LeftOver,
): Promise<ClickReply | undefined> {
  const click = await context.store.findClick(clickId);
  if (!click || click.answer) return undefined;
  const outcome = await workOn(context, click, leftOver);
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
  context.scheduleDelivery();
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

async function workOn(
  context: Context,
  click: Click,
  leftOver: LeftOver | undefined,
): Promise<Outcome | undefined> {
  const approval = await context.store.findApproval(click.approvalId);
  const match = approval && (await matchCard(context.store, approval.id, click.message));
  if (!approval || match === 'strange') return finish(context, click, { kind: 'unknown-card' });
  const { system } = approval.instance.ref;
  if (!backendOf(context, system)) return finish(context, click, { kind: 'no-system', system });
  if (match === 'adoptable') await adoptCard(context, approval.id, click.message);
  // What somebody takes out of the count is theirs whoever they are, and may be sent while they are looked up.
  if (!decides(click)) return inOneTransaction(context, click, takeOut);
  const person = await check(context, click, leftOver?.lookUp ?? context.chat.lookUpPerson);
  if (person === 'later' && !isPast(context, click)) return leaveForLater(context, click);
  if (person === 'later' || !person) return finish(context, click, { kind: 'person-not-checked' });
  const link = await checkLink(context, { click, system });
  return inOneTransaction(context, click, async (work) => {
    if (leftOver && (await isReplaced(work))) return { answer: { kind: 'replaced' } };
    const known = await rememberPerson(work.transaction, person, context.now());
    return act({ ...work, person: known, link });
  });
}

function decides({ verb }: Click): boolean {
  return verb === 'approve' || verb === 'deny';
}

/** Undefined if the chat will not tell; `later` if it may when it is asked again. */
async function check(
  context: Context,
  click: Click,
  lookUp: LeftOver['lookUp'],
): Promise<Person | 'later' | undefined> {
  try {
    return await lookUp(click.person);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn(
      { click: click.id, person: click.person.userId, err: error },
      'A person could not be checked',
    );
    return error.code === 'throttled' || error.code === 'unavailable' ? 'later' : undefined;
  }
}

function isPast({ now, policy }: Context, { atMs }: Click): boolean {
  return now() - atMs >= policy.keepTryingForMs;
}

/** Says nothing of a click that somebody else has finished meanwhile. */
async function leaveForLater({ store }: Context, { id }: Click): Promise<Outcome | undefined> {
  const stored = await store.findClick(id);
  return stored?.answer ? undefined : { answer: { kind: 'checked-later' } };
}

/** Gives nothing when somebody else has finished the click meanwhile: their answer is the true one. */
async function finish(context: Context, click: Click, reply: ClickReply): Promise<Outcome | undefined> {
  const counts = await context.store.inTransaction((transaction) =>
    endClick(context, transaction, { click, answer: reply }),
  );
  return counts ? { answer: reply } : undefined;
}

async function inOneTransaction(
  context: Context,
  click: Click,
  work: (found: StoredWork) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  return context.store.inTransaction(async (transaction) => {
    const stored = await transaction.findClick(click.id);
    if (!stored || stored.answer) return undefined;
    const approval = await transaction.findApproval(click.approvalId);
    if (!approval) return undefined;
    const outcome = await work({ context, transaction, click, approval });
    if (outcome.answer.kind !== 'checked-later') {
      await endClick(context, transaction, { click, answer: outcome.answer });
    }
    return outcome;
  });
}

async function takeOut(work: StoredWork): Promise<Outcome> {
  const { click, approval } = work;
  const nowhere = judgeClick(approval, click);
  if (nowhere) return { answer: nowhere };
  return { answer: await (click.verb === 'take-back' ? takeBack(work) : withdrawVote(work)) };
}

async function act(work: ClickWork): Promise<Outcome> {
  const { context, click, person, approval } = work;
  if (isPast(context, click)) return { answer: tooOld(work) };
  const nowhere = judgeClick(approval, click);
  if (nowhere?.kind === 'over') return { answer: nowhere };
  const may = mayDecide(person, approval.instance, context.policy);
  // Whom the settings do not map is known once they have linked their account.
  const couldLink = work.link !== 'linked' && (may.kind === 'yes' || may.kind === 'not-mapped');
  if (couldLink && !nowhere) return { answer: await askToLink(work, work.link) };
  // Somebody whom only a group names is no stranger because the chat does not tell who is in it.
  if (may.kind === 'group-not-checked') return { answer: nowhere ?? { kind: 'checked-later' } };
  if (may.kind !== 'yes') return { answer: { kind: 'refused', why: may } };
  if (nowhere) return { answer: nowhere };
  const chosen = chosenOutput(approval, click);
  if (chosen.kind === 'none') return { answer: { kind: 'unknown-card' } };
  const verb = click.verb === 'deny' ? 'deny' : 'approve';
  const isModalWanted = verb === 'deny' || may.rule.approveWith !== 'one-click';
  if (isModalWanted && click.via !== 'modal') return { answer: { kind: 'press-again' } };
  const missing = missingIn({ ...click, verb }, { rule: may.rule, approval });
  if (missing) return { answer: { kind: 'incomplete', missing } };
  if (verb === 'approve' && isBeyondOneAccount(approval, context.policy))
    return { answer: { kind: 'beyond-one-account', approval } };
  return castVote(work, { rule: may.rule, chosen: outputOf(chosen) });
}

function tooOld({ click, approval }: ClickWork): ClickReply {
  const verdict = click.verb === 'deny' ? 'deny' : 'approve';
  return { kind: 'too-old', verdict, ...outputOf(chosenOutput(approval, click)) };
}

/** Names the output that was chosen, where there are outputs. */
function outputOf(chosen: ReturnType<typeof chosenOutput>): Pick<Vote, 'output'> {
  return chosen.kind === 'output' ? { output: chosen.output.name } : {};
}

function reasonOf(reply: ClickReply): { readonly reason?: string } {
  return reply.kind === 'refused' ? { reason: reply.why.kind } : {};
}
