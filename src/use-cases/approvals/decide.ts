import {
  type Approval,
  decisionFactsOf,
  isCounted,
  isPlanned,
  notCounted,
  roomForComment,
  type Seat,
  type Vote,
  withCounted,
} from '../../domain/approval.js';
import { claimedSignal, type LifecycleEvent } from '../../domain/approval-lifecycle.js';
import type { Card } from '../../domain/card.js';
import { mayRun } from '../../domain/change.js';
import type { Delivery } from '../../domain/notification.js';
import {
  canBeNamedByNone,
  isSamePerson,
  namedBy,
  type Person,
  type PersonId,
  personKey,
} from '../../domain/person.js';
import {
  type ApproverRule,
  approverRuleFor,
  identitiesOf,
  type MayDecide,
  mayDecide,
  namingsOf,
} from '../../domain/policy.js';
import { isShownWhole } from '../../domain/request.js';
import {
  type BulkPart,
  type Click,
  type ClickReply,
  type ClickVerb,
  chosenOutput,
  clickLeaseMs,
  countVote,
  type Dialog,
  earlierVote,
  isBeyondOneAccount,
  isReceiptOf,
  type MessageRef,
  type Missing,
  missingIn,
  type Receipt,
  seatTaken,
  signalsAsPerson,
  votesOn,
  wantsReceipt,
  whyNotInBulk,
} from '../../domain/voting.js';
import { ChatError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { mapAtMost } from '../../shared/async.js';
import { asError, defined } from '../../shared/language.js';
import { goOnWith, traceId } from '../../shared/trace.js';
import {
  type Away,
  backendOf,
  type ClickWork,
  type Context,
  checkApprovers,
  isNamedByNone,
  isSettling,
  recallPerson,
  rememberPerson,
  type StoredWork,
  whoIsAway,
} from '../context.js';
import { endClick } from '../ledger/record.js';
import { askToLink, checkLink } from '../links/account-linking.js';
import { countClick } from '../monitoring.js';
import { notifyPerson } from '../notifications/notify.js';
import { areRulesInForce, checkRules, RulesChanged, voidVotes } from '../rules.js';
import { basisOf, findingsOfBasis, isOutdated, showCard } from '../show-card.js';
import { advance } from './advance.js';
import { sendSignal } from './send-signal.js';

/** What somebody submits a modal with. */
export interface Submitted {
  /** Their name, as the chat says it. */
  readonly name: string;
  readonly comment: string;
  readonly typed: string;
}

/** A press on a card's button, before it is anything more. */
export interface ButtonClick {
  readonly verb: ClickVerb | 'details';
  /** Which of the outputs the workflow offered, counted from 0; absent where there are only the two answers. */
  readonly output?: number;
  readonly approvalId: string;
  readonly revision: number;
  readonly message: MessageRef;
  readonly from?: Click['from'];
  readonly basis?: string;
  readonly person: PersonId;
}

/**
 * What can be said of a press at once.
 *
 * `reply`: the press cannot lead anywhere any more (over, being decided, other facts, unknown card). A press
 * that decides is then written down and worked on all the same, so that its refusal is recorded.
 */
export type ClickPreview =
  | { readonly kind: 'answer'; readonly answer: ClickReply }
  | {
      readonly kind: 'card';
      readonly card: Card;
      readonly approval: Approval;
      /** From the person as last known; absent when never looked up. The authoritative check comes later. */
      readonly mayDecide?: MayDecide;
      readonly person?: Person;
      /** They would have to link their account before they could decide. */
      readonly isLinkMissing?: true;
      /** They may have the evidence about it sent; set where only details are wanted. */
      readonly hasEvidence?: true;
    };

/** Whether a comment fits. */
export type CommentCheck =
  | { readonly kind: 'fits' }
  | { readonly kind: 'too-long'; readonly byCharacters: number }
  | { readonly kind: 'incomplete'; readonly missing: Missing };

/**
 * Says what a press may lead to, from what is already known: nothing is read over the network and nothing is
 * decided.
 */
export async function previewClick(context: Context, click: ButtonClick): Promise<ClickPreview> {
  const { store, policy } = context;
  const approval = await store.findApproval(click.approvalId);
  if (!approval) return { kind: 'answer', answer: await whyUnknown(store, click.approvalId) };
  if ((await matchCard(store, approval.id, click.message)) === 'strange') {
    return { kind: 'answer', answer: { kind: 'unknown-card' } };
  }
  if (click.verb !== 'details' && policy.shadow) return { kind: 'answer', answer: { kind: 'shadow' } };
  const nowhere =
    click.verb === 'details'
      ? undefined
      : judgeClick(approval, { verb: click.verb, revision: click.revision });
  if (nowhere) return { kind: 'answer', answer: nowhere };
  const decides = click.verb === 'approve' || click.verb === 'deny';
  if (decides && (await isSettling(context, approval.instance.ref.system)))
    return { kind: 'answer', answer: { kind: 'settling' } };
  const chosen = chosenOutput(approval, click);
  if (decides && chosen.kind === 'none') {
    return { kind: 'answer', answer: { kind: 'unknown-card' } };
  }
  const rule = approverRuleFor(approval.instance, policy);
  const earlier =
    click.verb === 'approve' && rule
      ? earlierVote(
          await store.listVotes(approval.id),
          { person: click.person, revision: click.revision, ...outputOf(chosen) },
          rule.quorum,
        )
      : undefined;
  if (earlier) return { kind: 'answer', answer: earlier };
  const card = await showCard(context, approval);
  const person = await recallPerson(store, click.person);
  const isNamed = !canBeNamedByNone(click.person, namingsOf(rule));
  const { delegations } = await whoIsAway(context, store);
  const hasEvidence =
    click.verb === 'details' && mayHaveEvidence(context, person ?? unnamed(click), approval);
  const evidence = hasEvidence ? { hasEvidence } : {};
  if (!person && isNamed) return { kind: 'card', card, approval, ...evidence };
  const isLinkMissing = decides && (await lacksLink(context, approval, click.person));
  return {
    kind: 'card',
    card,
    approval,
    ...defined({ person }),
    mayDecide: mayDecide(person ?? unnamed(click), approval.instance, policy, delegations),
    ...(isLinkMissing ? { isLinkMissing } : {}),
    ...evidence,
  };
}

/** As the verb would: it is checked afresh before anything is sent. */
function mayHaveEvidence({ evidence, policy }: Context, person: Person, { instance }: Approval): boolean {
  const target = { system: instance.ref.system, definition: instance.definition.name };
  return evidence !== undefined && mayRun(person, 'evidence', target, policy.operators).kind === 'yes';
}

/**
 * Tells whether a press decides by itself, whatever a look would say: its rule wants no window.
 *
 * Asked first, because most presses of a busy hour are of this kind and wait for nothing else.
 */
export async function decidesAtOnce({ store, policy }: Context, click: ButtonClick): Promise<boolean> {
  if (policy.shadow) return false;
  if (click.verb !== 'approve') return false;
  const approval = await store.findApproval(click.approvalId);
  if (!approval || !isOneClick(approval, approverRuleFor(approval.instance, policy))) return false;
  return click.basis === basisOf(approval, policy);
}

/** Tells whether a rule wants a single click, and a card can show all that it signs; else the window opens first. */
function isOneClick({ instance }: Approval, rule: ApproverRule | undefined): boolean {
  return rule?.approveWith === 'one-click' && isShownWhole(instance.facts);
}

/** Tells whether a decision would be asked to link an account first, as far as is known without asking anybody. */
async function lacksLink(
  { store, policy }: Context,
  { instance: { ref } }: Approval,
  person: PersonId,
): Promise<boolean> {
  return signalsAsPerson(policy, ref.system) && (await store.findLink(ref.system, person)) === undefined;
}

/** Finds the modal somebody submits; absent when it was never opened by that person. */
export async function findDialog(
  { store }: Context,
  id: string,
  person: PersonId,
): Promise<Dialog | undefined> {
  const dialog = await store.findDialog(id);
  return dialog && isSamePerson(dialog.person, person) ? dialog : undefined;
}

/** Tells whether what was typed is enough, and fits with the attribution it will carry, while typing is possible. */
export async function checkComment(
  context: Context,
  dialog: Dialog,
  { name, comment, typed }: Submitted,
): Promise<CommentCheck> {
  const approval = await context.store.findApproval(dialog.approvalId);
  if (!approval) return { kind: 'fits' };
  const rule = approverRuleFor(approval.instance, context.policy);
  const missing = missingIn({ verb: dialog.verb, comment, typed }, { rule, approval });
  if (missing) return { kind: 'incomplete', missing };
  const others =
    dialog.verb === 'deny' ? [] : votesOn(await context.store.listVotes(approval.id), dialog.revision);
  const known = await context.store.recallPerson(dialog.person);
  const person = known ?? { id: dialog.person, name, membership: 'member' as const };
  const identities = identitiesOf(person, approval.instance.ref.system, context.policy);
  const { delegations } = await whoIsAway(context, context.store);
  const may = mayDecide(person, approval.instance, context.policy, delegations);
  const seat = may.kind === 'yes' ? may.seats?.[0] : undefined;
  const isReason = dialog.verb === 'deny' || rule?.approveWith === 'reason';
  const voter = { name, identities, person: dialog.person, isReason, ...defined({ seat }) };
  const byCharacters = comment.length - roomForComment(dialog.verb, others, voter);
  return byCharacters > 0 ? { kind: 'too-long', byCharacters } : { kind: 'fits' };
}

/** Works on a click somebody is waiting for, and answers privately; where no way is open, by direct message. */
export async function workOnClick(context: Context, clickId: string): Promise<void> {
  const reply = await decideOrBreak(context, clickId);
  const click = await context.store.findClick(clickId);
  if (!reply || !click || isShownOnCard(reply)) return;
  if (await context.chat.replyToClick(click, reply)) return;
  if (!isKept(reply)) await replyLate(context, click, reply);
}

/** Works on every click that was written down and not finished, as after a restart; answers by direct message. */
export async function resumeClicks(context: Context): Promise<void> {
  await replyToAll(context, await context.store.listUnfinishedClicks());
}

/**
 * Works on clicks that whoever took them has not finished in time, as when that bot is dead; answers by direct
 * message. If it is only slow, whoever ends first counts.
 */
export async function takeUpClicks(context: Context): Promise<void> {
  await replyToAll(context, await context.store.claimClicks(context.now(), clickLeaseMs));
}

async function replyToAll(context: Context, clicks: readonly Click[]): Promise<void> {
  const leftOver = sharedLookUp(context);
  for (const click of clicks) {
    // The rest is taken up by whoever has the rules in force.
    if (!(await areRulesInForce(context, context.store))) return;
    try {
      await goOnWith(click.trace, 'click', () => takeUp(context, click, leftOver));
    } catch (error) {
      if (error instanceof RulesChanged) return;
      throw error;
    }
  }
}

async function takeUp(context: Context, click: Click, leftOver: LeftOver): Promise<void> {
  const reply = await decideOrBreak(context, click.id, leftOver);
  if (!reply || isKept(reply)) return;
  if (click.bulk) await reportBulk(context, click);
  else if (!isShownOnCard(reply)) await replyLate(context, click, reply);
  await countClick(context, click.id);
}

/** All of them were made before now, so nobody need be asked about twice. */
function sharedLookUp({ chat }: Context): LeftOver {
  const requested = new Map<string, Promise<Person>>();
  return {
    lookUp: (id) => {
      const known = requested.get(personKey(id)) ?? chat.lookUpPerson(id);
      requested.set(personKey(id), known);
      return known;
    },
  };
}

/** So many of the approvals given in one window are under way at a time. */
const bulkAtOnce = 4;

/** Works on approvals that were given together, each for itself, and then says what came of them. */
export async function workOnBulk(context: Context, clickIds: readonly string[]): Promise<void> {
  const leftOver = sharedLookUp(context);
  await mapAtMost(bulkAtOnce, clickIds, (id) => decideOrBreak(context, id, leftOver));
  const [first] = clickIds;
  const click = first === undefined ? undefined : await context.store.findClick(first);
  if (click) await reportBulk(context, click);
}

/** Has it said now what came of approvals that were given together, where that is owed. */
async function reportBulk(context: Context, { bulk, person }: Click): Promise<void> {
  if (!bulk) return;
  await context.store.inTransaction((transaction) => oweSummary(context, transaction, { bulk, person }, 0));
  context.scheduleDelivery();
}

/** So long a summary waits for what its decisions lead to, if nobody has it said sooner. */
const summaryWithinMs = 30_000;

/** Owes a summary of approvals that were given together; nothing before all of them have been worked on. */
async function oweSummary(
  { now }: Context,
  transaction: Transaction,
  { bulk, person }: Pick<Click, 'person'> & { readonly bulk: BulkPart },
  waitMs: number,
): Promise<void> {
  const { id, size } = bulk;
  for (let at = 0; at < size; at += 1) if (!(await transaction.findClick(`${id}.${at}`))?.reply) return;
  const notice = { kind: 'bulk-summary', bulk: { id, size } } as const;
  await transaction.replaceNotice(`bulk:${id}`, notice, { kind: 'person', person }, now() + waitMs);
}

/** Finishes a click; with the last of those given together goes that their person hears what came of them. */
async function finishClick(
  context: Context,
  transaction: Transaction,
  { click, answer }: { readonly click: Click; readonly answer: ClickReply },
): Promise<boolean> {
  const counts = await endClick(context, transaction, { click, answer });
  const { bulk, person } = click;
  if (counts && bulk) await oweSummary(context, transaction, { bulk, person }, summaryWithinMs);
  return counts;
}

/** What is taken up again has no answer yet; one that were told by message would be the only one. */
function isKept({ kind }: ClickReply): boolean {
  return kind === 'kept' || kind === 'checked-later';
}

/** The first word about a decision that was taken up is the card's. */
function isShownOnCard(reply: ClickReply): boolean {
  return reply.kind === 'decided';
}

async function replyLate(context: Context, click: Click, reply: ClickReply): Promise<void> {
  const approval = await context.store.findApproval(click.approvalId);
  await context.store.inTransaction((transaction) =>
    notifyPerson(context, transaction, click.person, `answer:${click.id}`, {
      kind: 'late-answer',
      approval,
      reply: reply,
    }),
  );
  context.scheduleDelivery();
}

/**
 * A defect of ours must not leave a person without an answer.
 *
 * A click that was not finished is finished as broken: cast later, it would be a decision its person was told
 * is none.
 */
async function decideOrBreak(
  context: Context,
  clickId: string,
  leftOver?: LeftOver,
): Promise<ClickReply | undefined> {
  try {
    return await decideApproval(context, clickId, leftOver);
  } catch (error) {
    // Nothing was written, so it is worked on anew by whoever has the rules in force.
    if (error instanceof RulesChanged) throw error;
    const ref = traceId() ?? context.newCode(6);
    context.log.error({ click: clickId, ref, err: asError(error) }, 'Processing a click failed');
    // Where the store is full, away or was lost, the click is taken up again; if its outcome was written, that stands.
    return context.store.isTransient(error)
      ? keep(context, clickId, ref)
      : finishBroken(context, clickId, ref);
  }
}

/** Leaves a click for later, unless its outcome was written before the store was lost: then that outcome stands. */
async function keep({ store, log }: Context, clickId: string, ref: string): Promise<ClickReply> {
  try {
    return (await store.findClick(clickId))?.reply ?? { kind: 'kept', ref };
  } catch (error) {
    log.error({ click: clickId, err: asError(error) }, 'The result of a click could not be read');
    return { kind: 'kept', ref };
  }
}

/**
 * Finishes a click as broken, and gives what became of it: where the store was lost just after it had written
 * the outcome, that outcome stands; where it can write nothing, the click is there to be taken up.
 */
async function finishBroken(context: Context, clickId: string, ref: string): Promise<ClickReply> {
  const broke: ClickReply = { kind: 'broke', ref };
  try {
    const click = await context.store.findClick(clickId);
    if (click)
      await context.store.inTransaction((transaction) =>
        finishClick(context, transaction, { click, answer: broke }),
      );
    return (await context.store.findClick(clickId))?.reply ?? broke;
  } catch (error) {
    context.log.error({ click: clickId, err: asError(error) }, 'A failed click could not be completed');
    return { kind: 'kept', ref };
  }
}

/** How a click is worked on that was left for later, by a bot that is dead or while nobody could say who pressed. */
interface LeftOver {
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
  if (!click || click.reply) return undefined;
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
    const err = asError(error);
    context.log.error(
      { signal: signalId, err },
      'Carrying out a decision failed; the next poll continues it',
    );
  }
}

async function workOn(
  context: Context,
  click: Click,
  leftOver: LeftOver | undefined,
): Promise<Outcome | undefined> {
  const approval = await context.store.findApproval(click.approvalId);
  if (!approval) return finish(context, click, await whyUnknown(context.store, click.approvalId));
  const match = await matchCard(context.store, approval.id, click.message);
  if (match === 'strange') return finish(context, click, { kind: 'unknown-card' });
  const { system } = approval.instance.ref;
  if (context.policy.shadow) return finish(context, click, { kind: 'shadow' });
  if (!backendOf(context, system)) return finish(context, click, { kind: 'no-system', system });
  if (decides(click) && approval.state.kind !== 'ended' && (await isSettling(context, system)))
    return finish(context, click, { kind: 'settling' });
  if (match === 'adoptable') await adoptCard(context, approval.id, click.message);
  // What somebody takes out of the count is theirs whoever they are, and may be sent while they are looked up.
  if (!decides(click) && !stopsRule(approval, click)) return inOneTransaction(context, click, takeOut);
  const rule = approverRuleFor(approval.instance, context.policy);
  if (await isNamedByNone(context, click.person, namingsOf(rule)))
    return inOneTransaction(context, click, (work) =>
      act({ ...work, person: unnamed(click), link: 'linked' }),
    );
  const person = await check(context, click, async (id) => {
    await checkApprovers(context, id);
    return (leftOver?.lookUp ?? context.chat.lookUpPerson)(id);
  });
  if (person === 'later' && !isPast(context, click)) return leaveForLater(context, click);
  if (person === 'later' || !person) return inOneTransaction(context, click, leaveUnchecked);
  const link = await checkLink(context, { click, system });
  return inOneTransaction(context, click, async (work) => {
    if (leftOver && (await isReplaced(work))) return { answer: { kind: 'replaced' } };
    const known = await rememberPerson(work.transaction, person, context.now());
    return act({ ...work, person: known, link });
  });
}

/** Somebody whom no rule names may not decide, whoever they are. */
function unnamed({ person }: Pick<Click, 'person'>): Person {
  return { id: person, name: person.userId, membership: 'member' };
}

/** Tells whether a click stops a rule from approving by itself, which is nobody's own decision to take back. */
function stopsRule({ state, ...approval }: Approval, { verb }: Click): boolean {
  if (verb !== 'take-back') return false;
  return isPlanned({ state, ...approval }) || (state.kind === 'held' && state.decision.rule !== undefined);
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
    return error.code === 'refused' ? undefined : 'later';
  }
}

function isPast({ now, policy }: Context, { atMs }: Click): boolean {
  return now() - atMs >= policy.keepTryingForMs;
}

/** Says nothing of a click that somebody else has finished meanwhile. */
async function leaveForLater({ store }: Context, { id }: Click): Promise<Outcome | undefined> {
  const stored = await store.findClick(id);
  return stored?.reply ? undefined : { answer: { kind: 'checked-later' } };
}

/** Gives nothing when somebody else has finished the click meanwhile: their answer is the true one. */
async function finish(context: Context, click: Click, reply: ClickReply): Promise<Outcome | undefined> {
  const counts = await context.store.inTransaction(async (transaction) => {
    await checkRules(context, transaction);
    return finishClick(context, transaction, { click, answer: reply });
  });
  return counts ? { answer: reply } : undefined;
}

async function inOneTransaction(
  context: Context,
  click: Click,
  work: (found: StoredWork) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  return context.store.inTransaction(async (transaction) => {
    const stored = await transaction.findClick(click.id);
    if (!stored || stored.reply) return undefined;
    await checkRules(context, transaction);
    const approval = await transaction.findApproval(click.approvalId);
    if (!approval) return undefined;
    const outcome = await work({ context, transaction, click, approval });
    if (outcome.answer.kind !== 'checked-later') {
      await finishClick(context, transaction, { click, answer: outcome.answer });
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

/** Leaves to people what a rule would have approved by itself; whoever may be called on to decide it may stop it. */
async function stopRule(work: ClickWork): Promise<Outcome> {
  const { context, click, person, approval } = work;
  if (!stopsRule(approval, click)) return takeOut(work);
  const { delegations } = await whoIsAway(context, work.transaction);
  const why = whyNotStop(person, approval, { policy: context.policy, delegations });
  if (why) return { answer: { kind: 'refused', why } };
  if (approval.state.kind === 'waiting' && click.revision !== approval.revision)
    return { answer: { kind: 'facts-changed', approval, changes: [] } };
  const left = await leaveToPeople(work, { why: 'stopped', by: voteOf(work).name });
  if (!left && approval.state.kind !== 'waiting')
    return { answer: { kind: 'too-late-to-take-back', approval } };
  return { answer: { kind: 'rule-stopped', approval: left ?? approval } };
}

/** Nothing is decided by whom nobody can tell of; nor does a rule go on that they may have stopped. */
async function leaveUnchecked(work: StoredWork): Promise<Outcome> {
  if (stopsRule(work.approval, work.click)) await leaveToPeople(work, { why: 'brake' });
  return { answer: { kind: 'person-not-checked' } };
}

/** Ends what a rule has planned, or has decided and not sent; gives the approval as people have it then. */
async function leaveToPeople(
  { context, transaction, approval, click }: StoredWork,
  how: Pick<Extract<LifecycleEvent, { kind: 'left-to-people' }>, 'why' | 'by'>,
): Promise<Approval | undefined> {
  if (approval.state.kind === 'waiting')
    return (await advance(context, { transaction, approval }, { kind: 'left-to-people', ...how }))?.approval;
  const unsettled = await transaction.listUnsettledSignals(approval.instance.ref.system);
  const signal = unsettled.find((one) => one.approvalId === approval.id);
  const event = { kind: 'taken-back', person: click.person } as const;
  return (await advance(context, { transaction, approval, signal }, event))?.approval;
}

/** Stopping decides nothing, so it takes no more than being named by the rule, or deciding in the place of who is. */
function whyNotStop(
  person: Person,
  { instance }: Approval,
  { policy, delegations }: { readonly policy: Context['policy'] } & Pick<Away, 'delegations'>,
): Exclude<MayDecide, { kind: 'yes' }> | undefined {
  if (person.membership !== 'member') return { kind: 'not-a-member', membership: person.membership };
  if (person.isSuspended) return { kind: 'suspended' };
  const rule = approverRuleFor(instance, policy);
  if (!rule) return { kind: 'no-rule' };
  if (namedBy(rule, person) !== 'no') return undefined;
  return mayDecide(person, instance, policy, delegations).kind === 'yes'
    ? undefined
    : { kind: 'not-an-approver', rule };
}

async function act(work: ClickWork): Promise<Outcome> {
  const { context, click, person, approval } = work;
  if (click.verb === 'take-back') return stopRule(work);
  if (isPast(context, click)) return { answer: tooOld(work) };
  const nowhere = judgeClick(approval, click);
  if (nowhere?.kind === 'over') return { answer: nowhere };
  const { delegations } = await whoIsAway(context, work.transaction);
  const may = mayDecide(person, approval.instance, context.policy, delegations);
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
  const basis = basisOf(approval, context.policy);
  const isShown = click.basis === basis;
  const alone =
    click.bulk && (whyNotInBulk(approval, context.policy) ?? (isShown ? undefined : 'other-findings'));
  if (alone) return { answer: { kind: 'not-in-bulk', reason: alone } };
  // A press that brings nothing along was to open a window.
  if (verb === 'approve' && !isShown && (click.via === 'modal' || click.basis !== undefined))
    return showAnew(work, basis);
  const counting = verb === 'approve' ? await withoutOutdated(work, basis) : work;
  if (verb === 'approve') {
    // Nobody is asked for a comment on what adds nothing.
    const votes = await work.transaction.listVotes(approval.id);
    const earlier = earlierVote(
      votes,
      { person: click.person, revision: click.revision, ...outputOf(chosen) },
      may.rule.quorum,
    );
    if (earlier) return { answer: earlier };
  }
  // Only a card shows all that one click signs; a list or a Home page has a row.
  const isModalWanted =
    verb === 'deny' || click.from !== undefined || !isShown || !isOneClick(approval, may.rule);
  if (isModalWanted && click.via !== 'modal') return { answer: { kind: 'press-again' } };
  const missing = missingIn({ ...click, verb }, { rule: may.rule, approval });
  if (missing) return { answer: { kind: 'incomplete', missing } };
  if (verb === 'approve' && isBeyondOneAccount(approval, context.policy))
    return { answer: { kind: 'beyond-one-account', approval } };
  return castVote(counting, { rule: may.rule, seats: may.seats, chosen: outputOf(chosen) });
}

/** Has the card drawn anew, as nobody else need have noticed: a day may do it on which other limits begin. */
async function showAnew(work: ClickWork, basis: string): Promise<Outcome> {
  const without = await withoutOutdated(work, basis);
  const shown = without === work ? await advance(work.context, work, { kind: 'votes-changed' }) : without;
  return { answer: { kind: 'shown-otherwise', approval: shown?.approval ?? work.approval } };
}

/** Takes out the votes that were given while something else stood out in the request. */
async function withoutOutdated(work: ClickWork, basis: string): Promise<ClickWork> {
  const { context, transaction, approval } = work;
  const lost = votesOn(await transaction.listVotes(approval.id), approval.revision).filter((vote) =>
    isOutdated(vote, basis),
  );
  if (lost.length === 0) return work;
  return { ...work, approval: await voidVotes(context, transaction, { approval, lost, why: 'findings' }) };
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

/** What a click leads to: an answer, and the signal its vote claimed, if it filled the quorum. */
interface Outcome {
  readonly answer: ClickReply;
  readonly signalId?: string;
}

/** Counts a vote among the others; the one that fills the quorum claims the signal in the same transaction. */
async function castVote(
  work: ClickWork,
  {
    rule,
    seats,
    chosen,
  }: {
    readonly rule: ApproverRule;
    readonly seats: readonly Seat[] | undefined;
    readonly chosen: Pick<Vote, 'output'>;
  },
): Promise<Outcome> {
  const { context, transaction, click, approval } = work;
  const { domains } = context.policy;
  if (isCounted(approval, click.person)) return { answer: countedAlready(approval) };
  const takingBack = await transaction.listCallingOff(approval.id);
  const votes = (await transaction.listVotes(approval.id)).filter(
    ({ person }) =>
      isSamePerson(person, click.person) || !takingBack.some((one) => isSamePerson(one, person)),
  );
  const standing = withCounted(approval, votesOn(votes, click.revision));
  const given = { ...voteOf(work), ...chosen };
  const inSeats = seats?.map((seat) => ({ ...given, seat })) ?? [given];
  const vote = inSeats.find((one) => !seatTaken(standing, one, domains)) ?? inSeats[0] ?? given;
  // What the system has counted in an approver's own name has used up their seat as well.
  const taken = vote.verdict === 'approve' ? seatTaken(approval.counted ?? [], vote, domains) : undefined;
  if (taken) return { answer: seatTakenBy(taken) };
  const outcome = countVote(votes, vote, { quorum: rule.quorum, domains });
  switch (outcome.kind) {
    case 'already-voted':
      return { answer: outcome };
    case 'same-identity':
      return { answer: sameIdentity(outcome.other) };
    case 'seat-taken':
      return { answer: seatTakenBy(outcome.other) };
    case 'counted':
      await transaction.addVote(approval.id, vote);
      await advance(context, { transaction, approval }, { kind: 'votes-changed' });
      await giveReceipt(context, transaction, { approval, vote, rule });
      return { answer: { kind: 'vote-counted', have: outcome.have, of: outcome.of, ...chosen } };
    case 'fills': {
      const { verdict } = vote;
      const nowMs = context.now();
      const votesThen = notCounted(approval, outcome.votes);
      const signal = claimedSignal(
        {
          id: context.newId(),
          replicaId: context.replicaId,
          decision: { verdict, ...chosen, votes: votesThen, atMs: click.atMs },
          ...(rule.holdMs ? { notBeforeMs: nowMs + rule.holdMs } : {}),
        },
        approval,
        nowMs,
      );
      const decided = await advance(context, { transaction, approval }, { kind: 'quorum-filled', signal });
      if (!decided) return { answer: { kind: 'being-decided', approval } };
      if (verdict === 'approve') await transaction.addVote(approval.id, vote);
      await giveReceipt(context, transaction, { approval: decided.approval, vote, rule });
      const answer = { kind: 'decided', approval: decided.approval } as const;
      return signal.notBeforeMs === undefined ? { answer, signalId: signal.id } : { answer };
    }
  }
}

/** What went out in somebody's own name cannot be given twice, nor be unsaid. */
function countedAlready({ counted = [], requirement }: ClickWork['approval']): ClickReply {
  const have = counted.length;
  return { kind: 'already-voted', have, of: Math.max(requirement.needed ?? 0, have + 1) };
}

function sameIdentity({ name, output }: Vote): ClickReply {
  return { kind: 'same-identity', other: name, ...defined({ output }) };
}

function seatTakenBy({ name, output, seat }: Vote): ClickReply {
  return { kind: 'seat-taken', other: name, ...defined({ seat: seat?.name, output }) };
}

function voteOf({ context, click, person, approval }: ClickWork): Vote {
  const listed = context.policy.people.find((one) => isSamePerson(one.id, person.id));
  return {
    person: person.id,
    ...(listed ? { name: listed.name } : { name: person.name, isSelfNamed: true }),
    identities: identitiesOf(person, approval.instance.ref.system, context.policy),
    verdict: click.verb === 'deny' ? 'deny' : 'approve',
    ...(click.comment === undefined || click.comment === '' ? {} : { comment: click.comment }),
    atMs: click.atMs,
    revision: click.revision,
    ...(click.verb === 'approve' && click.basis !== undefined
      ? { findings: findingsOfBasis(click.basis) }
      : {}),
  };
}

/** What a message has to do with an approval. */
type CardMatch = 'ours' | 'adoptable' | 'strange';

/** Says of an approval that is not there whether it ever was. */
async function whyUnknown(
  store: Pick<Transaction, 'findRemoval'>,
  approvalId: string,
): Promise<Extract<ClickReply, { kind: 'unknown-card' | 'removed' }>> {
  const removedAtMs = await store.findRemoval('approval', approvalId);
  return removedAtMs === undefined ? { kind: 'unknown-card' } : { kind: 'removed', removedAtMs };
}

/**
 * Tells whether a message shows an approval, or is the digest that stands for its card until that is posted.
 *
 * `adoptable`: we do not know the message, but a post of this card whose outcome was never told may have made
 * it. A known message that shows something else, or one nobody posted, is `strange`.
 */
async function matchCard(
  transaction: Transaction,
  approvalId: string,
  message: MessageRef,
): Promise<CardMatch> {
  const known = await transaction.findCardByMessage(message);
  if (known)
    return known.subject.kind === 'card' && known.subject.approvalId === approvalId ? 'ours' : 'strange';
  // A window opened from a list may be submitted after the card was posted at last.
  if (await transaction.isDigestFor(approvalId, message)) return 'ours';
  const copies = await transaction.listCards(approvalId);
  return copies.some((copy) => mayHaveMade(copy, message)) ? 'adoptable' : 'strange';
}

/**
 * Takes in a message a lost post has made, so that it is kept true like any other copy.
 *
 * Where that post would be tried again, the message takes its place: nothing is posted twice.
 */
async function adoptCard(context: Context, approvalId: string, message: MessageRef): Promise<void> {
  const { store, log, now } = context;
  log.info({ channel: message.channel }, 'A card from a post that had seemed lost was adopted');
  const copies = await store.listCards(approvalId);
  const missing = copies.find((copy) => copy.message === undefined && mayHaveMade(copy, message));
  if (missing) await store.markDelivered(missing.id, { message, version: 0 });
  else await store.adoptCard(approvalId, message, now());
}

/** A direct conversation has an id of its own, which is known only once a post there has succeeded. */
function mayHaveMade({ mayHavePosted, target }: Delivery, message: MessageRef): boolean {
  return mayHavePosted && (target.kind === 'person' || target.channel === message.channel);
}

/** Longer than codes of runs, so that one is not taken for the other. */
const codeLength = 6;

/**
 * Gives whoever has just decided a receipt, where the rule is one of those that want it, in the transaction of
 * the vote: it reaches them while a held decision can still be called back.
 */
async function giveReceipt(
  context: Context,
  transaction: Transaction,
  decided: { readonly approval: Approval; readonly vote: Vote; readonly rule: ApproverRule },
): Promise<void> {
  const { approval, vote, rule } = decided;
  if (!wantsReceipt(rule, context.policy)) return;
  const shown = decisionFactsOf(approval.instance);
  const code = await unusedReceiptCode(context, transaction);
  const receipt: Receipt = { code, approvalId: approval.id, vote, shown };
  await transaction.addReceipt(receipt);
  await notifyPerson(context, transaction, vote.person, `receipt:${code}`, {
    kind: 'receipt',
    receipt,
    approval,
  });
}

/** Says on the receipts of whoever clicked that what they stand for was withdrawn, in the transaction that does so. */
async function withdrawReceipts(
  { context, transaction, approval, click: { person } }: StoredWork,
  votes: readonly Vote[],
): Promise<void> {
  for (const { atMs } of votes.filter((vote) => isSamePerson(vote.person, person))) {
    const receipts = await transaction.listReceiptsAt(atMs);
    for (const receipt of receipts.filter((one) => isReceiptOf(one, person))) {
      if (receipt.approvalId !== approval.id) continue;
      const notice = { kind: 'receipt', receipt, approval, isWithdrawn: true } as const;
      const target = { kind: 'person', person } as const;
      await transaction.replaceNotice(`receipt:${receipt.code}`, notice, target, context.now());
    }
  }
}

async function unusedReceiptCode({ newCode }: Context, transaction: Transaction): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const code = newCode(codeLength + Math.floor(tries / 5));
    if (!(await transaction.isCodeTaken(code))) return code;
  }
}

/**
 * Says why a click can lead nowhere as an approval stands now, or nothing if it may go on.
 *
 * Speaks of the approval only, not of the person: whoever acts on an old card is told what became of it.
 */
function judgeClick(
  approval: Approval,
  click: { readonly verb: ClickVerb; readonly revision: number },
): ClickReply | undefined {
  const { state } = approval;
  if (state.kind === 'ended') return { kind: 'over', approval };
  if (click.verb === 'take-back') return undefined;
  if (state.kind === 'recorded') return { kind: 'account-counted', approval };
  if (state.kind !== 'waiting') return { kind: 'being-decided', approval };
  if (click.verb === 'withdraw' || click.revision === approval.revision) return undefined;
  const changes = state.note?.kind === 'facts-changed' ? state.note.changes : [];
  return { kind: 'facts-changed', approval, changes };
}

/** Takes back a decision that has not been sent yet; only somebody who made it may, and only while it is held. */
async function takeBack(work: StoredWork): Promise<ClickReply> {
  const { context, transaction, approval, click } = work;
  const { state } = approval;
  if (state.kind === 'waiting') return withdrawVote(work);
  if (state.kind !== 'held') return { kind: 'too-late-to-take-back', approval };
  if (!state.decision.votes.some((vote) => isSamePerson(vote.person, click.person)))
    return { kind: 'not-yours-to-take-back', approval };
  const unsettled = await transaction.listUnsettledSignals(approval.instance.ref.system);
  const signal = unsettled.find((one) => one.approvalId === approval.id);
  const event = { kind: 'taken-back', person: click.person } as const;
  const released = await advance(context, { transaction, approval, signal }, event);
  if (released) {
    await withdrawReceipts(work, state.decision.votes);
    await callOff(work, decides);
  }
  return released
    ? { kind: 'taken-back', approval: released.approval }
    : { kind: 'too-late-to-take-back', approval };
}

/** Withdraws a person's own vote, counted or still to be; always theirs to do until the signal is claimed. */
async function withdrawVote(work: StoredWork): Promise<ClickReply> {
  const { context, transaction, approval, click } = work;
  if (isCounted(approval, click.person)) return { kind: 'too-late-to-take-back', approval };
  const isCalledOff = await callOff(work, ({ verb }) => verb === 'approve');
  const votes = await transaction.listVotes(approval.id);
  if (await transaction.removeVote(approval.id, click.person)) {
    const changed = await advance(context, { transaction, approval }, { kind: 'votes-changed' });
    await withdrawReceipts(work, votes);
    return { kind: 'vote-withdrawn', approval: changed?.approval ?? approval };
  }
  return isCalledOff ? { kind: 'vote-withdrawn', approval } : { kind: 'nothing-to-withdraw' };
}

/**
 * Finishes what a person decided before they took it back, where nobody has counted it yet; tells whether there was
 * anything. Counted later, it would be a decision its person had called off.
 */
async function callOff(work: StoredWork, isMeant: (click: Click) => boolean): Promise<boolean> {
  const { context, transaction, click } = work;
  const earlier = (await othersOf(work)).filter((one) => isMeant(one) && isAfter(click, one));
  for (const one of earlier) {
    await finishClick(context, transaction, { click: one, answer: { kind: 'replaced' } });
  }
  return earlier.length > 0;
}

/** Tells whether a person has clicked something else about the approval since, which nobody has worked on yet. */
async function isReplaced(work: StoredWork): Promise<boolean> {
  const others = await othersOf(work);
  return others.some((one) => isAfter(one, work.click) && isOther(one, work.click));
}

function isAfter(a: Click, b: Click): boolean {
  return a.atMs > b.atMs || (a.atMs === b.atMs && a.id > b.id);
}

function isOther(a: Click, b: Click): boolean {
  return a.verb !== b.verb || a.output !== b.output;
}

async function othersOf({ transaction, click }: StoredWork): Promise<readonly Click[]> {
  const unfinished = await transaction.listUnfinishedClicks();
  return unfinished.filter(
    ({ id, approvalId, person }) =>
      id !== click.id && approvalId === click.approvalId && isSamePerson(person, click.person),
  );
}
