import {
  type Absence,
  type AbsenceEnd,
  type AwayPair,
  isUnattended,
  readUntil,
  replaces,
  rulesLeft,
  type UntilReading,
  whyAbsenceEnds,
  whyNoDelegate,
} from '../domain/absence.js';
import { isSamePerson, namedBy, type Person, type PersonId, personKey } from '../domain/person.js';
import { approverRuleFor, mayDecide } from '../domain/policy.js';
import type { Transaction } from '../ports/store.js';
import { defined } from '../shared/language.js';
import { advance } from './approvals/advance.js';
import { type Context, lookUpPerson, recallPerson, whoIsAway } from './context.js';
import { record, recordedPerson } from './ledger/record.js';
import { notifyOperators, notifyPerson } from './notifications/notify.js';
import { peopleOfRule } from './show-card.js';

/** What somebody says who will be away, as they typed or chose it. */
export interface AwayWish {
  readonly until: string;
  readonly delegate?: PersonId;
  readonly rule?: string;
  /** Names the window it was said in, so that it counts once however often that is submitted. */
  readonly key?: string;
}

/** What came of it. */
export type AwayResult =
  | {
      readonly kind: 'away';
      readonly absence: Absence;
      /** Rules in which nobody is left who can act. */
      readonly unattended: readonly string[];
    }
  /** Something else was said in the same window before, and stands. */
  | { readonly kind: 'away-before'; readonly absence: Absence }
  | {
      readonly kind: 'bad-date';
      readonly typed: string;
      readonly why: Exclude<UntilReading['kind'], 'until'>;
    }
  /** They are no approver, or not of that rule; these name them. */
  | { readonly kind: 'no-approver'; readonly typed?: string; readonly rules: readonly string[] }
  | { readonly kind: 'no-delegate'; readonly delegate: PersonId; readonly why: NoDelegate }
  | { readonly kind: 'may-not'; readonly why: 'suspended' | 'not-a-member' };

/** Why somebody cannot decide in another's place. */
export type NoDelegate =
  | 'yourself'
  | 'not-a-member'
  | 'suspended'
  | NonNullable<ReturnType<typeof whyNoDelegate>>;

/** What came of saying that one is back; `absences`: those that ended. */
export interface BackResult {
  readonly kind: 'back';
  readonly absences: readonly Absence[];
}

const idLength = 8;

/**
 * Notes that somebody will be away, and to whom they leave their place as an approver; both and the operators hear of it.
 *
 * Both are looked up afresh. What they said before of the same rules ends with it. Throws `ChatError` where the chat
 * cannot tell who they are.
 */
export async function goAway(context: Context, id: PersonId, wish: AwayWish): Promise<AwayResult> {
  const { store, policy, backends, now } = context;
  const person = await lookUpPerson(context, id);
  if (person.isSuspended) return { kind: 'may-not', why: 'suspended' };
  if (person.membership !== 'member') return { kind: 'may-not', why: 'not-a-member' };
  const rules = policy.approvers.filter((rule) => namedBy(rule, person) === 'yes').map(({ name }) => name);
  const rule = wish.rule === undefined ? undefined : ruleNamed(wish.rule, rules);
  if (rules.length === 0 || (wish.rule !== undefined && rule === undefined))
    return { kind: 'no-approver', rules, ...defined({ typed: wish.rule }) };
  const sinceMs = now();
  const reading = readUntil(wish.until, sinceMs, person.timeZone);
  if (reading.kind !== 'until') return { kind: 'bad-date', typed: wish.until, why: reading.kind };
  const delegate = wish.delegate && (await lookUpPerson(context, wish.delegate));
  const systems = [...backends.keys()];
  const result = await store.inTransaction(async (transaction): Promise<AwayResult> => {
    // Whose rights were suspended just now leaves nothing to anybody.
    if (await transaction.findSuspension(id)) return { kind: 'may-not', why: 'suspended' };
    const repeated = wish.key && (await transaction.getNote(`away/${wish.key}`));
    const said = repeated && (await transaction.findAbsence(repeated));
    if (said) {
      const isSame = isSaidIn(said, { ...wish, ...defined({ rule }) }, person);
      return isSame
        ? { kind: 'away', absence: said, unattended: [] }
        : { kind: 'away-before', absence: said };
    }
    const why = delegate && whyNotDelegate(context, { person, delegate, rule, systems });
    if (delegate && why) return { kind: 'no-delegate', delegate: delegate.id, why };
    const absence: Absence = {
      id: await unusedId(context, transaction),
      person: id,
      name: nameOf(context, person),
      ...(delegate ? { delegate: delegate.id, delegateName: nameOf(context, delegate) } : {}),
      ...defined({ rule }),
      sinceMs,
      untilMs: reading.untilMs,
    };
    const before = (await transaction.listAbsences()).filter(
      (one) => isSamePerson(one.person, id) && replaces(absence, one),
    );
    await transaction.addAbsence(absence);
    if (wish.key) await transaction.putNote(`away/${wish.key}`, absence.id);
    await recordAbsence(context, transaction, absence);
    for (const one of before) await end(context, transaction, { absence: one, why: 'replaced', by: absence });
    await showOnCards(context, transaction, absence);
    await notifyBegin(context, transaction, absence);
    const unattended = await watchRules(context, transaction);
    await wantHomes(context, transaction, absence);
    return { kind: 'away', absence, unattended: unattended.filter((name) => isIn(absence, name)) };
  });
  context.scheduleDelivery();
  return result;
}

/** Tells whether that is what a wish says; a time from now is one from when it was said first. */
function isSaidIn(
  { sinceMs, untilMs, rule, delegate }: Absence,
  wish: AwayWish,
  { timeZone }: Pick<Person, 'timeZone'>,
): boolean {
  const reading = readUntil(wish.until, sinceMs, timeZone);
  const isSameDelegate =
    delegate && wish.delegate ? isSamePerson(delegate, wish.delegate) : delegate === wish.delegate;
  return reading.kind === 'until' && reading.untilMs === untilMs && rule === wish.rule && isSameDelegate;
}

/** What an approver can choose from when they go away: rules that name them, and whom those list as delegates. */
export interface AwayChoices {
  readonly rules: readonly string[];
  readonly delegates: readonly Pick<Person, 'id' | 'name'>[];
}

/** Lists what an approver can choose from, by what is remembered. */
export async function listAwayChoices(
  { store, policy }: Pick<Context, 'store' | 'policy'>,
  id: PersonId,
): Promise<AwayChoices> {
  const person = await recallPerson(store, id);
  const rules = policy.approvers.filter((rule) => person && namedBy(rule, person) === 'yes');
  const delegates = new Map<string, AwayChoices['delegates'][number]>();
  for (const one of rules.flatMap((rule) => rule.delegates ?? [])) {
    if (isSamePerson(one, id)) continue;
    const known = policy.people.find((mapped) => isSamePerson(mapped.id, one));
    const name = known?.name ?? (await store.recallPerson(one))?.name ?? one.userId;
    delegates.set(personKey(one), { id: one, name });
  }
  return { rules: rules.map(({ name }) => name), delegates: [...delegates.values()] };
}

function isIn({ rule }: Absence, name: string): boolean {
  return rule === undefined || rule === name;
}

/** Names of rules are typed, so their case does not matter. */
function ruleNamed(typed: string, rules: readonly string[]): string | undefined {
  return (
    rules.find((name) => name === typed) ?? rules.find((name) => name.toLowerCase() === typed.toLowerCase())
  );
}

function whyNotDelegate(
  { policy }: Context,
  about: {
    readonly person: Person;
    readonly delegate: Person;
    readonly rule: string | undefined;
    readonly systems: readonly string[];
  },
): NoDelegate | undefined {
  const { person, delegate, rule, systems } = about;
  if (isSamePerson(person.id, delegate.id)) return 'yourself';
  if (delegate.membership !== 'member') return 'not-a-member';
  if (delegate.isSuspended) return 'suspended';
  return whyNoDelegate(defined({ rule }), { approver: person, delegate }, { policy, systems });
}

/** As the settings call them, else as they call themselves. */
function nameOf({ policy }: Context, person: Person): string {
  return policy.people.find(({ id }) => isSamePerson(id, person.id))?.name ?? person.name;
}

async function unusedId({ newCode }: Context, transaction: Transaction): Promise<string> {
  for (;;) {
    const id = newCode(idLength);
    if (!(await transaction.findAbsence(id)) && !(await transaction.isCodeTaken(id))) return id;
  }
}

/** Ends every absence of somebody who is back. */
export async function comeBack(context: Context, id: PersonId): Promise<BackResult> {
  const absences = await context.store.inTransaction(async (transaction) => {
    const own = (await transaction.listAbsences()).filter(({ person }) => isSamePerson(person, id));
    for (const absence of own) await end(context, transaction, { absence, why: 'back' });
    if (own.length > 0) await watchRules(context, transaction);
    return own;
  });
  context.scheduleDelivery();
  return { kind: 'back', absences };
}

/**
 * Ends what somebody left to others and what others left to them, in the transaction that takes their rights.
 *
 * They say themselves that it was not them who left their place; whoever left theirs to them has said nothing.
 */
export async function endAbsencesOf(context: Context, transaction: Transaction, id: PersonId): Promise<void> {
  const concerned = (await transaction.listAbsences()).filter(
    ({ person, delegate }) => isSamePerson(person, id) || (delegate && isSamePerson(delegate, id)),
  );
  for (const absence of concerned) {
    const why = isSamePerson(absence.person, id) ? 'repudiated' : 'suspended';
    await end(context, transaction, { absence, why });
  }
  if (concerned.length > 0) await watchRules(context, transaction);
}

/** Ends absences that do not stand any more, and says where nobody is left who can act. */
export async function endAbsences(context: Context): Promise<void> {
  const { store } = context;
  const standing = await store.listAbsences();
  if (standing.length === 0 && !(await store.getNote(unattendedKey))) return;
  const ended = await store.inTransaction(async (transaction) => {
    let count = 0;
    for (const absence of await transaction.listAbsences()) {
      const why = await whyOver(context, transaction, absence);
      if (why && (await end(context, transaction, { absence, why }))) count += 1;
    }
    const before = await transaction.getNote(unattendedKey);
    await watchRules(context, transaction);
    return count > 0 || before !== (await transaction.getNote(unattendedKey));
  });
  if (ended) context.scheduleDelivery();
}

async function whyOver(
  { policy, backends, now }: Context,
  transaction: Transaction,
  absence: Absence,
): Promise<AbsenceEnd | undefined> {
  const { person, delegate } = absence;
  const pair = {
    approver: await recallPerson(transaction, person),
    delegate: delegate && (await recallPerson(transaction, delegate)),
  };
  return whyAbsenceEnds(absence, pair, { policy, systems: [...backends.keys()], nowMs: now() });
}

/** Ends an absence once: puts it on record, takes votes out that stood on it, and tells whom it concerns. */
async function end(
  context: Context,
  transaction: Transaction,
  ending: { readonly absence: Absence; readonly why: AbsenceEnd; readonly by?: Absence },
): Promise<boolean> {
  const { absence, why, by } = ending;
  const { id, person, delegate } = absence;
  if (!(await transaction.endAbsence(id, { why, atMs: context.now() }))) return false;
  await recordAbsence(context, transaction, absence, why);
  await takeSeatVotesOut(context, transaction, absence);
  // What is said instead shows itself.
  if (!by) await showOnCards(context, transaction, absence);
  const notice = { kind: 'absence-ended', absence, why } as const;
  const isSame = by?.delegate && delegate && isSamePerson(by.delegate, delegate);
  if (delegate && !isSame)
    await notifyPerson(context, transaction, delegate, `absence-ended:${id}:delegate`, notice);
  // Who said so knows.
  const isOwn = why === 'back' || why === 'replaced' || why === 'repudiated';
  if (!isOwn)
    await notifyPerson(context, transaction, person, `absence-ended:${id}:approver`, {
      ...notice,
      to: 'approver',
    });
  if (delegate && why !== 'replaced')
    await notifyOperators(context, transaction, `absence-ended:${id}`, notice);
  await wantHomes(context, transaction, absence);
  return true;
}

/** So many cards are edited when somebody goes away or is back; Slack takes about fifty edits a minute. */
const mostShown = 100;

/** Has the cards drawn anew that name those who can decide by a rule somebody is away from: the latest that wait. */
async function showOnCards(context: Context, transaction: Transaction, absence: Absence): Promise<void> {
  const { policy } = context;
  const { person: id, name } = absence;
  const approver = (await recallPerson(transaction, id)) ?? { id, name, membership: 'member' };
  const rules = new Set(rulesLeft(absence, approver, policy));
  const waiting = rules.size > 0 ? await transaction.listOpenApprovals(undefined, 'waiting') : [];
  const concerned = waiting.filter(({ instance }) => {
    const rule = approverRuleFor(instance, policy);
    return rule !== undefined && rules.has(rule);
  });
  for (const approval of concerned.slice(-mostShown))
    await advance(context, { transaction, approval }, { kind: 'votes-changed' });
}

/** Takes out the votes a delegate has given in a seat that is not left to them any more, before a decision stands on them. */
async function takeSeatVotesOut(context: Context, transaction: Transaction, absence: Absence): Promise<void> {
  const { delegate, person: seat } = absence;
  if (!delegate) return;
  const person = await recallPerson(transaction, delegate);
  const { delegations } = await whoIsAway(context, transaction);
  for (const { approvalId } of await transaction.listVotedOn(delegate)) {
    const approval = await transaction.findApproval(approvalId);
    const votes = (await transaction.listVotes(approvalId)).filter(
      (vote) => isSamePerson(vote.person, delegate) && vote.seat && isSamePerson(vote.seat.person, seat),
    );
    if (!approval || votes.length === 0 || approval.state.kind !== 'waiting') continue;
    const may = person && mayDecide(person, approval.instance, context.policy, delegations);
    const isStill = may?.kind === 'yes' && may.seats?.some((one) => isSamePerson(one.person, seat));
    if (isStill || !(await transaction.removeVote(approvalId, delegate))) continue;
    const changed = await advance(context, { transaction, approval }, { kind: 'votes-changed' });
    const key = `vote-void:${absence.id}:${approvalId}`;
    const notice = { kind: 'vote-void', approval: changed?.approval ?? approval, why: 'rights' } as const;
    await notifyPerson(context, transaction, delegate, key, notice);
  }
}

/** Tells the approver, who can say that it was not them, the delegate and the operators. */
async function notifyBegin(context: Context, transaction: Transaction, absence: Absence): Promise<void> {
  const { id, person, delegate } = absence;
  if (!delegate) return;
  const notice = { kind: 'absence', absence } as const;
  await notifyPerson(context, transaction, person, `absence:${id}:approver`, { ...notice, to: 'approver' });
  await notifyPerson(context, transaction, delegate, `absence:${id}:delegate`, { ...notice, to: 'delegate' });
  await notifyOperators(context, transaction, `absence:${id}`, notice);
}

async function recordAbsence(
  context: Context,
  transaction: Transaction,
  { id, person, delegate, rule, untilMs }: Absence,
  why?: AbsenceEnd,
): Promise<void> {
  await record(context, transaction, {
    system: '',
    kind: why ? 'absence-end' : 'absence',
    person: recordedPerson(context, person),
    note: {
      absence: id,
      rule,
      untilMs,
      delegate: delegate && recordedPerson(context, delegate),
      why,
    },
  });
}

/** Redraws what the two see of it. */
async function wantHomes(
  { now }: Context,
  transaction: Transaction,
  { person, delegate }: Absence,
): Promise<void> {
  for (const one of [person, ...(delegate ? [delegate] : [])])
    await transaction.wantHome(one, { dueAtMs: now() });
}

/** Names the rules of which operators know that nobody is left who can act, as a JSON list. */
const unattendedKey = 'unattended';

/** Tells operators once of each rule in which nobody is left who can act; gives all there are. */
async function watchRules(context: Context, transaction: Transaction): Promise<readonly string[]> {
  const { policy, now } = context;
  const { absences } = await whoIsAway(context, transaction);
  const pairs: AwayPair[] = [];
  for (const absence of absences)
    pairs.push({
      absence,
      delegate: absence.delegate && (await recallPerson(transaction, absence.delegate)),
    });
  const unattended: string[] = [];
  for (const rule of policy.approvers) {
    if (!pairs.some(({ absence }) => isIn(absence, rule.name))) continue;
    const ids = await peopleOfRule(transaction, rule);
    if (!ids) continue;
    const people: Person[] = [];
    for (const id of ids)
      people.push((await recallPerson(transaction, id)) ?? { id, name: id.userId, membership: 'member' });
    if (isUnattended(rule, { people, absences: pairs })) unattended.push(rule.name);
  }
  const note = (await transaction.getNote(unattendedKey)) ?? '';
  const known: readonly string[] = note === '' ? [] : JSON.parse(note);
  for (const rule of unattended.filter((name) => !known.includes(name))) {
    const event = { kind: 'unattended', rule } as const;
    await notifyOperators(context, transaction, `unattended:${rule}:${now()}`, event);
  }
  const text = unattended.length === 0 ? '' : JSON.stringify(unattended);
  if (text !== note) await transaction.putNote(unattendedKey, text);
  return unattended;
}
