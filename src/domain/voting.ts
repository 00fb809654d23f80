import { isBlank, matchesPattern } from '../shared/text.js';
import {
  type Approval,
  type DecisionFacts,
  type FactChange,
  type Output,
  subjectOf,
  type Verdict,
  type Vote,
} from './approval.js';
import { severityOf } from './findings.js';
import { couldShareName, type Domains } from './instance.js';
import { isSamePerson, type Person, type PersonId } from './person.js';
import {
  type ApproverRule,
  approverRuleFor,
  findingsIn,
  type MayDecide,
  mayDecide,
  type Policy,
} from './policy.js';
import { isShownWhole } from './request.js';

/** What somebody wrote along with a decision. */
export interface Written {
  readonly verb: 'approve' | 'deny';
  readonly comment?: string;
  /** What they typed to confirm what they approve. */
  readonly typed?: string;
}

/** What a decision lacks: a reason, or the code or subject, letter by letter. */
export type Missing = 'reason' | 'typed';

/** Says what a decision lacks by its rule; a denial always needs a reason. */
export function missingIn(
  { verb, comment = '', typed = '' }: Written,
  { rule, approval }: { readonly rule: ApproverRule | undefined; readonly approval: Approval },
): Missing | undefined {
  const needsReason = verb === 'deny' || rule?.approveWith === 'reason';
  if (needsReason && isBlank(comment)) return 'reason';
  const needsTyped = verb === 'approve' && rule?.approveWith === 'typed';
  return needsTyped && !isTypedRight(typed.trim(), approval) ? 'typed' : undefined;
}

/** Codes are said aloud, so their case does not matter; a subject has to be typed exactly, and nothing never fits. */
function isTypedRight(typed: string, approval: Approval): boolean {
  if (typed === '') return false;
  return typed.toUpperCase() === approval.code.toUpperCase() || typed === subjectOf(approval).trim();
}

/** Why a request is not approved together with others. */
export type WhyNotInBulk =
  /** Its rule wants more than a reason, holds decisions, or says that it must not be. */
  | 'rule'
  /** Its card folds away part of what it requests. */
  | 'not-whole'
  /** Something stands out in it that its rule wants looked at alone. */
  | 'finding'
  /** A workflow offers answers of its own. */
  | 'outputs'
  /** One account cannot complete it. */
  | 'beyond-one-account'
  /** Something else stands out in it than when the window was opened, or its rule wants something else. */
  | 'other-findings';

/** What became of a click, told privately to the person; the card tells the rest to everybody. */
export type ClickReply =
  | { readonly kind: 'refused'; readonly why: Exclude<MayDecide, { kind: 'yes' }> }
  /** The chat could not be asked about the person just now. */
  | { readonly kind: 'person-not-checked' }
  /** Before it could be worked on, its person clicked something else about the same approval. */
  | { readonly kind: 'replaced' }
  /** The chat could not be asked yet; the click is kept, and the chat is asked again for as long as a decision is worth sending. */
  | { readonly kind: 'checked-later' }
  /** The button stands on no message of ours, or its approval is not known. */
  | { readonly kind: 'unknown-card' }
  /** Retention has removed the approval since. */
  | { readonly kind: 'removed'; readonly removedAtMs: number }
  /** The bot is in shadow mode: nothing is decided here. */
  | { readonly kind: 'shadow' }
  /** The bot went live a moment ago and has not read everything anew yet. */
  | { readonly kind: 'settling' }
  /** The approval's system was taken out of the settings. */
  | { readonly kind: 'no-system'; readonly system: string }
  /** The approval is over; the state says how. */
  | { readonly kind: 'over'; readonly approval: Approval }
  /** Somebody's decision is under way. */
  | { readonly kind: 'being-decided'; readonly approval: Approval }
  /** The bot's one account has already been counted; other identities must act in the portal. */
  | { readonly kind: 'account-counted'; readonly approval: Approval }
  /** Their system is told decisions by people themselves, and they have to link their account first. */
  | {
      readonly kind: 'link-needed';
      readonly system: string;
      readonly requestId: string;
      /** They had linked one, and that has ended. */
      readonly hasEnded: boolean;
    }
  /** The facts are not those the person saw. */
  | { readonly kind: 'facts-changed'; readonly approval: Approval; readonly changes: readonly FactChange[] }
  /** What stands out in the request, or what its rule wants, is not what the person was shown. */
  | { readonly kind: 'shown-otherwise'; readonly approval: Approval }
  /** An approval from here would only be recorded as one of several. */
  | { readonly kind: 'beyond-one-account'; readonly approval: Approval }
  /** The rule wants more with a decision: a reason, or the code or the subject typed. */
  | { readonly kind: 'incomplete'; readonly missing: Missing }
  /** It was to be approved together with others, and has to be looked at alone. */
  | { readonly kind: 'not-in-bulk'; readonly reason: WhyNotInBulk }
  /** The press was taken when it could lead nowhere; now it could, but only through the modal. */
  | { readonly kind: 'press-again' }
  /** `output`, here and below: what was chosen, where the workflow offered outputs of its own. */
  | { readonly kind: 'already-voted'; readonly have: number; readonly of: number; readonly output?: string }
  | { readonly kind: 'same-identity'; readonly other: string; readonly output?: string }
  /** `other` has voted in that seat, or from it: their own if `seat`, whose it is, is absent. */
  | { readonly kind: 'seat-taken'; readonly other: string; readonly seat?: string; readonly output?: string }
  | { readonly kind: 'vote-counted'; readonly have: number; readonly of: number; readonly output?: string }
  | { readonly kind: 'vote-withdrawn'; readonly approval: Approval }
  | { readonly kind: 'nothing-to-withdraw' }
  | { readonly kind: 'taken-back'; readonly approval: Approval }
  /** A rule does not approve it by itself any more: people decide. */
  | { readonly kind: 'rule-stopped'; readonly approval: Approval }
  | { readonly kind: 'not-yours-to-take-back'; readonly approval: Approval }
  | { readonly kind: 'too-late-to-take-back'; readonly approval: Approval }
  /** Found after a restart and too old to send. */
  | { readonly kind: 'too-old'; readonly verdict: Verdict; readonly output?: string }
  /** The decision was taken up; the card shows how far it came. */
  | { readonly kind: 'decided'; readonly approval: Approval }
  /** It could not be worked on just now, and not be given up either: it is taken up by itself. */
  | { readonly kind: 'kept'; readonly ref: string }
  /** A defect of ours; the reference is in the log. */
  | { readonly kind: 'broke'; readonly ref: string };

/** Tells whether a system is told each decision in the name of whoever made it, by that person's own account. */
export function signalsAsPerson(
  { signalingAsPerson = [] }: Pick<Policy, 'signalingAsPerson'>,
  system: string,
): boolean {
  return signalingAsPerson.includes(system);
}

/**
 * Tells whether one account cannot complete a step: its system wants several identities, and the bot signals to
 * it as one for everybody.
 *
 * An approval from there would only be recorded as one of several. A denial ends the run all the same.
 */
export function isBeyondOneAccount(
  { requirement, instance, inbound }: Pick<Approval, 'requirement' | 'instance' | 'inbound'>,
  policy: Pick<Policy, 'signalingAsPerson'>,
): boolean {
  return !inbound && (requirement.needed ?? 1) > 1 && !signalsAsPerson(policy, instance.ref.system);
}

/** What a press chose: yes or no, and which of the outputs a workflow offered, counted from 0. */
export interface Choice {
  readonly verb: string;
  readonly output?: number;
}

/**
 * Finds what a press chose on an approval.
 *
 * `none` is a choice no button of ours offers: an output that is not there or reads the other way, one where
 * there are only the two answers, or any while nobody knows which activity waits.
 */
export function chosenOutput(
  { inbound }: Pick<Approval, 'inbound'>,
  { verb, output }: Choice,
):
  | { readonly kind: 'plain' }
  | { readonly kind: 'output'; readonly output: Output }
  | { readonly kind: 'none' } {
  if (!inbound) return { kind: output === undefined ? 'plain' : 'none' };
  const chosen = inbound.activityId === undefined ? undefined : inbound.outputs[output ?? -1];
  return chosen?.verdict === verb ? { kind: 'output', output: chosen } : { kind: 'none' };
}

/** What a person asked for with a press or a submitted modal; each is written down before it is acknowledged. */
export type ClickVerb = 'approve' | 'deny' | 'withdraw' | 'take-back';

/** Where a message is found again in the chat. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** So long a click is left to the run of the bot that wrote it down, before another one may work on it. */
export const clickLeaseMs = 20_000;

/** A written-down wish of one person, to be worked on once. */
export interface Click {
  /** Unique by the chat's own interaction, so that a repeated delivery is the same click. */
  readonly id: string;
  readonly approvalId: string;
  readonly revision: number;
  readonly person: PersonId;
  readonly verb: ClickVerb;
  /** Which of the outputs the workflow offered, counted from 0; absent where there are only the two answers. */
  readonly output?: number;
  readonly comment?: string;
  /** What they typed to confirm what they approve, where the rule wants that. */
  readonly typed?: string;
  /** What the person did; where the rule wants a modal, a press alone decides nothing. */
  readonly via: 'press' | 'modal';
  /** What they were shown besides the facts, summed up; of a press only where its card shows everything. */
  readonly basis?: string;
  /** The message the person acted on; from elsewhere, the copy of the card that is nearest to them. */
  readonly message: MessageRef;
  /** Where they acted, if not on a card. */
  readonly from?: 'home' | 'list';
  /** Set where it was made together with others, in one window: which, and of how many. */
  readonly bulk?: BulkPart;
  /** What stood in the message or window as it was when the person acted; forgotten once the click is finished. */
  readonly shown?: string;
  /** A secret of the chat for answering privately; forgotten after 30 minutes. */
  readonly responseUrl?: string;
  /** Id of the work that took it, as in the log. */
  readonly trace?: string;
  readonly atMs: number;
}

/** What ties a decision to the others of its window; each of them is named by that id and its place, from 0. */
export interface BulkPart {
  readonly id: string;
  readonly size: number;
}

/** A modal that was opened from a card; only its opener may submit it. Decides nothing by itself. */
export interface Dialog {
  readonly id: string;
  readonly approvalId: string;
  readonly revision: number;
  readonly verb: 'approve' | 'deny';
  /** Which of the outputs the workflow offered, counted from 0. */
  readonly output?: number;
  readonly person: PersonId;
  readonly message: MessageRef;
  readonly from?: Click['from'];
  /** What it shows besides the facts, summed up. */
  readonly basis?: string;
  readonly responseUrl?: string;
  readonly atMs: number;
}

/** What one more vote makes of the votes before it. */
type VoteOutcome =
  | { readonly kind: 'counted'; readonly have: number; readonly of: number }
  | { readonly kind: 'fills'; readonly votes: readonly Vote[] }
  /** `output`: what the person chose then, which need not be what they choose now. */
  | { readonly kind: 'already-voted'; readonly have: number; readonly of: number; readonly output?: string }
  | { readonly kind: 'same-identity' | 'seat-taken'; readonly other: Vote };

/**
 * Counts a vote among those given on the same revision of the facts.
 *
 * A denial decides at once. Approvals add up only for the same output of the workflow, and are distinct by chat
 * person and by backend identity, since one human with two chat accounts is still one human. Names that could be
 * one person's count as one. Whoever votes in another's seat is both of them: a seat counts once, and so does a person.
 */
export function countVote(
  votes: readonly Vote[],
  vote: Vote,
  { quorum, domains }: { readonly quorum: number; readonly domains?: Domains | undefined },
): VoteOutcome {
  const before = votesOn(votes, vote.revision);
  if (vote.verdict === 'deny') return { kind: 'fills', votes: [vote] };
  const alike = before.filter((one) => one.output === vote.output);
  const earlier = earlierVote(votes, vote, quorum);
  if (earlier) return earlier;
  // The rule may want fewer now than when the vote was given.
  if (before.some((one) => isSamePerson(one.person, vote.person))) return { kind: 'fills', votes: alike };
  const taken = seatTaken(before, vote, domains);
  if (taken) return { kind: 'seat-taken', other: taken };
  const twin = before.find((one) => couldShareName(one.identities, vote.identities, domains));
  if (twin) return { kind: 'same-identity', other: twin };
  const all = [...alike, vote];
  return all.length >= quorum
    ? { kind: 'fills', votes: all }
    : { kind: 'counted', have: all.length, of: quorum };
}

/** Tells how it stands with a vote of the same person to which another would add nothing; undefined if one would. */
export function earlierVote(
  votes: readonly Vote[],
  { person, revision, output }: Pick<Vote, 'person' | 'revision' | 'output'>,
  quorum: number,
): Extract<VoteOutcome, { kind: 'already-voted' }> | undefined {
  const before = votesOn(votes, revision);
  const own = before.find((one) => isSamePerson(one.person, person));
  if (!own) return undefined;
  const have = before.filter((one) => one.output === own.output).length;
  const fills = own.output === output && have >= quorum;
  return fills ? undefined : { kind: 'already-voted', have, of: quorum, ...outputOf(own) };
}

function outputOf({ output }: Vote): Pick<Vote, 'output'> {
  return output === undefined ? {} : { output };
}

/**
 * Counts how many different people a list of votes surely stands for, by chat person and by backend identity.
 *
 * Votes that could be one person's make a group, as do groups that a vote ties together; so the order is no matter.
 */
export function countDistinct(votes: readonly Vote[], domains?: Domains): number {
  let groups: readonly (readonly Vote[])[] = [];
  for (const vote of votes) {
    const isTied = (group: readonly Vote[]) => group.some((one) => couldBeOnePerson(one, vote, domains));
    groups = [
      ...groups.filter((group) => !isTied(group)),
      [vote, ...groups.filter((group) => isTied(group)).flat()],
    ];
  }
  return groups.length;
}

/** Whose a vote is: whoever gave it, and whoever's seat they gave it in. */
type Voted = Pick<Vote, 'person' | 'identities' | 'seat'>;

function couldBeOnePerson(one: Voted, other: Voted, domains: Domains | undefined): boolean {
  const others = behind(other);
  return behind(one).some((a) =>
    others.some(
      (b) => isSamePerson(a.person, b.person) || couldShareName(a.identities, b.identities, domains),
    ),
  );
}

function behind({ person, identities, seat }: Voted): readonly Pick<Vote, 'person' | 'identities'>[] {
  return seat ? [{ person, identities }, seat] : [{ person, identities }];
}

/** Finds the vote that has used up the seat another would be given in; undefined where no seat is in the way. */
export function seatTaken(
  votes: readonly Vote[],
  vote: Voted,
  domains: Domains | undefined,
): Vote | undefined {
  return votes.find((one) => (one.seat ?? vote.seat) && couldBeOnePerson(one, vote, domains));
}

/** Keeps the approvals given on one revision of the facts. */
export function votesOn(votes: readonly Vote[], revision: number): readonly Vote[] {
  return votes.filter((vote) => vote.revision === revision && vote.verdict === 'approve');
}

/** What somebody decided and saw, so that it can be looked up by a short code, and disowned. */
export interface Receipt {
  readonly code: string;
  readonly approvalId: string;
  readonly vote: Vote;
  /** The facts of the request as they were then. */
  readonly shown: DecisionFacts;
}

/** Why somebody's rights are suspended: they said that a decision in their name was not theirs. */
export interface Suspension {
  readonly person: PersonId;
  readonly name: string;
  /** The receipt they disowned. */
  readonly receipt: string;
  readonly atMs: number;
}

/** Tells whether a decision by a rule is confirmed by a receipt. */
export function wantsReceipt(rule: ApproverRule, { receipts = 'off' }: Pick<Policy, 'receipts'>): boolean {
  if (receipts !== 'risky') return receipts === 'all';
  return rule.quorum > 1 || rule.holdMs !== undefined || rule.approveWith === 'typed';
}

/** Tells whether what was decided about an approval may have left for its system. */
export function hasLeftUs({ state }: Approval): boolean {
  return state.kind !== 'waiting' && state.kind !== 'held';
}

/** Tells whether a receipt is somebody's own. */
export function isReceiptOf({ vote }: Receipt, person: PersonId): boolean {
  return isSamePerson(vote.person, person);
}

/** Too few can act: how many can, and how many the rule wants. */
export interface RoleGap {
  readonly able: number;
  readonly wanted: number;
}

/**
 * Tells whether fewer people can approve than the rule and the system want; undefined if there are enough.
 *
 * `people`: everybody the rule names, as last known. Where it is decided in the portal the bot cannot tell.
 */
export function roleGap(
  approval: Approval,
  { people, policy }: { readonly people: readonly Person[]; readonly policy: Policy },
): RoleGap | undefined {
  const { instance, requirement } = approval;
  const rule = approverRuleFor(instance, policy);
  if (!rule || rule.approveWith === 'portal-only') return undefined;
  const isByPeople = signalsAsPerson(policy, instance.ref.system);
  const wanted = Math.max(rule.quorum, isByPeople ? (requirement.needed ?? 1) : 1);
  const able = people.filter((person) => {
    const { kind } = mayDecide(person, instance, policy);
    return kind === 'yes' || kind === 'group-not-checked';
  }).length;
  return able < wanted ? { able, wanted } : undefined;
}

/** Lists, for each approver rule and each system it speaks of, the people whose name there is not known. */
export function unmappedApprovers(
  { approvers, people }: Pick<Policy, 'approvers' | 'people'>,
  systems: readonly string[],
): readonly { readonly rule: string; readonly system: string; readonly people: readonly PersonId[] }[] {
  return approvers.flatMap(({ name, match, people: named }) =>
    systems
      .filter((system) => match.system?.some((pattern) => matchesPattern(system, pattern)) ?? true)
      .map((system) => ({
        rule: name,
        system,
        people: named.filter((id) => !isKnown(id, system, people)),
      }))
      .filter((gap) => gap.people.length > 0),
  );
}

function isKnown(id: PersonId, system: string, people: Policy['people']): boolean {
  return people.some((person) => isSamePerson(person.id, id) && (person.identities[system] ?? []).length > 0);
}

/** Up to which severity a rule lets requests with findings be approved together; `off`: none at all, ever. */
export const bulkLimits = ['none', 'low', 'medium', 'high', 'off'] as const;

/** Says why a request cannot be approved together with others; nothing where it can. */
export function whyNotInBulk(approval: Approval, policy: Policy): WhyNotInBulk | undefined {
  const { instance, inbound } = approval;
  const rule = approverRuleFor(instance, policy);
  const { bulkUpTo = 'none' } = rule ?? {};
  if (!rule || bulkUpTo === 'off' || rule.holdMs !== undefined || rule.automatic) return 'rule';
  if (rule.approveWith === 'typed' || rule.approveWith === 'portal-only') return 'rule';
  if (inbound) return 'outputs';
  if (isBeyondOneAccount(approval, policy)) return 'beyond-one-account';
  if (!isShownWhole(instance.facts)) return 'not-whole';
  const most = bulkLimits.indexOf(bulkUpTo);
  const isTooGrave = findingsIn(instance, policy).some(
    (finding) => bulkLimits.indexOf(severityOf(finding)) > most,
  );
  return isTooGrave ? 'finding' : undefined;
}

/** What a window showed of one request, to which a decision made in it is bound. */
export interface BulkItem {
  readonly approvalId: string;
  readonly revision: number;
  /** What was shown of it besides the facts, summed up. */
  readonly basis: string;
  /** The copy of its card that is nearest to the person. */
  readonly message: MessageRef;
  /** Whether its rule wanted a reason, and how long a comment could be beside those given already. */
  readonly wantsReason: boolean;
  readonly room: number;
}

/** A window in which several requests can be approved together; only its opener may submit it. */
export interface BulkWindow extends Pick<Click, 'from'> {
  readonly id: string;
  readonly person: PersonId;
  readonly items: readonly BulkItem[];
}
