import { type Approval, hasOpenQuestion, type RulePlan } from './approval.js';
import { commonNames } from './findings.js';
import { approverRuleFor, findingsIn, type Policy } from './policy.js';
import { describeDetail, isShownWhole, type KeyFacts, type RequestFacts, wholeReading } from './request.js';
import { signalsAsPerson } from './voting.js';

/** What keeps a rule from approving by itself; any one of them is enough. */
export type Brake =
  /** The rule in force approves nothing by itself. */
  | 'rule'
  /** It names no requester letter by letter, or not everybody who requested this. */
  | 'requester'
  /** The settings name no domains in which names are expected. */
  | 'zones'
  | 'quorum'
  /** The system wants several identities, or nobody can say how many. */
  | 'several-identities'
  /** The system is told decisions in the name of people, and a rule is nobody. */
  | 'as-person'
  /** A workflow sent it itself, or the service account does not have it in its list. */
  | 'not-listed'
  /** Not all of it was read, or a card does not show all of it. */
  | 'not-whole'
  /** Somebody wanted to know more about it. */
  | 'question'
  | 'no-renewal'
  | 'expired'
  | 'names'
  | 'key'
  | 'authority'
  | 'template'
  /** It asks for something that the certificate it replaces does not have. */
  | 'asks-for-more'
  | 'finding';

/** What a brake is worked out from. */
type Braked = Pick<Approval, 'instance' | 'requirement' | 'inbound' | 'questions' | 'counted' | 'isAssigned'>;

/**
 * Says what keeps the rule in force from approving a request by itself; nothing where it may.
 *
 * Only a renewal that asks for what the certificate before it has, letter by letter, passes; what cannot be compared
 * does not.
 */
export function whyNotByRule(approval: Braked, policy: Policy, nowMs: number): Brake | undefined {
  const { instance, requirement, inbound, counted = [] } = approval;
  const { facts, ref } = instance;
  const rule = approverRuleFor(instance, policy);
  if (!rule?.automatic) return 'rule';
  const requesters = rule.match.requester ?? [];
  const isNamed = (name: string) => requesters.some((one) => isSameText(one, name));
  const isAnybody = requesters.length === 0 || requesters.some((one) => one.includes('*'));
  if (isAnybody || facts.requesters.length === 0 || !facts.requesters.every(isNamed)) return 'requester';
  if (policy.zones.length === 0) return 'zones';
  if (rule.quorum !== 1) return 'quorum';
  if (requirement.needed !== 1 || counted.length > 0) return 'several-identities';
  if (signalsAsPerson(policy, ref.system)) return 'as-person';
  if (inbound || facts.isInbound || !approval.isAssigned) return 'not-listed';
  if (instance.isPartial || facts.reading !== wholeReading || !isShownWhole(facts)) return 'not-whole';
  if (facts.digest === undefined || facts.unreadableRequest !== undefined) return 'not-whole';
  if (hasOpenQuestion(approval) || (approval.questions ?? []).length > 0) return 'question';
  const differs = whyNoRenewal(facts, policy.templateIds ?? {}, nowMs);
  if (differs) return differs;
  // That it replaces something is why it may pass at all.
  return findingsIn(instance, policy).some(({ kind }) => kind !== 'replaces') ? 'finding' : undefined;
}

/** Says in what a request is no renewal of the same; nothing where it is one. */
function whyNoRenewal(
  facts: RequestFacts,
  templateIds: NonNullable<Policy['templateIds']>,
  nowMs: number,
): Brake | undefined {
  const { replaces, names, subject, key, authority, template, details = [] } = facts;
  if (!replaces || facts.replacesUnreadable !== undefined || facts.replacesDigest === undefined)
    return 'no-renewal';
  if (facts.revocation) return 'no-renewal';
  if (replaces.expiresAtMs === undefined || !(replaces.expiresAtMs > nowMs)) return 'expired';
  if (names.length === 0 || sorted(names) !== sorted(replaces.names)) return 'names';
  if (subject === undefined || subject !== replaces.subject) return 'names';
  if (!isSameKind(key, replaces.key)) return 'key';
  const [issuer, ...more] = commonNames(replaces.authority);
  const named = authority?.slice(authority.lastIndexOf('\\') + 1);
  if (issuer === undefined || more.length > 0 || named === undefined || !isSameText(issuer, named))
    return 'authority';
  const before = replaces.details ?? [];
  const templates = before.flatMap((detail) => (detail.kind === 'template' ? [detail.template] : []));
  const isTemplate = (one: string) =>
    template !== undefined &&
    (isSameText(one, template) || identifierIn(one) === (templateIds[template] ?? 'unknown'));
  if (templates.length === 0 || !templates.every(isTemplate)) return 'template';
  const had = new Set(before.map(plainDetail));
  // What only accompanies a request stands in no certificate.
  const isOfCertificate = ({ kind }: (typeof details)[number]) =>
    kind !== 'attribute' && kind !== 'name-value' && kind !== 'critical-names' && kind !== 'version';
  return details.filter(isOfCertificate).some((detail) => !had.has(plainDetail(detail)))
    ? 'asks-for-more'
    : undefined;
}

function plainDetail(detail: NonNullable<RequestFacts['details']>[number]): string {
  return describeDetail({ ...detail, isCritical: false });
}

/** Gives the object identifier a template of version 2 begins with. */
function identifierIn(template: string): string | undefined {
  return /^\d+(\.\d+)+/.exec(template)?.[0];
}

function isSameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function sorted(names: readonly string[]): string {
  return JSON.stringify([...new Set(names)].sort());
}

/** Two keys of one kind and size, both of which are known; which key it is does not matter. */
function isSameKind(one: KeyFacts | undefined, other: KeyFacts | undefined): boolean {
  if (!one || !other) return false;
  const size = ({ sizeBits, curve }: KeyFacts) => curve ?? sizeBits;
  const isKnown = (key: KeyFacts) => !key.isBroken && !key.isUnknown && !key.cannotSign;
  return (
    isKnown(one) &&
    isKnown(other) &&
    one.algorithm === other.algorithm &&
    size(one) === size(other) &&
    (size(one) !== undefined || /^Ed/i.test(one.algorithm)) &&
    (one.exponent ?? '65537') === (other.exponent ?? '65537')
  );
}

/** Plans that the rule in force approves a request by itself, where it may; its hold begins once the card is shown. */
export function planFor(
  approval: Braked & Pick<Approval, 'revision'>,
  policy: Policy,
  nowMs: number,
): RulePlan | undefined {
  const rule = approverRuleFor(approval.instance, policy);
  if (!rule?.automatic || whyNotByRule(approval, policy, nowMs) !== undefined) return undefined;
  return { rule: rule.name, revision: approval.revision, holdMs: rule.automatic.holdMs };
}

/** Since when the bot polls a system and reaches the chat without a break, as one run of the bot. */
export interface Attendance {
  readonly replicaId: string;
  readonly sinceMs: number;
  readonly atMs: number;
}

/** After more than this without a poll and an answer of the chat, the bot counts as having been away. */
const longestBreakMs = 75_000;

/** Continues an attendance with a poll after which the chat answered; it begins anew after a break or a restart. */
export function attend(before: Attendance | undefined, replicaId: string, nowMs: number): Attendance {
  const gapMs = before ? nowMs - before.atMs : Number.POSITIVE_INFINITY;
  const isOne = before?.replicaId === replicaId && gapMs >= 0 && gapMs <= longestBreakMs;
  return { replicaId, sinceMs: isOne ? before.sinceMs : nowMs, atMs: nowMs };
}

/** What is to be done about a planned approval now. */
export type PlanStep =
  | { readonly kind: 'wait' }
  /** People decide. */
  | { readonly kind: 'brake'; readonly brake: Brake }
  | { readonly kind: 'begin'; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: 'decide' };

/**
 * Says what is to be done about a planned approval: its hold begins once every copy of its card is shown, and anew
 * after any time in which somebody could not have stopped it.
 */
export function planStep(
  approval: Approval & { readonly plan: RulePlan },
  {
    policy,
    isShown,
    attendance,
  }: { readonly policy: Policy; readonly isShown: boolean; readonly attendance: Attendance },
): PlanStep {
  const { plan } = approval;
  const { atMs } = attendance;
  const brake = whyNotByRule(approval, policy, atMs);
  const rule = approverRuleFor(approval.instance, policy);
  if (brake ?? rule?.name !== plan.rule) return { kind: 'brake', brake: brake ?? 'rule' };
  if (!isShown) return { kind: 'wait' };
  const holdMs = Math.max(leastHoldMs, rule?.automatic?.holdMs ?? 0, plan.holdMs);
  const isHeld = plan.sinceMs !== undefined && plan.sinceMs >= attendance.sinceMs && plan.sinceMs <= atMs;
  if (!isHeld || plan.untilMs === undefined) return { kind: 'begin', sinceMs: atMs, untilMs: atMs + holdMs };
  return atMs >= Math.max(plan.untilMs, plan.sinceMs + holdMs) ? { kind: 'decide' } : { kind: 'wait' };
}

/** No rule approves sooner after its card than this. */
export const leastHoldMs = 10 * 60_000;

/** So many a day a rule approves by itself unless its settings say otherwise. */
export const usualLimit = 20;
