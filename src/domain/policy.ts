import { defined } from '../shared/language.js';
import { matchesPattern } from '../shared/text.js';
import type { Seat } from './approval.js';
import type { OperatorRule, StartableWorkflow } from './change.js';
import {
  type Finding,
  type FindingWish,
  findingsOf,
  type HostNames,
  isFindingOf,
  type Severity,
} from './findings.js';
import type { AlertPolicy } from './incident.js';
import { couldBeSameName, type Domains, type Instance, isExpiration, isSameName } from './instance.js';
import {
  isSamePerson,
  type MappedPerson,
  type Naming,
  namedBy,
  type Person,
  type PersonId,
} from './person.js';
import type { QuietHours, Weekday } from './quiet-hours.js';

/** When a rule applies: every named property fits at least one of its patterns (`*` stands for anything). */
export interface RuleMatch {
  readonly system?: readonly string[];
  readonly definition?: readonly string[];
  readonly type?: readonly string[];
  /** The step's unique name or its display name. */
  readonly step?: readonly string[];
  readonly template?: readonly string[];
  readonly authority?: readonly string[];
  readonly requester?: readonly string[];
  /** What stands out in the request, by name or severity: one of these is enough. */
  readonly finding?: readonly FindingWish[];
}

/**
 * What an approval asks of whoever gives it, the least first; `portal-only` takes none here at all.
 *
 * A denial always asks for a reason.
 */
export const waysToApprove = ['one-click', 'comment', 'reason', 'typed', 'portal-only'] as const;

/** One way to approve. */
export type WayToApprove = (typeof waysToApprove)[number];

/** Whom the card of a request notifies: those who can decide, everybody in its channel, or nobody. */
export const notifyWishes = ['approvers', 'channel', 'nobody'] as const;

/** Who may decide what a match describes, and how. */
export interface ApproverRule {
  readonly name: string;
  readonly match: RuleMatch;
  /** Nobody else; empty means nobody. */
  readonly people: readonly PersonId[];
  /** Ids of user groups of the chat whose members may decide as well. */
  readonly groups?: readonly string[];
  /** Who may decide in the place of an approver who is away and names them; nobody unless told. */
  readonly delegates?: readonly PersonId[];
  /** How many distinct people must approve before the bot signals. */
  readonly quorum: number;
  readonly ownRequest: 'forbidden' | 'allowed';
  readonly approveWith: WayToApprove;
  /** How long a decision waits before it is sent, so that it can be taken back, in milliseconds. */
  readonly holdMs?: number;
  /** Up to which severity requests with findings may be approved together; none unless told. */
  readonly bulkUpTo?: 'none' | Severity | 'off';
  /** Those who can decide unless told otherwise. */
  readonly notify?: Exclude<(typeof notifyWishes)[number], 'approvers'>;
  /** When whoever asked hears of it: at its outcome unless told. */
  readonly notifyRequester?: 'start' | 'nobody';
  /** How often whoever asked may have the others reminded, in milliseconds; every four hours unless told. */
  readonly nudgeEveryMs?: number;
  /** What is said while nobody decides; nothing unless told. */
  readonly reminders?: ReminderRule;
  /** Set where it approves renewals of the same by itself, after a hold and so many a day; else only people do. */
  readonly automatic?: { readonly holdMs: number; readonly limit: number };
}

/** When something is said about an approval nobody has decided: after a wait, or before its date. */
export type ReminderTime = { readonly afterMs: number } | { readonly beforeDeadlineMs: number };

/** What a rule has said about approvals nobody has decided, and when. */
export interface ReminderRule {
  /** When those who can decide and have not are reminded. */
  readonly remind: readonly ReminderTime[];
  /** When others are told, who get no right from it; once. */
  readonly escalate?: { readonly times: readonly ReminderTime[]; readonly to: readonly Target[] };
  /** After which wait requester and operators are told that nobody has decided. */
  readonly expireAfterMs?: number;
  readonly quietHours?: QuietHours;
}

/** Where cards of what a match describes are posted. */
export interface RouteRule {
  readonly name: string;
  readonly match: RuleMatch;
  /** Channel ids. */
  readonly channels: readonly string[];
  /** People who get the card as a direct message. */
  readonly people: readonly PersonId[];
}

/** Everything the settings say about who decides and who is told. */
export interface Policy {
  readonly approvers: readonly ApproverRule[];
  readonly routes: readonly RouteRule[];
  readonly people: readonly MappedPerson[];
  /** Who may change workflows by command; empty means nobody. */
  readonly operators: readonly OperatorRule[];
  /** Workflows that can be started by command, and the values they take. */
  readonly startables: readonly StartableWorkflow[];
  readonly alerts: AlertPolicy;
  /** Systems that are told a decision in the name of whoever made it; the others by one account for all. */
  readonly signalingAsPerson?: readonly string[];
  /** Whose decisions are confirmed to them by a receipt; none unless told. */
  readonly receipts?: 'all' | 'risky' | 'off';
  /** How many requests one window may approve together. */
  readonly bulkLimit?: number;
  readonly emailMatching: boolean;
  /** Systems whose user names are e-mail addresses, so that an address is no guess there. */
  readonly emailNamed?: readonly string[];
  /** Which domains of user names are one, and which are not. */
  readonly domains?: Domains;
  /** Domains the organization expects names in; empty means every name is expected. */
  readonly zones: readonly string[];
  /** How long certificates may be valid; the first that matches counts. */
  readonly validityLimits?: readonly ValidityLimit[];
  readonly hosts?: HostNames;
  /** Certificate template → the object identifier that certificates name it by. */
  readonly templateIds?: Readonly<Record<string, string>>;
  /** What time it is, epoch milliseconds: the longest validity depends on it. */
  readonly now?: () => number;
  readonly fallbackChannel: string;
  readonly operatorsChannel: string;
  /** How long a decision that cannot reach its system is kept and tried, in milliseconds. */
  readonly keepTryingForMs: number;
  /** Where and when the weekly report is posted, and whether reports name people. */
  readonly report?: ReportPlace;
  /** Set in shadow mode: nothing is decided here, and `live` is what the settings say of live mode. */
  readonly shadow?: ShadowPlace & { readonly live: Policy };
}

/** Where shadow mode posts, and when its daily summary is due. */
export interface ShadowPlace {
  readonly channel: string;
  /** Minutes after midnight. */
  readonly dailyAtMinute: number;
  readonly timeZone: string;
}

/** When the weekly report is posted, and where; `channel` is absent where it is not. */
export interface ReportPlace {
  readonly channel?: string;
  readonly weekday: Weekday;
  /** Minutes after midnight. */
  readonly atMinute: number;
  readonly timeZone: string;
  /** Whether people are named. */
  readonly people: boolean;
}

/**
 * Makes the policy of shadow mode: the same rules decide what would be, everything goes to one channel, and nobody is
 * notified.
 */
export function shadowPolicy(live: Policy, place: ShadowPlace): Policy {
  const { approvers, alerts } = live;
  const { channel } = place;
  return {
    ...live,
    approvers: approvers.map(({ automatic: _, ...rule }) => ({
      ...rule,
      notify: 'nobody',
      notifyRequester: 'nobody',
      ...(rule.reminders ? { reminders: inOneChannel(rule.reminders, channel) } : {}),
    })),
    routes: [],
    alerts: {
      ...alerts,
      channel,
      rules: alerts.rules.map((rule) => ({ ...rule, channels: [], mentions: [] })),
      ...(alerts.digest ? { digest: { ...alerts.digest, channel } } : {}),
    },
    receipts: 'off',
    fallbackChannel: channel,
    operatorsChannel: channel,
    shadow: { ...place, live },
  };
}

function inOneChannel({ escalate, ...rule }: ReminderRule, channel: string): ReminderRule {
  const to: readonly Target[] = [{ kind: 'channel', channel }];
  return { ...rule, remind: [], ...(escalate ? { escalate: { ...escalate, to } } : {}) };
}

/** For how many days a certificate may be asked for, in days or as browsers want it. */
interface ValidityLimit {
  readonly match: Omit<RuleMatch, 'finding'>;
  readonly days: number | 'public-tls';
}

/** What of the settings decides which findings a request has. */
export type Expectations = Pick<Policy, 'zones' | 'validityLimits' | 'hosts' | 'now'>;

/** Most days by the day from which they count, newest first: CA/Browser Forum, Baseline Requirements 6.3.2. */
const publicTlsDays: readonly (readonly [from: string, days: number])[] = [
  ['2029-03-15', 47],
  ['2027-03-15', 100],
  ['2026-03-15', 200],
  ['2020-09-01', 398],
];

/** Lists what stands out in what an instance asks for, the gravest first. */
export function findingsIn(instance: Instance, expectations: Expectations): readonly Finding[] {
  const { zones, hosts, validityLimits = [], now } = expectations;
  const limit = validityLimits.find(({ match }) => isMatch(match, { instance, zones }));
  const nowMs = now?.() ?? Number.POSITIVE_INFINITY;
  const days = limit?.days === 'public-tls' ? publicTlsDaysAt(nowMs) : limit?.days;
  const findings = findingsOf(instance.facts, { zones, hosts, mostDays: days });
  if (!isExpiration(instance)) return findings;
  // Nothing says that the certificate will be replaced.
  return findings.map((one) => (one.kind === 'replaces' ? { ...one, isExpiring: true } : one));
}

function publicTlsDaysAt(nowMs: number): number | undefined {
  return publicTlsDays.find(([from]) => Date.parse(from) <= nowMs)?.[1];
}

/** Tells whether a rule speaks of this instance. */
export function isMatch(
  match: RuleMatch,
  { instance, ...expectations }: { readonly instance: Instance } & Expectations,
): boolean {
  const { facts, step, definition } = instance;
  const pairs: readonly [readonly string[] | undefined, readonly string[]][] = [
    [match.system, [instance.ref.system]],
    [match.definition, [definition.name, definition.id]],
    [match.type, [definition.type]],
    [match.step, step ? [step.uniqueName, step.name] : []],
    [match.template, facts.template === undefined ? [] : [facts.template]],
    [match.authority, facts.authority === undefined ? [] : [facts.authority]],
    [match.requester, facts.requesters],
  ];
  const fits = pairs.every(
    ([patterns, values]) =>
      patterns === undefined ||
      patterns.some((pattern) => values.some((value) => matchesPattern(value, pattern))),
  );
  const { finding } = match;
  return (
    fits &&
    (finding === undefined || findingsIn(instance, expectations).some((found) => isFindingOf(finding, found)))
  );
}

/** Finds the approver rule in force: the first that matches, or none, which means nobody may decide. */
export function approverRuleFor(instance: Instance, policy: Policy): ApproverRule | undefined {
  return policy.approvers.find((rule) => isMatch(rule.match, { instance, ...expectationsIn(policy) }));
}

/** Finds the route in force: the first that matches. */
export function routeFor(instance: Instance, policy: Policy): RouteRule | undefined {
  return policy.routes.find((route) => isMatch(route.match, { instance, ...expectationsIn(policy) }));
}

function expectationsIn({ zones, validityLimits, hosts, now }: Policy): Expectations {
  return { zones, ...defined({ validityLimits, hosts, now }) };
}

/** Where a message goes: a channel, or a person's direct messages. */
export type Target =
  | { readonly kind: 'channel'; readonly channel: string }
  | { readonly kind: 'person'; readonly person: PersonId };

/** Lists where the cards of an instance go: the first matching route, else the fallback channel. */
export function targetsFor(instance: Instance, policy: Policy): readonly Target[] {
  const route = routeFor(instance, policy);
  const targets: readonly Target[] = [
    ...(route?.channels ?? []).map((channel): Target => ({ kind: 'channel', channel })),
    ...(route?.people ?? []).map((person): Target => ({ kind: 'person', person })),
  ];
  return targets.length > 0 ? targets : [{ kind: 'channel', channel: policy.fallbackChannel }];
}

/** Writes a target as one string, for keys. */
export function targetKey(target: Target): string {
  return target.kind === 'channel' ? target.channel : `${target.person.teamId}/${target.person.userId}`;
}

/** The place an approver who is away has left to another person, in one rule or in all. */
export interface Delegation {
  /** As the chat knows them now. */
  readonly approver: Person;
  readonly delegate: PersonId;
  /** Name of the rule; absent for every rule that names the one and lets the other be named. */
  readonly rule?: string;
}

/** Whether somebody may decide, and if not, why not. */
export type MayDecide =
  | {
      readonly kind: 'yes';
      readonly rule: ApproverRule;
      readonly identities: readonly string[];
      /** In whose places they may; absent where the rule names them, so that they decide in their own. */
      readonly seats?: readonly [Seat, ...Seat[]];
    }
  | { readonly kind: 'no-rule' }
  | { readonly kind: 'not-an-approver'; readonly rule: ApproverRule }
  | { readonly kind: 'not-a-member'; readonly membership: Person['membership'] }
  /** They, or somebody with their account, said that a decision of theirs was not theirs. */
  | { readonly kind: 'suspended' }
  /** Only a user group could name them, and the chat cannot say who is in it. */
  | { readonly kind: 'group-not-checked'; readonly rule: ApproverRule }
  /** The rule wants it decided in the system's own portal. */
  | { readonly kind: 'portal-only'; readonly rule: ApproverRule }
  | { readonly kind: 'own-request' }
  /** The same user name, and no declared domains that tell the two apart: it may be the same person. */
  | { readonly kind: 'maybe-own-request'; readonly requester: string }
  | { readonly kind: 'not-mapped' }
  | { readonly kind: 'requester-unknown' }
  /** It cannot be shown that the approver in whose place they would decide did not ask. */
  | { readonly kind: 'own-request-of-approver'; readonly approver: string };

/** Lists whom a rule lets decide or be named as a delegate. */
export function namingsOf(rule: ApproverRule | undefined): readonly Naming[] {
  return rule ? [rule, { people: rule.delegates ?? [] }] : [];
}

/** Tells whether a person may be named as a delegate in a rule. */
export function isDelegateIn({ delegates = [] }: ApproverRule, person: PersonId): boolean {
  return delegates.some((one) => isSamePerson(one, person));
}

/**
 * Decides whether a person may decide about an instance, and in whose place.
 *
 * Refuses wherever a doubt is left: no rule, an empty rule, anybody but a full member, and, where own
 * requests are forbidden, anybody of whom it cannot be shown that they did not ask. In the place of an approver
 * only what neither of the two asked for is decided, whatever the rule allows, by somebody the rule lists as a
 * delegate and whose name in the system is known; never in a place that is itself a delegate's.
 *
 * `delegations`: those that have not ended.
 */
export function mayDecide(
  person: Person,
  instance: Instance,
  policy: Policy,
  delegations: readonly Delegation[] = [],
): MayDecide {
  if (person.membership !== 'member') return { kind: 'not-a-member', membership: person.membership };
  if (person.isSuspended) return { kind: 'suspended' };
  const rule = approverRuleFor(instance, policy);
  if (!rule) return { kind: 'no-rule' };
  const named = namedBy(rule, person);
  if (named === 'group-not-checked') return { kind: named, rule };
  const left = named === 'yes' ? undefined : seatsLeftTo(person, rule, delegations);
  if (left === 'not-an-approver' || left === 'group-not-checked') return { kind: left, rule };
  if (rule.approveWith === 'portal-only') return { kind: 'portal-only', rule };
  const known = knownAs(person, instance.ref.system, policy);
  const { names: identities } = known;
  if (left) return inPlaceOf(left, { rule, known, instance, policy });
  // What a workflow tells of by itself is answered in the name of whoever decides, and a guess is no name.
  if (instance.facts.isInbound && (identities.length === 0 || known.isGuessed)) return { kind: 'not-mapped' };
  const doubt =
    rule.ownRequest === 'forbidden' ? doubtAboutRequester(known, instance, policy.domains) : undefined;
  return doubt ?? { kind: 'yes', rule, identities };
}

/** Finds the approvers whose place a rule lets somebody take. */
function seatsLeftTo(
  { id }: Person,
  rule: ApproverRule,
  delegations: readonly Delegation[],
): readonly Person[] | 'not-an-approver' | 'group-not-checked' {
  if (!isDelegateIn(rule, id)) return 'not-an-approver';
  const approvers = delegations
    .filter((one) => isSamePerson(one.delegate, id) && (one.rule === undefined || one.rule === rule.name))
    .map(({ approver }) => approver)
    .filter(({ membership, isSuspended }) => membership === 'member' && !isSuspended);
  const named = approvers.filter((approver) => namedBy(rule, approver) === 'yes');
  if (named.length > 0) return named;
  const isUnchecked = approvers.some((approver) => namedBy(rule, approver) === 'group-not-checked');
  return isUnchecked ? 'group-not-checked' : 'not-an-approver';
}

/** Decides about somebody to whom approvers have left their places; those whose own request it may be left none. */
function inPlaceOf(
  approvers: readonly Person[],
  about: {
    readonly rule: ApproverRule;
    readonly known: KnownAs;
    readonly instance: Instance;
    readonly policy: Policy;
  },
): MayDecide {
  const { rule, known, instance, policy } = about;
  const { system } = instance.ref;
  if (known.names.length === 0 || known.isGuessed) return { kind: 'not-mapped' };
  const doubt = doubtAboutRequester(known, instance, policy.domains);
  if (doubt) return doubt;
  const [first, ...more] = approvers
    .filter((one) => !doubtAboutRequester(knownAs(one, system, policy), instance, policy.domains))
    .map((approver) => seatOf(approver, system, policy));
  if (first) return { kind: 'yes', rule, identities: known.names, seats: [first, ...more] };
  const [approver] = approvers;
  return {
    kind: 'own-request-of-approver',
    approver: approver ? seatOf(approver, system, policy).name : '',
  };
}

function seatOf(approver: Person, system: string, policy: Policy): Seat {
  const listed = policy.people.find((one) => isSamePerson(one.id, approver.id));
  return {
    person: approver.id,
    ...(listed ? { name: listed.name } : { name: approver.name, isSelfNamed: true }),
    identities: knownAs(approver, system, policy).names,
  };
}

/** Says why it cannot be shown that somebody did not ask: they did, or their names cannot be compared. */
function doubtAboutRequester(
  { names: identities, isGuessed }: KnownAs,
  { facts: { requesters } }: Instance,
  domains: Domains | undefined,
): MayDecide | undefined {
  if (identities.length === 0) return { kind: 'not-mapped' };
  if (requesters.some((name) => identities.some((own) => isSameName(own, name, domains))))
    return { kind: 'own-request' };
  const alike = requesters.find((name) => identities.some((own) => couldBeSameName(own, name, domains)));
  if (alike !== undefined) return { kind: 'maybe-own-request', requester: alike };
  // What is only guessed can show that somebody asked, never that they did not: they may have another name.
  if (isGuessed) return { kind: 'not-mapped' };
  if (requesters.length === 0) return { kind: 'requester-unknown' };
  // An e-mail address says nothing about an account name: `rkim@example.com` may well be `EXAMPLE\rkim`.
  const isComparable = requesters.every((name) => identities.some((own) => isEmail(own) === isEmail(name)));
  return isComparable ? undefined : { kind: 'not-mapped' };
}

function isEmail(name: string): boolean {
  return name.includes('@');
}

/**
 * Lists the names a system knows a person by: the account they linked and the settings' map, else the confirmed
 * e-mail if that is allowed.
 */
export function identitiesOf(person: Person, system: string, policy: Policy): readonly string[] {
  return knownAs(person, system, policy).names;
}

/** Lists those of a person's names that something may be done in: all but a guess. */
export function actingIdentitiesOf(person: Person, system: string, policy: Policy): readonly string[] {
  const { names, isGuessed } = knownAs(person, system, policy);
  return isGuessed ? [] : names;
}

/** Tells whether a system knows somebody as who requested a run, under a name that is more than a guess. */
export function isRequestedBy(person: Person, { ref, facts }: Instance, policy: Policy): boolean {
  const names = actingIdentitiesOf(person, ref.system, policy);
  return facts.requesters.some((one) => names.some((name) => isSameName(name, one, policy.domains)));
}

interface KnownAs {
  readonly names: readonly string[];
  /** Whether nobody has said that the system calls them so; their e-mail address is all there is. */
  readonly isGuessed: boolean;
}

function knownAs(person: Person, system: string, policy: Policy): KnownAs {
  const linked = person.linkedAs?.[system];
  const mapped = policy.people.find((one) => isSamePerson(one.id, person.id));
  if (linked !== undefined) {
    const names = mapped?.identities[system] ?? [];
    const others = names.filter((name) => !isSameName(name, linked, policy.domains));
    if (policy.signalingAsPerson?.includes(system)) return { names: [linked, ...others], isGuessed: false };
    // Where people sign in no more, the system of that name may be another by now: only the settings vouch for a name.
    const isNamed = others.length < names.length;
    return { names: isNamed ? names : [...names, linked], isGuessed: names.length === 0 };
  }
  if (mapped) return { names: mapped.identities[system] ?? [], isGuessed: false };
  const guess = policy.emailMatching ? person.confirmedEmail : undefined;
  const isGuessed = !policy.emailNamed?.includes(system);
  return { names: guess === undefined ? [] : [guess], isGuessed };
}
