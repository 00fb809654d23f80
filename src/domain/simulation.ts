import type { Approval } from './approval.js';
import { whyNotByRule } from './automatic.js';
import type { Instance } from './instance.js';
import { namesNobody, personKey } from './person.js';
import {
  type ApproverRule,
  approverRuleFor,
  type Policy,
  routeFor,
  targetKey,
  targetsFor,
  waysToApprove,
} from './policy.js';
import { whyNotInBulk } from './voting.js';

/** What one set of rules makes of a request. */
export interface Judgment {
  readonly route: string;
  /** The approver rule in force; absent where none matches. */
  readonly rule?: ApproverRule;
  /** How many people can decide; absent where only the chat could tell. */
  readonly able?: number;
  /** Which ways past a look at the single request are open; absent where too little of the request is stored. */
  readonly shortcuts?: Shortcuts;
}

/** Whether a rule approves a request by itself, and whether it can be approved together with others. */
interface Shortcuts {
  readonly isByRule: boolean;
  readonly isInBulk: boolean;
}

/** What a change of the rules does to a request. */
export const simulatedKinds = [
  'refused',
  'nobody-can',
  'automatic',
  'quorum',
  'approve-with',
  'own-request',
  'approvers',
  'delegates',
  'hold',
  'bulk',
  'routed',
] as const;

/** One of them. */
export type SimulatedKind = (typeof simulatedKinds)[number];

/** One thing that differs between two sets of rules for a request. */
export interface SimulatedChange {
  readonly kind: SimulatedKind;
  readonly from: string;
  readonly to: string;
  /** Set where the new rules ask less of whoever decides. */
  readonly isWeaker?: true;
}

/** Tells where the cards of a request go by a set of rules, in words that can be compared. */
export function routeOf(instance: Instance, policy: Policy): string {
  const places = targetsFor(instance, policy).map(targetKey).sort().join(', ');
  return `${routeFor(instance, policy)?.name ?? 'fallback'}: ${places}`;
}

/**
 * Tells which shortcuts a stored request has by a set of rules, as it was when it came to wait: before anybody asked
 * about it or voted.
 */
export function shortcutsOf(stored: Approval, policy: Policy): Shortcuts {
  const { questions: _questions, counted: _counted, ...approval } = stored;
  return {
    isByRule: whyNotByRule(approval, policy, stored.waitingSinceMs) === undefined,
    isInBulk:
      approverRuleFor(stored.instance, policy) !== undefined && whyNotInBulk(approval, policy) === undefined,
  };
}

/** Lists what differs between what two sets of rules make of a request, the gravest first. */
function compareJudgments(before: Judgment, after: Judgment): readonly SimulatedChange[] {
  const [from, to] = [before.rule, after.rule];
  const [could, can] = [isDecidable(from), isDecidable(to)];
  const changes: SimulatedChange[] = [];
  const add = (kind: SimulatedKind, was: string, is: string, isWeaker = false) => {
    if (was !== is) changes.push({ kind, from: was, to: is, ...(isWeaker ? { isWeaker } : {}) });
  };
  // What nobody could decide before and somebody can now is no refusal any more.
  add('refused', refusalOf(from), refusalOf(to), !could && can);
  if (from && to && could && can) {
    if (before.able !== undefined && after.able !== undefined)
      add('nobody-can', canText(before, from), canText(after, to));
    const [was, is] = [before.shortcuts, after.shortcuts];
    if (was && is) add('automatic', decider(was), decider(is), is.isByRule);
    add('quorum', String(from.quorum), String(to.quorum), to.quorum < from.quorum);
    add('approve-with', from.approveWith, to.approveWith, strictness(to) < strictness(from));
    add('own-request', from.ownRequest, to.ownRequest, to.ownRequest === 'allowed');
    add('approvers', namesOf(from), namesOf(to));
    add('delegates', keysOf(from.delegates), keysOf(to.delegates));
    const [held, holds] = [holdOf(from), holdOf(to)];
    add('hold', String(held), String(holds), holds < held);
    if (was && is) add('bulk', together(was), together(is), is.isInBulk);
  }
  add('routed', before.route, after.route);
  return changes;
}

function isDecidable(rule: ApproverRule | undefined): boolean {
  return rule !== undefined && !namesNobody(rule) && rule.approveWith !== 'portal-only';
}

function refusalOf(rule: ApproverRule | undefined): string {
  if (!rule) return 'no rule';
  if (namesNobody(rule)) return 'nobody named';
  return rule.approveWith === 'portal-only' ? 'portal only' : 'can be decided';
}

function canText({ able = 0 }: Judgment, { quorum }: ApproverRule): string {
  if (able === 0) return 'nobody can';
  return able < quorum ? 'too few can' : 'enough can';
}

/** A way nobody has put in order asks the least. */
function strictness({ approveWith }: ApproverRule): number {
  return waysToApprove.indexOf(approveWith);
}

function decider({ isByRule }: Shortcuts): string {
  return isByRule ? 'the rule' : 'people';
}

function together({ isInBulk }: Shortcuts): string {
  return isInBulk ? 'with others' : 'one by one';
}

function holdOf({ holdMs, automatic }: ApproverRule): number {
  return automatic?.holdMs ?? holdMs ?? 0;
}

function namesOf({ people, groups = [] }: ApproverRule): string {
  return [...people.map(personKey), ...groups].sort().join(', ');
}

function keysOf(people: ApproverRule['delegates'] = []): string {
  return people.length === 0 ? 'nobody' : people.map(personKey).sort().join(', ');
}

/** What a change of the rules would have done to stored requests. */
export interface Simulation {
  readonly sinceMs: number;
  readonly requests: number;
  /** Requests of which too little is known to say anything. */
  readonly notKnown: number;
  /** Requests to which anything would have happened. */
  readonly changed: number;
  /** Each difference once, the gravest kind first, with how many requests it concerns and a few of them. */
  readonly differences: readonly SimulatedDifference[];
}

/** One difference, between one rule and another. */
export interface SimulatedDifference extends SimulatedChange {
  /** Names of the approver rules before and after. */
  readonly rules: string;
  readonly count: number;
  /** Short codes of the latest of them. */
  readonly codes: readonly string[];
}

const mostCodes = 5;

/** Adds up what differs, one request at a time, so that any number of them needs no memory. */
export function createSimulation(sinceMs: number) {
  const counts = { requests: 0, notKnown: 0, changed: 0 };
  const differences = new Map<string, SimulatedDifference>();
  return {
    /** Takes a request in; without judgments where its facts are gone. */
    add(code: string, judged?: { readonly before: Judgment; readonly after: Judgment }): void {
      counts.requests += 1;
      if (!judged) {
        counts.notKnown += 1;
        return;
      }
      const { before, after } = judged;
      const changes = compareJudgments(before, after);
      if (changes.length > 0) counts.changed += 1;
      const nameOf = ({ rule }: Judgment) => rule?.name ?? 'no rule';
      const [was, is] = [nameOf(before), nameOf(after)];
      const rules = was === is ? was : `${was} → ${is}`;
      for (const change of changes) {
        const key = JSON.stringify([rules, change]);
        const { count, codes } = differences.get(key) ?? { count: 0, codes: [] };
        const shown = codes.length < mostCodes ? [...codes, code] : codes;
        differences.set(key, { ...change, rules, count: count + 1, codes: shown });
      }
    },
    result(): Simulation {
      const placeOf = ({ kind }: SimulatedChange) => simulatedKinds.indexOf(kind);
      const sorted = [...differences.values()].sort((a, b) => placeOf(a) - placeOf(b) || b.count - a.count);
      return { sinceMs, ...counts, differences: sorted };
    },
  };
}
