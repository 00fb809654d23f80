import { isAwayFor } from '../domain/absence.js';
import type { Approval, Vote } from '../domain/approval.js';
import { type Card, composeCard, type Decider, type Deciders } from '../domain/card.js';
import { peopleWhoMayHaveDecided } from '../domain/change.js';
import type { Instance } from '../domain/instance.js';
import { isSamePerson, type Person, type PersonId, personKey } from '../domain/person.js';
import { type ApproverRule, approverRuleFor, findingsIn, mayDecide, type Policy } from '../domain/policy.js';
import { isBeyondOneAccount, type RoleGap, roleGap, seatTaken, votesOn } from '../domain/voting.js';
import { ChatError } from '../ports/errors.js';
import type { Transaction } from '../ports/store.js';
import { mapAtMost } from '../shared/async.js';
import { fingerprintOf } from '../shared/fingerprint-of.js';
import { asError } from '../shared/language.js';
import {
  type Away,
  backendOf,
  type Context,
  lookUpPerson,
  namedPeople,
  recallPerson,
  whoIsAway,
} from './context.js';

/**
 * Sums up what people sign besides the facts of a request: what stands out in it, and what its rule wants.
 *
 * A click brings along what whoever made it was shown, and approves only while that is still so.
 */
export function basisOf({ instance }: Pick<Approval, 'instance'>, policy: Policy): string {
  const rule = approverRuleFor(instance, policy);
  const wanted = rule ? [rule.name, rule.quorum, rule.approveWith, rule.holdMs ?? 0] : [];
  return `${shortened([JSON.stringify(findingsIn(instance, policy))])}.${shortened(wanted)}`;
}

/** Keeps of a basis what stands out: whoever has voted need not vote again because the rule wants something else. */
export function findingsOfBasis(basis: string): string {
  return basis.split('.', 1)[0] ?? '';
}

function shortened(values: readonly (string | number)[]): string {
  return fingerprintOf(values).slice(0, 16);
}

/** Tells whether something else stood out in a request when a vote was given; older votes do not say. */
export function isOutdated({ findings }: Vote, basis: string): boolean {
  return findings !== undefined && findings !== findingsOfBasis(basis);
}

/** Puts together the card of an approval from what is remembered now. */
export async function showCard(context: Context, approval: Approval): Promise<Card> {
  const { store } = context;
  const votes = votesOn(await store.listVotes(approval.id), approval.revision);
  const deciders = await whoCanDecide(context, store, approval, votes);
  const link = backendOf(context, approval.instance.ref.system)?.linkTo(approval.instance);
  const gap = await findRoleGap(context, store, approval);
  const maybeDecidedBy = await maybeDecidedByOf(context, approval);
  const isOneOfSeveral = context.backends.size > 1;
  const shadowRecord = context.policy.shadow && (await store.findShadowRecord(approval.id));
  return composeCard(approval, {
    votes,
    policy: context.policy,
    basis: basisOf(approval, context.policy),
    link,
    gap,
    maybeDecidedBy,
    deciders,
    isOneOfSeveral,
    shadowRecord,
  });
}

async function maybeDecidedByOf(
  { store }: Context,
  { instance, inbound: reported }: Approval,
): Promise<NonNullable<Card['maybeDecidedBy']>> {
  if (reported?.activityId === undefined) return [];
  const ids = peopleWhoMayHaveDecided(await store.listAlertChanges(instance.ref.system, reported.activityId));
  const people = await mapAtMost(1, ids, (id) => store.recallPerson(id));
  return ids.map((id, at) => ({ id, name: people[at]?.name ?? id.userId }));
}

/** Among more people nobody looks for those who can decide. */
const mostWeighed = 200;

/**
 * Lists who can still decide an approval, by what is remembered: those its rule names, and those who decide in the
 * place of one of them, who may and whose seat is free.
 *
 * Absent where it takes no votes here. Of somebody who was never looked up nothing but the settings is known.
 */
export async function whoCanDecide(
  context: Pick<Context, 'policy' | 'now'>,
  transaction: Transaction,
  { instance, state }: Approval,
  votes: readonly Vote[],
  known: {
    readonly recall?: (id: PersonId) => Promise<Person | undefined>;
    readonly away?: Away;
  } = {},
): Promise<Deciders | undefined> {
  if (state.kind !== 'waiting') return undefined;
  const { recall = (id) => recallPerson(transaction, id), away = await whoIsAway(context, transaction) } =
    known;
  return whoMayDecide(context, transaction, { instance, votes, recall, away });
}

/** Lists who may decide about an instance and whose seat is free, whatever became of it; absent without a rule. */
export async function whoMayDecide(
  { policy }: Pick<Context, 'policy'>,
  transaction: Transaction,
  {
    instance,
    votes,
    recall,
    away: { absences, delegations } = { absences: [], delegations: [] },
  }: {
    readonly instance: Instance;
    readonly votes: readonly Vote[];
    readonly recall: (id: PersonId) => Promise<Person | undefined>;
    /** Nobody, unless told. */
    readonly away?: Away;
  },
): Promise<Deciders | undefined> {
  const rule = approverRuleFor(instance, policy);
  if (!rule) return undefined;
  const learned = await peopleOfRule(transaction, rule);
  const named = (learned ?? rule.people).slice(0, mostWeighed);
  const delegates = delegations.map(({ delegate }) => delegate);
  const mappedName = (id: PersonId) => policy.people.find((one) => isSamePerson(one.id, id))?.name;
  const people: Decider[] = [];
  for (const id of new Map([...named, ...delegates].map((one) => [personKey(one), one])).values()) {
    if (votes.some(({ person }) => isSamePerson(person, id))) continue;
    const person = (await recall(id)) ?? unknownMember(id, rule);
    const may = mayDecide(person, instance, policy, delegations);
    if (may.kind !== 'yes') continue;
    const { identities, seats = [undefined] } = may;
    const isFree = (seat: (typeof seats)[number]) =>
      !seatTaken(votes, { person: id, identities, ...(seat ? { seat } : {}) }, policy.domains);
    if (!seats.some(isFree)) continue;
    people.push({
      id,
      name: mappedName(id) ?? person.name,
      ...(isAwayFor(absences, id, rule) ? { isAway: true } : {}),
      ...(may.seats ? { seat: (may.seats.find(isFree) ?? may.seats[0]).name } : {}),
    });
  }
  return {
    people,
    groups: learned === undefined ? (rule.groups ?? []) : [],
  };
}

const lookUpsAtOnce = 5;

/** Among more people than this enough can surely act. */
const mostLookedUp = 30;

/** People of one rule are looked up no more often than this, however many requests it is about. */
const learnEveryMs = 10 * 60_000;

/**
 * Asks the chat about everybody the rule of an instance names, so that it can be told whether enough can act.
 *
 * Nobody waits for the chat in vain: whom it tells nothing of counts as last known.
 */
export async function learnPeople(context: Context, instance: Instance): Promise<void> {
  const { store, policy, log, now } = context;
  const rule = approverRuleFor(instance, policy);
  if (!rule) return;
  const known = await readLearned(store, rule);
  if (known && now() - known.atMs < learnEveryMs) return;
  try {
    const people = await namedPeople(context, rule);
    await mapAtMost(lookUpsAtOnce, people.slice(0, mostLookedUp), (id) => lookUpPerson(context, id));
    await store.putNote(noteOf(rule), JSON.stringify({ atMs: now(), people } satisfies Learned));
  } catch (error) {
    // Whatever is wrong with this, the card must be put.
    const err = asError(error);
    const level = error instanceof ChatError ? 'warn' : 'error';
    log[level]({ rule: rule.name, err }, 'Whether enough people can act could not be checked in full');
  }
}

/** Tells whether too few can act on an approval, from what is remembered; nothing is read over the network. */
export async function findRoleGap(
  { policy }: Pick<Context, 'policy'>,
  transaction: Transaction,
  approval: Approval,
  recall = (id: PersonId) => recallPerson(transaction, id),
): Promise<RoleGap | undefined> {
  const rule = approverRuleFor(approval.instance, policy);
  if (approval.state.kind !== 'waiting' || !rule || isBeyondOneAccount(approval, policy)) return undefined;
  const ids = await peopleOfRule(transaction, rule);
  if (!ids || ids.length >= mostLookedUp) return undefined;
  const people: Person[] = [];
  let gap = roleGap(approval, { people, policy });
  // Nobody more is recalled than it takes to see that enough can act.
  for (const id of ids) {
    if (!gap) return undefined;
    people.push((await recall(id)) ?? unknownMember(id, rule));
    gap = roleGap(approval, { people, policy });
  }
  return gap;
}

/** Lists whom a rule names, as last known; undefined where the chat was never asked who is in its groups. */
export async function peopleOfRule(
  transaction: Transaction,
  rule: ApproverRule,
): Promise<readonly PersonId[] | undefined> {
  if ((rule.groups ?? []).length === 0) return rule.people;
  return (await readLearned(transaction, rule))?.people;
}

/** Of whom nothing is known, nothing speaks against them. */
function unknownMember(id: PersonId, { groups = [] }: ApproverRule): Person {
  return { id, name: id.userId, membership: 'member', groups };
}

interface Learned {
  readonly atMs: number;
  readonly people: readonly PersonId[];
}

async function readLearned(transaction: Transaction, rule: ApproverRule): Promise<Learned | undefined> {
  const note = await transaction.getNote(noteOf(rule));
  if (note === undefined) return undefined;
  const learned: Learned = JSON.parse(note);
  return learned;
}

/** Another list of people under the same name is another note. */
function noteOf({ name, people, groups = [] }: ApproverRule): string {
  return `people-of/${name}/${[...people.map(({ userId }) => userId), ...groups].join(',')}`.slice(0, 500);
}
