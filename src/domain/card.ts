import { defined } from '../shared/language.js';
import { type Approval, isPlanned, notCounted, type Vote, withCounted } from './approval.js';
import { type Finding, markedName } from './findings.js';
import { isSameName } from './instance.js';
import { isSamePerson, namesNobody, type Person, type PersonId } from './person.js';
import {
  type ApproverRule,
  approverRuleFor,
  findingsIn,
  type Policy,
  type Target,
  targetsFor,
} from './policy.js';
import { type RequestFacts, readNameText, shownOnCard } from './request.js';
import type { ShadowRecord } from './shadow.js';
import { isBeyondOneAccount, type RoleGap, signalsAsPerson } from './voting.js';

/** What a person can do on a card. */
export type CardAction = 'approve' | 'deny' | 'ask' | 'withdraw' | 'take-back' | 'details';

/** Who can still decide something. */
export interface Deciders {
  readonly people: readonly Decider[];
  /** Groups the rule names of which nobody knows yet who is in them. */
  readonly groups: readonly string[];
}

/** Somebody who can still decide something. */
export interface Decider extends Pick<Person, 'id' | 'name'> {
  /** They are away, and can decide all the same. */
  readonly isAway?: true;
  /** Name of the approver in whose place they can. */
  readonly seat?: string;
}

/** Everything a card tells, in domain words; the chat decides how it looks. */
export interface Card {
  readonly approval: Approval;
  /** Approvals given on the present facts; a withdrawn or outdated one is not among them. */
  readonly votes: readonly Vote[];
  /** How many of them it takes, as far as is known. */
  readonly wanted: number;
  readonly findings: readonly Finding[];
  /** What people sign besides the facts, summed up. */
  readonly basis: string;
  /** Absent when no rule matches, which means nobody may decide. */
  readonly rule?: ApproverRule;
  /** Who can decide by what is known; absent while nobody can, and where that was not looked into. */
  readonly deciders?: Deciders;
  /** The requester in the chat, when known there. */
  readonly requester?: PersonId;
  /** What the settings call them. */
  readonly requesterName?: string;
  readonly link?: string;
  /** One account cannot complete the step, and the bot signals as one. */
  readonly isBeyondOneAccount?: true;
  /** People whose commands may have answered the activity before anybody decided here. */
  readonly maybeDecidedBy?: readonly Pick<Person, 'id' | 'name'>[];
  /** Several systems are configured, so that a card says which one it is of. */
  readonly isOneOfSeveral?: true;
  /** Set while too few of those the rule names can act. */
  readonly gap?: RoleGap;
  readonly actions: readonly CardAction[];
  /** Set in shadow mode: where the card would go in live mode, and what was noted of it. */
  readonly shadow?: { readonly wouldGoTo: readonly Target[]; readonly record?: ShadowRecord };
}

/** Puts together what a card tells now. */
export function composeCard(
  approval: Approval,
  context: {
    readonly votes: readonly Vote[];
    readonly policy: Policy;
    readonly basis: string;
    readonly link: string | undefined;
    readonly gap?: RoleGap | undefined;
    readonly maybeDecidedBy?: Card['maybeDecidedBy'];
    readonly deciders?: Deciders | undefined;
    readonly isOneOfSeveral?: boolean;
    readonly shadowRecord?: ShadowRecord | undefined;
  },
): Card {
  const rule = approverRuleFor(approval.instance, context.policy);
  const isBeyond = isBeyondOneAccount(approval, context.policy);
  const { shadow } = context.policy;
  const actions = shadow ? (['details'] as const) : cardActions(approval, rule, context.votes);
  const requester = requesterOf(approval, context.policy);
  const requesterName = context.policy.people.find(
    ({ id }) => requester && isSamePerson(id, requester),
  )?.name;
  const { maybeDecidedBy = [] } = context;
  return {
    approval,
    votes: withCounted(approval, context.votes),
    wanted: wantedOf(approval, rule, context.policy),
    findings: findingsIn(approval.instance, context.policy),
    basis: context.basis,
    ...defined({ rule, requester, requesterName, link: context.link }),
    ...(isBeyond ? { isBeyondOneAccount: true } : {}),
    ...(maybeDecidedBy.length > 0 ? { maybeDecidedBy } : {}),
    ...(context.isOneOfSeveral ? { isOneOfSeveral: true } : {}),
    ...defined({ gap: context.gap, deciders: context.deciders }),
    ...(shadow
      ? {
          shadow: {
            wouldGoTo: targetsFor(approval.instance, shadow.live),
            ...defined({ record: context.shadowRecord }),
          },
        }
      : {}),
    actions: isBeyond ? actions.filter((action) => action !== 'approve') : actions,
  };
}

/** Lists what the buttons of a card are: live ones only while they would do something. */
export function cardActions(
  approval: Approval,
  rule: ApproverRule | undefined,
  votes: readonly Vote[],
): readonly CardAction[] {
  // What the system has counted cannot be unsaid.
  const canWithdraw = notCounted(approval, votes).length > 0;
  switch (approval.state.kind) {
    case 'waiting':
      if (!rule || namesNobody(rule) || rule.approveWith === 'portal-only') return ['details'];
      // Nobody knows yet what to send an answer to: people decide in the system's own inbox meanwhile.
      if (approval.inbound && approval.inbound.activityId === undefined) return ['details'];
      return [
        ...decidingActions(approval),
        ...(isPlanned(approval) ? (['take-back'] as const) : []),
        'details',
        'ask',
        ...(canWithdraw ? (['withdraw'] as const) : []),
      ];
    case 'held':
      return ['take-back', 'details'];
    default:
      return ['details'];
  }
}

/** A system that is told by people counts them itself, beside the rule. */
function wantedOf(approval: Approval, rule: ApproverRule | undefined, policy: Policy): number {
  const { counted = [], requirement, instance } = approval;
  const byRule = rule?.quorum ?? 1;
  if (!signalsAsPerson(policy, instance.ref.system)) return byRule;
  return Math.max(byRule, requirement.needed ?? 1, counted.length > 0 ? counted.length + 1 : 1);
}

/** A workflow may offer only ways to agree, or only ways to refuse. */
function decidingActions({ inbound }: Approval): readonly ('approve' | 'deny')[] {
  const both = ['approve', 'deny'] as const;
  return inbound ? both.filter((verb) => inbound.outputs.some(({ verdict }) => verdict === verb)) : both;
}

/** Tells whether buttons that decide something are on a card. */
export function hasLiveButtons(actions: readonly CardAction[]): boolean {
  return actions.some((action) => action === 'approve' || action === 'deny' || action === 'take-back');
}

/** Parts the names of a request into those that stand on its card whatever happens, and those that may fold away. */
export function namesOnCard(
  { names }: Pick<RequestFacts, 'names'>,
  findings: readonly Finding[],
): { readonly shown: readonly string[]; readonly folded: readonly string[] } {
  const listed = new Set(
    findings
      .flatMap((finding) => ('names' in finding ? finding.names : []))
      .flatMap((name) => [
        name,
        // A name in letters of another script is listed with its form in ASCII behind it.
        name.replace(/ \([^()]*\)$/, ''),
      ]),
  );
  const isMarked = (name: string) => readNameText(name).kind !== 'dns' || listed.has(markedName(name));
  const marked = names.filter(isMarked);
  const isFirst = new Set(names.slice(0, shownOnCard.names));
  const isShown = new Set([...isFirst, ...marked]);
  const inOrder = names.filter((name) => isShown.has(name));
  return {
    // Where not even these may all fit, those that matter most come first.
    shown: inOrder.length > shownOnCard.names ? [...new Set([...marked, ...inOrder])] : inOrder,
    folded: names.filter((name) => !isShown.has(name)),
  };
}

/** Finds the requester among the mapped people, when exactly one fits. */
export function requesterOf(approval: Approval, policy: Policy): PersonId | undefined {
  const { facts, ref } = approval.instance;
  const fits = policy.people.filter((person) =>
    (person.identities[ref.system] ?? []).some((name) =>
      facts.requesters.some((requested) => isSameName(name, requested, policy.domains)),
    ),
  );
  return fits.length === 1 ? fits[0]?.id : undefined;
}

/** How it stands with one copy of a card that is not shown. */
export interface UnshownCard {
  /** Whether it is still to be posted. */
  readonly isWanted: boolean;
  readonly dueAtMs: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** A post whose outcome was never told may have made a message all the same. */
  readonly mayHavePosted: boolean;
  /** The word for what went wrong last. */
  readonly error?: string;
  /** Set where the card was shown and was not found when it was last checked. */
  readonly isNotFound?: true;
}

/** Why nobody can decide an open approval from a card. */
export type MissingCardReason =
  /** Next in the outbox. */
  | { readonly kind: 'next' }
  /** Its channel is busy, and the digest there covers it until its card is posted. */
  | { readonly kind: 'digest' }
  /** Its channel is busy; it has a turn then. */
  | { readonly kind: 'turn'; readonly dueAtMs: number }
  /** It could not be posted and is tried again then; `mayHavePosted` if a message may be there unknown. */
  | {
      readonly kind: 'retried';
      readonly dueAtMs: number;
      readonly error: string;
      readonly mayHavePosted: boolean;
    }
  /** It can never be posted where it was to go. */
  | { readonly kind: 'given-up'; readonly error: string }
  /** It was posted, and was not found when it was last checked; it is checked once more before it is posted anew. */
  | { readonly kind: 'not-found' }
  /** No place was ever chosen for it. */
  | { readonly kind: 'nowhere' }
  /** It has a card, but no rule names anybody who may decide. */
  | { readonly kind: 'nobody-may' }
  /** It has a card that leads to the system, which alone can take the answer. */
  | { readonly kind: 'link-only' };

/** Every reason, in the order of what needs a person most. */
export const missingCardReasons = [
  'nowhere',
  'given-up',
  'retried',
  'not-found',
  'nobody-may',
  'link-only',
  'digest',
  'turn',
  'next',
] as const satisfies readonly MissingCardReason['kind'][];

/** Says why none of the copies of a card is shown; the copy that is nearest to be shown speaks for all. */
export function whyUnshown(copies: readonly UnshownCard[], nowMs: number): MissingCardReason {
  const [nearest] = copies
    .filter(({ isWanted }) => isWanted)
    .sort((a, b) => a.dueAtMs - b.dueAtMs || a.attempts - b.attempts);
  if (!nearest) {
    if (copies.some(({ isNotFound }) => isNotFound)) return { kind: 'not-found' };
    const [first] = copies;
    return first ? { kind: 'given-up', error: first.error ?? 'unknown' } : { kind: 'nowhere' };
  }
  const { attempts, dueAtMs, mayHavePosted, error } = nearest;
  if (attempts > 0 || mayHavePosted)
    return { kind: 'retried', dueAtMs, mayHavePosted, error: error ?? 'unknown' };
  return dueAtMs > nowMs && error !== undefined ? { kind: 'turn', dueAtMs } : { kind: 'next' };
}

/** Says why the card of an open approval decides nothing; undefined where people can decide or have decided. */
export function whyUndecidable(approval: Approval, policy: Policy): MissingCardReason | undefined {
  if (approval.state.kind !== 'waiting') return undefined;
  const rule = approverRuleFor(approval.instance, policy);
  if (hasLiveButtons(cardActions(approval, rule, []))) return undefined;
  return rule && !namesNobody(rule) ? { kind: 'link-only' } : { kind: 'nobody-may' };
}
