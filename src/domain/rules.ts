import { matchesPattern } from '../shared/matches-pattern.js';
import type { AlertPolicy } from './alerts/alert-rules.js';
import type { Executable, OperatorRule } from './change.js';
import type { Instance } from './instance.js';
import type { MappedPerson, PersonId } from './person.js';

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
}

/** Who may decide what a match describes, and how. */
export interface ApproverRule {
  readonly name: string;
  readonly match: RuleMatch;
  /** Nobody else; empty means nobody. */
  readonly people: readonly PersonId[];
  /** How many distinct people must approve before the bot signals. */
  readonly quorum: number;
  readonly ownRequest: 'forbidden' | 'allowed';
  readonly approveWith: 'comment' | 'one-click';
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
  readonly executables: readonly Executable[];
  readonly alerts: AlertPolicy;
  readonly emailMatching: boolean;
  /** Domains the organisation expects names in; empty means every name is expected. */
  readonly zones: readonly string[];
  readonly fallbackChannel: string;
  readonly operatorsChannel: string;
  /** How long a decision that cannot reach its system is kept and tried, in milliseconds. */
  readonly keepTryingForMs: number;
}

/** Tells whether a rule speaks of this instance. */
export function isMatch(match: RuleMatch, instance: Instance): boolean {
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
  return pairs.every(
    ([patterns, values]) =>
      patterns === undefined ||
      patterns.some((pattern) => values.some((value) => matchesPattern(value, pattern))),
  );
}

/** Finds the approver rule in force: the first that matches, or none, which means nobody may decide. */
export function approverRuleFor(instance: Instance, policy: Policy): ApproverRule | undefined {
  return policy.approvers.find((rule) => isMatch(rule.match, instance));
}

/** Where a message goes: a channel, or a person's direct messages. */
export type Target =
  | { readonly kind: 'channel'; readonly channel: string }
  | { readonly kind: 'person'; readonly person: PersonId };

/** Lists where the cards of an instance go: the first matching route, else the fallback channel. */
export function targetsFor(instance: Instance, policy: Policy): readonly Target[] {
  const route = policy.routes.find((rule) => isMatch(rule.match, instance));
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
