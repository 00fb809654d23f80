import { defined } from '../shared/language.js';
import { findingsOf } from './findings.js';
import {
  type Fault,
  hasEnded,
  type Instance,
  type InstanceRef,
  type InstanceStatus,
  type Step,
} from './instance.js';
import { isSamePerson, type PersonId } from './person.js';
import { describeDetail, describeKey, type RequestDetail, subjectBeside } from './request.js';

/** The two answers a waiting step takes. */
export type Verdict = 'approve' | 'deny';

/** The place of an approver who is away, in which somebody else decides. */
export interface Seat {
  readonly person: PersonId;
  readonly name: string;
  /** As for a vote. */
  readonly isSelfNamed?: true;
  /** Names the system knows the approver by, so that their seat counts once under any of them. */
  readonly identities: readonly string[];
}

/** One person's verdict about one revision of the facts. */
export interface Vote {
  readonly person: PersonId;
  readonly name: string;
  /** Set where the name is only what the person calls themselves in the chat, so that cards mention them instead. */
  readonly isSelfNamed?: true;
  /** Names the system knows the person by, so that two chat accounts of one person count once. */
  readonly identities: readonly string[];
  readonly verdict: Verdict;
  /** Which of the outputs a workflow offered, by its name there; absent where there are only the two answers. */
  readonly output?: string;
  readonly comment?: string;
  readonly atMs: number;
  /** Revision of the approval's facts that the person saw. */
  readonly revision: number;
  /** In whose place it was given; absent where the person has a seat of their own. */
  readonly seat?: Seat;
  /** What stood out in the request then, summed up; absent on a denial and in older votes. */
  readonly findings?: string;
}

/** Tells whether a vote is somebody's: given by them, or in their seat. */
export function isBehind({ person, seat }: Vote, id: PersonId): boolean {
  return isSamePerson(person, id) || (seat !== undefined && isSamePerson(seat.person, id));
}

/** A vote the system has counted by its person's own signal, and waits for more; `isInferred` if only reading suggests so. */
export interface CountedVote extends Vote {
  readonly isInferred?: boolean;
}

/** What people chose together: one denial, or as many approvals as the rule wants. */
export interface Decision {
  readonly verdict: Verdict;
  /** The output they agreed on, where the workflow offered outputs of its own. */
  readonly output?: string;
  readonly votes: readonly Vote[];
  /** The rule that decided by itself, where no person did; then there are no votes. */
  readonly rule?: string;
  readonly atMs: number;
}

/** What a person signs for: if one of these changes, a decision given before does not count any more. */
export interface DecisionFacts {
  readonly requester: string;
  readonly subject: string;
  readonly names: string;
  readonly key: string;
  readonly template: string;
  readonly authority: string;
  readonly validity: string;
  readonly revocationReason: string;
  /** Absent, as whatever else may be here, in what older versions stored. */
  readonly serialNumber?: string;
  readonly effectiveDate?: string;
  readonly revocationComment?: string;
  /** The certificate that is replaced, with the hash of its bytes. */
  readonly replaced?: string;
  /** Attributes sent along with the request. */
  readonly attributes?: string;
  readonly definitionVersion: string;
  /** What else the signing request asks for, or a workflow told when it asked for people. */
  readonly details: string;
  /** The signed part of the signing request; absent where none was read, and in what older versions stored. */
  readonly digest?: string;
  /** Hash of what was sent along and is only counted on the card. */
  readonly hidden?: string;
}

/** One fact that is not what it was. */
export interface FactChange {
  readonly fact: keyof DecisionFacts;
  readonly from: string;
  readonly to: string;
}

/**
 * Picks the facts a decision is bound to.
 *
 * Leaves out what changes without changing the request: modification time, status text, received signals.
 * Names are sorted, so that the same names in another order are the same facts.
 */
export function decisionFactsOf(instance: Instance): DecisionFacts {
  const { facts } = instance;
  return {
    requester: listed(facts.requesters),
    subject: facts.subject ?? '',
    names: listed([...facts.names].sort()),
    key: keyFact(facts),
    template: facts.template ?? '',
    authority: facts.authority ?? '',
    validity: facts.validity ?? '',
    revocationReason: facts.revocation?.reason ?? '',
    serialNumber: facts.revocation?.serialNumber ?? '',
    effectiveDate: facts.revocation?.effectiveAt ?? '',
    revocationComment: facts.revocation?.comment ?? '',
    replaced: replacedFact(facts),
    attributes: listed([...(facts.attributes ?? [])].sort()),
    definitionVersion: `${instance.definition.id} v${instance.definition.version}`,
    details: listed(otherFacts(facts)),
    ...defined({ digest: facts.digest }),
    hidden: facts.hiddenDigest ?? '',
  };
}

function replacedFact({ replaces, replacesUnreadable, replacesDigest }: Instance['facts']): string {
  const { subject, key, names = [] } = replaces ?? {};
  const known = [subject, ...names, key && describeKey(key)].filter((text) => text !== undefined);
  const text = replaces ? `a certificate of ${listed(known)}` : (replacesUnreadable ?? '');
  return replacesDigest === undefined ? text : `${text} (${replacesDigest})`;
}

/** A workflow's own values are all signed for; of a system's only those that stand for the request. */
function otherFacts({
  isInbound,
  others,
  details = [],
  due,
  links = [],
}: Instance['facts']): readonly string[] {
  const told = others.filter(({ label }) => isInbound || label === subjectBeside);
  return [
    ...details.flatMap(detailFact),
    ...told.map(({ label, value }) => `${label}: ${value}`),
    ...(due === undefined ? [] : [`due ${due}`]),
    ...links.map(({ title, url }) => `link ${title}: ${url}`),
  ];
}

/** Writes a detail as it was written before it told whether it is critical: the digest covers that. */
function detailFact(detail: RequestDetail): readonly string[] {
  if (detail.kind === 'critical-names') return [];
  return [describeDetail(detail.kind === 'extension' ? detail : { ...detail, isCritical: false })];
}

function keyFact({ key, unreadableRequest }: Instance['facts']): string {
  if (!key) return unreadableRequest ?? '';
  return key.fingerprint === undefined ? describeKey(key) : `${describeKey(key)} (${key.fingerprint})`;
}

/** Lists texts so that no two different lists read the same. */
function listed(texts: readonly string[]): string {
  return texts.map((text) => (/[",]/.test(text) ? JSON.stringify(text) : text)).join(', ');
}

/**
 * Lists the facts that differ, in the order in which a card shows them.
 *
 * A digest that was not known before is no change: nothing says that it was another.
 */
export function factChanges(before: DecisionFacts, after: DecisionFacts): readonly FactChange[] {
  const names: readonly (keyof DecisionFacts)[] = [
    'requester',
    'subject',
    'names',
    'key',
    'template',
    'authority',
    'validity',
    'revocationReason',
    'serialNumber',
    'effectiveDate',
    'revocationComment',
    'replaced',
    'definitionVersion',
    'details',
    'attributes',
    'digest',
    'hidden',
  ];
  return names
    .filter((fact) => before[fact] !== after[fact] && before[fact] !== undefined)
    .map((fact) => ({ fact, from: before[fact] ?? '', to: after[fact] ?? '' }));
}

/** How the facts of a run differ from those that are known of it. */
interface FactDifference {
  readonly changes: readonly FactChange[];
  /** True where a version reads more than the one that stored what is known, and that shows more of the request. */
  readonly isMore?: true;
}

/**
 * Compares what is known of a run with what was read of it; undefined if votes stand.
 *
 * Where an older version stored what is known, only what that version knew can be equal. What it did not know is no
 * change, unless the card gains a name, something else that is asked for, or a finding by it.
 */
export function compareFacts(before: Instance, after: Instance): FactDifference | undefined {
  const [known, read] = [decisionFactsOf(before), decisionFactsOf(after)];
  const changes = factChanges(known, read);
  const isByOne = before.facts.reading !== undefined && before.facts.reading === after.facts.reading;
  if (isByOne || after.facts.reading === undefined) return changes.length === 0 ? undefined : { changes };
  const ofThen = changes.filter(({ fact }) => !isUnknownBefore(fact, before.facts, after.facts));
  const hadFinding = new Set(
    findingsOf(before.facts, { zones: [] }).map((finding) => JSON.stringify(finding)),
  );
  const gains = findingsOf(after.facts, { zones: [] }).some(
    (finding) => !hadFinding.has(JSON.stringify(finding)),
  );
  return ofThen.length > 0 || gains ? { changes: ofThen, isMore: true } : undefined;
}

/** Tells whether a fact differs only by what older versions did not read. */
function isUnknownBefore(
  fact: keyof DecisionFacts,
  before: Instance['facts'],
  after: Instance['facts'],
): boolean {
  // Versions that read requests whole differ only in how they write what one signed part asks for.
  if (before.reading !== undefined)
    return fact === 'details' && before.digest !== undefined && isSameBeside(before, after);
  switch (fact) {
    case 'digest':
    case 'attributes':
    case 'replaced':
    case 'hidden':
      return true;
    case 'key':
      return (
        before.key !== undefined &&
        after.key !== undefined &&
        before.key.fingerprint === undefined &&
        describeKey(before.key) === describeKey(after.key)
      );
    default:
      return false;
  }
}

/** Tells whether two readings are of one signed part, with the same templates beside it. */
function isSameBeside(before: Instance['facts'], after: Instance['facts']): boolean {
  const templatesOf = ({ details = [] }: Instance['facts']) =>
    listed(details.flatMap((detail) => (detail.kind === 'template' ? [detail.template] : [])));
  return before.digest === after.digest && templatesOf(before) === templatesOf(after);
}

/** Where an instance was found after it left the step. */
export interface Whereabouts {
  readonly status: InstanceStatus;
  readonly statusMessage?: string;
  readonly step?: Step;
}

/** How an approval ended, saying no more than was seen. */
export type Ending =
  /** The system took our approval and the instance moved on; `elsewhere` if other identities completed it. */
  | { readonly kind: 'approved'; readonly now: Whereabouts; readonly elsewhere: boolean }
  /** The system took our denial and the instance was rejected. */
  | { readonly kind: 'denied'; readonly now: Whereabouts }
  /** It left the step without a signal of ours. */
  | {
      readonly kind: 'decided-elsewhere';
      readonly now: Whereabouts;
      /** Who had Countersign stop the run, by a command. */
      readonly stoppedBy?: string;
      /** Set where that was whoever requested it. */
      readonly isCanceled?: true;
    }
  /** Our signal went out, and the instance moved in a way that need not be ours. */
  | {
      readonly kind: 'overtaken';
      readonly now: Whereabouts;
      /** The system had answered no. */
      readonly isRefused?: true;
    }
  /** It waits for our account no longer and may not be read; `isAccepted` if the system had taken our signal. */
  | { readonly kind: 'not-visible'; readonly isAccepted?: true }
  /** A decision was sent and never answered, and nothing that can be read tells whether it arrived. */
  | { readonly kind: 'outcome-unknown'; readonly now: Whereabouts }
  /** Its system was taken out of the settings, so nobody looks any more; or the bot went live, or into shadow mode. */
  | { readonly kind: 'unwatched'; readonly switchedTo?: 'live' | 'shadow' }
  /** It was restarted; the successor is named only when exactly one candidate matched. */
  | { readonly kind: 'restarted'; readonly successor?: InstanceRef; readonly candidates: number };

/** Why an approval that waits has something to explain. */
export type WaitingNote =
  | {
      readonly kind: 'facts-changed';
      readonly changes: readonly FactChange[];
      /** True where this version shows more of the request than the one before, which need not have changed. */
      readonly isMore?: true;
    }
  /** A decision could not be delivered in time and was given up; nothing was changed. */
  | { readonly kind: 'released'; readonly decision: Decision }
  /** A decision found after a restart was too old to send. */
  | { readonly kind: 'too-old'; readonly decision: Decision }
  /** The system refused the signal, or would have. */
  | {
      readonly kind: 'refused';
      readonly decision: Decision;
      readonly reason: SignalRefusal;
      /** The person's own account that was refused, where decisions are told by people. */
      readonly account?: string;
      /** The system's own words. */
      readonly said?: string;
      /** What it lacks was known here, so it never left. */
      readonly isUnsent?: true;
    }
  /** Somebody who had decided has no linked account any more, so it could not be told in their name. */
  | { readonly kind: 'link-ended'; readonly name: string }
  /** Somebody who had voted may not decide any more. */
  | { readonly kind: 'vote-void'; readonly names: readonly string[] }
  /** Something else stands out in the request than when somebody approved it. */
  | { readonly kind: 'findings-changed'; readonly names: readonly string[] }
  /** Somebody who had decided said that it was not them. */
  | { readonly kind: 'disowned'; readonly name: string }
  /** By now the system wants more identities than the one that signals. */
  | { readonly kind: 'beyond-one-account' }
  /** The rule wants more people now than when the decision was made. */
  | { readonly kind: 'quorum-raised'; readonly have: number; readonly of: number }
  /** The rule that had approved it by itself would not any more. */
  | { readonly kind: 'rule-void'; readonly rule: string };

/** Why a system would not take a signal. */
export type SignalRefusal =
  | 'no-role'
  | 'not-waiting'
  | 'bad-request'
  | 'sign-in'
  /** The system knows nobody on whose behalf to take it. */
  | 'nobody-mapped'
  | 'engine-down';

/** Where an approval stands, and so what its card says. */
export type ApprovalState =
  | { readonly kind: 'waiting'; readonly note?: WaitingNote }
  /** Decided; the signal is on its way. */
  | { readonly kind: 'deciding'; readonly decision: Decision }
  /** Decided, but not sent yet; tried until then. */
  | {
      readonly kind: 'held';
      readonly decision: Decision;
      readonly untilMs: number;
      /**
       * What could not be asked: the system, unless told, or the chat about the voters. `run`: the system answers
       * and does not show the run. `sign-in`: nobody says whether it may be sent in somebody's own name. `hold`: nothing stands in the way, and it is sent then; the rule gives people
       * time to take it back.
       */
      readonly waitsFor?: 'system' | 'chat' | 'run' | 'sign-in' | 'hold';
      /** What was wrong with the system, where it was not silent. */
      readonly fault?: Fault;
    }
  /** The signal went out; whether it was taken (or, if `isAccepted`, what it led to) is not known. */
  | {
      readonly kind: 'checking';
      readonly decision: Decision;
      readonly sentAtMs: number;
      readonly isAccepted: boolean;
    }
  /** The system took the signal and waits for more identities; `isInferred` if only reading suggests so. */
  | { readonly kind: 'recorded'; readonly decision: Decision; readonly isInferred?: boolean }
  /** The system took the signal, but the instance did not move. */
  | { readonly kind: 'not-moved'; readonly decision: Decision; readonly isInferred?: boolean }
  | {
      readonly kind: 'ended';
      readonly ending: Ending;
      readonly decision?: Decision;
      readonly atMs: number;
    };

/** Gives the decision an approval carries, if there is one. */
export function decisionOf(state: ApprovalState): Decision | undefined {
  return 'decision' in state ? state.decision : undefined;
}

/** What the definition says a step needs; absent means it could not be read. */
export interface Requirement {
  /** How many distinct identities the system itself wants. */
  readonly needed?: number;
  readonly roles: readonly string[];
  /** Display name of what comes after an approval. */
  readonly nextStep?: string;
  /** Which step it is, counted from 1, of how many; absent where the order of steps is not certain. */
  readonly place?: StepPlace;
}

/** The place of a step among those of its definition. */
export interface StepPlace {
  readonly at: number;
  readonly of: number;
}

/** One way a waiting step can be answered, by its name in the workflow, and whether it says yes or no. */
export interface Output {
  readonly name: string;
  readonly verdict: Verdict;
}

/**
 * What a workflow itself sent when it asked for people.
 *
 * Its system lists nothing that could be observed, and tells of a run only how it stands as a whole.
 */
export interface InboundDetails {
  /** What the system knows the waiting activity by; without it no answer can be sent, only a link be shown. */
  readonly activityId?: string;
  /** What the workflow's designer calls it; absent if the sender did not say. */
  readonly activity?: string;
  readonly outputs: readonly Output[];
  /** Whom the workflow would ask, as the system names them; the rules alone say who may. */
  readonly suggested: readonly string[];
}

/** What somebody who can decide has asked the requester about it. */
export interface Question {
  /** Counts from 1; a button carries it. */
  readonly number: number;
  readonly person: PersonId;
  readonly name: string;
  readonly text: string;
  readonly atMs: number;
  readonly answer?: { readonly person: PersonId; readonly text: string; readonly atMs: number };
}

/** Tells whether the requester was asked something and has not answered. */
export function hasOpenQuestion({ questions = [] }: Pick<Approval, 'questions'>): boolean {
  return questions.some(({ answer }) => answer === undefined);
}

/** That a rule approves something by itself after a hold, unless somebody stops it; about one revision of the facts. */
export interface RulePlan {
  readonly rule: string;
  readonly revision: number;
  readonly holdMs: number;
  /** When the hold began and ends; absent until the card is shown. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Why people decide, for good: somebody stopped it or decided, the rule's limit of the day, or a brake. */
  readonly over?: 'stopped' | 'decided' | 'limit' | 'brake';
  /** What whoever stopped it is called. */
  readonly stoppedBy?: string;
}

/** Tells whether a rule will approve something by itself, unless it is stopped. */
export function isPlanned(approval: Approval): approval is Approval & { readonly plan: RulePlan } {
  const { state, plan, revision } = approval;
  return state.kind === 'waiting' && plan !== undefined && !plan.over && plan.revision === revision;
}

/** One waiting step put to people. */
export interface Approval {
  /** Opaque and unguessable; the only thing a button carries besides the revision. */
  readonly id: string;
  /** Short code people can say aloud, such as `K7F3`. */
  readonly code: string;
  readonly instance: Instance;
  /** Unique name of the step that waits; with the instance and the attempt it names the approval. */
  readonly step: string;
  /** Counts how often the instance has come to wait at this step. */
  readonly attempt: number;
  /** Raised when the decision facts change; votes and buttons belong to one revision. */
  readonly revision: number;
  /** Raised at every change, so that two writers cannot overwrite each other. */
  readonly version: number;
  readonly requirement: Requirement;
  readonly state: ApprovalState;
  /** Set where the workflow itself told of it. */
  readonly inbound?: InboundDetails;
  /** Whether the signalling identity still had it in its list when last seen. */
  readonly isAssigned: boolean;
  /** Votes the system has counted already, each sent in its person's own name. */
  readonly counted?: readonly CountedVote[];
  readonly waitingSinceMs: number;
  /** What the requester was asked, oldest first. */
  readonly questions?: readonly Question[];
  /** Set where a rule was to approve it by itself when it was opened. */
  readonly plan?: RulePlan;
}

/** Tells whether an approval still takes votes. */
export function isOpenForVotes(approval: Approval): boolean {
  return approval.state.kind === 'waiting';
}

/**
 * Tells whether an instance waits at the step an approval was put for.
 *
 * A run that told of the step itself counts as waiting there until it has come to its end, since nothing else
 * can be seen of it.
 */
export function isAtStep(instance: Instance, approval: Pick<Approval, 'step' | 'inbound'>): boolean {
  if (approval.inbound) return !hasEnded(instance.status) && instance.status.kind !== 'failed';
  return instance.awaitsApproval && instance.step?.uniqueName === approval.step;
}

/**
 * Tells whether an instance is on its way at the very step: it neither waits there nor has it left.
 *
 * A system may show a run so for a moment, whatever becomes of it; nothing can be concluded from that.
 */
export function isBetween(instance: Instance, approval: Pick<Approval, 'step'>): boolean {
  return instance.status.kind === 'running' && instance.step?.uniqueName === approval.step;
}

/**
 * Gives an instance as an approval knows it after a reading.
 *
 * Of a run that told of the step itself a reading tells only how it stands; everything else stays as told.
 */
export function seenBy(approval: Pick<Approval, 'instance' | 'inbound'>, read: Instance): Instance {
  if (!approval.inbound) return read;
  const { statusMessage: _old, ...inbound } = approval.instance;
  const { status, statusMessage, fingerprint } = read;
  return { ...inbound, status, fingerprint, ...defined({ statusMessage }) };
}

/** Says where an instance stands, for an ending; of one that was told the step is where it stood then. */
export function whereaboutsOf(instance: Instance): Whereabouts {
  return {
    status: instance.status,
    ...defined({ statusMessage: instance.statusMessage }),
    ...(instance.step === undefined || instance.facts.isInbound ? {} : { step: instance.step }),
  };
}

type Counting = Pick<Approval, 'counted'>;

/** Tells whether the system has counted a person's own signal. */
export function isCounted({ counted = [] }: Counting, person: Vote['person']): boolean {
  return counted.some((one) => isSamePerson(one.person, person));
}

/** Leaves out votes of people whose own signal the system has counted. */
export function notCounted(approval: Counting, votes: readonly Vote[]): readonly Vote[] {
  return votes.filter(({ person }) => !isCounted(approval, person));
}

/** Lists votes with those the system has counted, which stand whatever became of the facts. */
export function withCounted(approval: Counting, votes: readonly Vote[]): readonly Vote[] {
  const { counted = [] } = approval;
  return [...counted, ...notCounted(approval, votes)];
}

/** Gives the one line that tells a request from others. */
export function subjectOf({ instance }: Pick<Approval, 'instance'>): string {
  const { facts, title } = instance;
  return facts.subject ?? facts.names[0] ?? facts.revocation?.serialNumber ?? title;
}

/**
 * One attempt to tell a system a decision, from its claim to its settled end.
 *
 * `claimed`: nothing was sent. `sending`: written before the request leaves, so after a crash its outcome is
 * unknown. `accepted`: the system took it and its effect has not been read. `settled`: over.
 */
type SignalPhase = 'claimed' | 'sending' | 'accepted' | 'settled';

/** A no of the system to a signal that had left. */
export interface Refused {
  readonly reason: SignalRefusal;
  /** The person's own account that was refused, where decisions are told by people. */
  readonly account?: string;
  /** The system's own words. */
  readonly said?: string;
}

/** A claimed signal; at most one that is not settled exists per instance. */
export interface Signal {
  readonly id: string;
  readonly approvalId: string;
  readonly instance: InstanceRef;
  readonly step: string;
  readonly revision: number;
  readonly decision: Decision;
  readonly phase: SignalPhase;
  /** Which run of the bot holds it, and until when nobody else may take it. */
  readonly replicaId: string;
  readonly leaseUntilMs: number;
  readonly claimedAtMs: number;
  /** It is not sent before then, so that it can be taken back. */
  readonly notBeforeMs?: number;
  /** When the request itself can no longer arrive; set before it is sent. */
  readonly deadlineMs?: number;
  /** How often the request was sent. */
  readonly sends: number;
  /** Reads since the deadline that still found it waiting for the signalling identity. */
  readonly stillWaitingReads: number;
  /** Who said since it left that a vote in their name was not theirs; it is not sent again on those votes. */
  readonly repudiatedBy?: readonly PersonId[];
  /** What the system answered, where it cannot be seen yet whether the run has moved all the same. */
  readonly refused?: Refused;
  /** Where a poll found the run since the signal was on its way; at the same step it has come to wait anew since. */
  readonly seenElsewhere?: Whereabouts;
  /** Id of the work that claimed it, as in the log. */
  readonly trace?: string;
}

/** Tells until when a decision is tried, before it is given up unsent. */
export function givenUpAtMs(
  { decision, notBeforeMs = 0 }: Pick<Signal, 'decision' | 'notBeforeMs'>,
  keepTryingForMs: number,
): number {
  return Math.max(decision.atMs, notBeforeMs) + keepTryingForMs;
}

/** The comment a system stores may be no longer than this, in UTF-16 units. */
export const maxCommentLength = 500;

type Voter = Pick<Vote, 'name' | 'identities' | 'seat'> & Partial<Pick<Vote, 'person'>>;

const separator = ' — ';

/**
 * Writes the comment a system stores: what people said, and always who decided through the bot.
 *
 * Fits the system's limit: the names are kept whole and what people said is cut, since the bot remembers the
 * words but the system's own record must name the humans.
 */
export function signalComment(decision: Decision, questions: readonly Question[] = []): string {
  const attribution =
    decision.rule === undefined ? attributionOf(decision.verdict, decision.votes) : byRule(decision.rule);
  const said = decision.votes.flatMap(({ comment }) => (comment ? [oneLine(comment)] : [])).join('" / "');
  const room = maxCommentLength - separator.length - attribution.length - quotes.length;
  const comment = said === '' || room < 2 ? attribution : `"${cut(said, room)}"${separator}${attribution}`;
  return questions.reduce(withReply, comment);
}

/** Adds what the requester answered as far as it fits whole, behind who decided. */
function withReply(comment: string, { text, answer }: Question): string {
  if (!answer) return comment;
  const longer = `${comment} [asked: "${oneLine(text)}", answered: "${oneLine(answer.text)}"]`;
  return longer.length <= maxCommentLength ? longer : comment;
}

const quotes = '""';

/** Keeps what somebody said within its quotes, on one line: nothing in it can be read as who approved. */
function oneLine(text: string): string {
  return text.replace(/["\u201C-\u201F\u00AB\u00BB\uFF02]/g, "'").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/**
 * Keeps of a name what names are made of, so that nobody can call themselves what reads as another's approval: no
 * brackets, commas or quotes, and none of the words around a name.
 */
function plainName(name: string): string {
  const plain = name
    .replace(/(?:(?!\u200C|\u200D)[^\p{L}\p{M}\p{N}\p{So}.'’-])+/gu, ' ')
    .replace(/\b(?:approved|denied)\s+by\b|\bvia\s+countersign\b/gi, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain === '' ? 'somebody' : plain;
}

/** Systems allow almost anything in a user name; what would end it early is left out. */
function plainIdentity(identity: string): string {
  return identity.replace(/[\p{C}\p{Zl}\p{Zp}"(),]/gu, '').trim();
}

/** A reason that has to be given always has room for so many UTF-16 units; what others said is cut for it. */
const leastForReason = 60;

/** Tells how many UTF-16 units a person's comment may have beside everything else that must be said. */
export function roomForComment(
  verdict: Verdict,
  others: readonly Vote[],
  { isReason, ...voter }: Voter & { readonly isReason?: boolean },
): number {
  const between = '" / "'.length;
  const said = others.reduce((sum, { comment }) => sum + (comment ? comment.length + between : 0), 0);
  const framing = separator.length + quotes.length + attributionOf(verdict, [...others, voter]).length;
  return Math.max(isReason ? leastForReason : 0, maxCommentLength - framing - said);
}

function attributionOf(verdict: Verdict, voters: readonly Voter[]): string {
  const who = voters.map(withIdentity).join(', ');
  return cut(`${verdict === 'approve' ? 'Approved' : 'Denied'} by ${who} via Countersign`, maxCommentLength);
}

function byRule(rule: string): string {
  return cut(`Approved by rule ${plainName(rule)} via Countersign`, maxCommentLength);
}

/** A display name is the person's own choice, so something they cannot choose stands beside it. */
function withIdentity({ seat, ...voter }: Voter): string {
  const who = accountOf(voter);
  return seat ? `${who} for ${accountOf(seat)}` : who;
}

function accountOf({ name, identities: [identity], person }: Omit<Voter, 'seat'>): string {
  const called = plainName(name);
  if (identity === undefined) return person ? `${called} (Slack ${person.userId})` : called;
  return identity === name ? plainIdentity(identity) : `${called} (${plainIdentity(identity)})`;
}

/** Cuts a text to a number of UTF-16 units without tearing a character apart. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, Math.max(0, length - 1));
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
