import { systemsOf, type WorkTasksServer } from '../backends/work-tasks/settings.js';
import type { OperatorRule, StartableWorkflow } from '../domain/change.js';
import type { AlertMatch, AlertPolicy, AlertRule, Mention } from '../domain/incident.js';
import type { MappedPerson, PersonId } from '../domain/person.js';
import type { Policy, RuleMatch } from '../domain/policy.js';
import { defined } from '../shared/defined.js';
import { conditions, findPerson, parsePersonId } from './checks.js';
import {
  type AlertRuleEntry,
  isGroupId,
  minuteOf,
  type OperatorEntry,
  type SettingsEntries,
  type WhenEntry,
} from './schema.js';

/** Turns checked settings into what the domain decides by. */
export function policyOf(entries: SettingsEntries): Policy {
  const { slack, people, approvers, routes } = entries;
  const resolve = (references: readonly string[]) =>
    distinct(references.flatMap((reference) => findPerson(reference, people, slack.team) ?? []));
  return {
    approvers: approvers.map((rule, index) => ({
      name: rule.name ?? `Approvers ${index + 1}`,
      match: matchOf(rule.when),
      people: resolve(rule.people),
      ...groupsIn(rule.people),
      quorum: rule.quorum,
      ownRequest: rule.ownRequest,
      approveWith: rule.approveWith,
      ...(rule.hold ? { holdMs: rule.hold } : {}),
    })),
    routes: routes.map((route, index) => ({
      name: route.name ?? `Route ${index + 1}`,
      match: matchOf(route.when),
      channels: [...new Set(route.channels)],
      people: resolve(route.people),
    })),
    people: people.flatMap(({ id, name, identities }): readonly MappedPerson[] => {
      const parsed = parsePersonId(id, slack.team);
      return parsed ? [{ id: parsed, name, identities }] : [];
    }),
    operators: entries.operators.map((rule, index) => operatorRule(rule, index, resolve)),
    startables: entries.workTasks.flatMap(startablesOf),
    alerts: alertPolicyOf(entries),
    signalingAsPerson: entries.keyfactor
      .filter(({ signalAs }) => signalAs === 'person')
      .map(({ name }) => name),
    receipts: entries.decisions.receipts,
    emailMatching: entries.emailMatching === 'on',
    zones: entries.zones,
    fallbackChannel: slack.fallbackChannel,
    operatorsChannel: slack.operatorsChannel,
    keepTryingForMs: entries.decisions.keepTryingFor,
  };
}

function operatorRule(
  { name, verbs, people, systems, workflows }: OperatorEntry,
  index: number,
  resolve: (references: readonly string[]) => readonly PersonId[],
): OperatorRule {
  return {
    name: name ?? `Operators ${index + 1}`,
    people: resolve(people),
    ...groupsIn(people),
    verbs,
    ...defined({ systems, definitions: workflows }),
  };
}

function startablesOf(server: WorkTasksServer): readonly StartableWorkflow[] {
  const systems = systemsOf(server);
  return server.repositories.flatMap(({ workflows }, index) => {
    const system = systems[index];
    if (system === undefined) return [];
    return workflows.map(({ name, title, variables }) => ({
      system,
      definition: name,
      ...defined({ title }),
      variables: variables.map(({ name: called, type, required, default: fallback }) => ({
        name: called,
        type,
        isRequired: required,
        ...defined({ default: fallback }),
      })),
    }));
  });
}

function groupsIn(references: readonly string[]): { readonly groups?: readonly string[] } {
  const groups = [...new Set(references.filter(isGroupId))];
  return groups.length === 0 ? {} : { groups };
}

function matchOf({ finding, ...when }: WhenEntry): RuleMatch {
  const match: { -readonly [Condition in keyof RuleMatch]: RuleMatch[Condition] } = finding
    ? { finding }
    : {};
  for (const condition of conditions) {
    const patterns = when[condition];
    if (patterns !== undefined) match[condition] = patterns;
  }
  return match;
}

function distinct(people: readonly PersonId[]): readonly PersonId[] {
  return people.filter(
    (one, index) =>
      people.findIndex((other) => other.teamId === one.teamId && other.userId === one.userId) === index,
  );
}

/** Turns the checked settings of alerts into what the domain decides by. */
function alertPolicyOf({ alerts, people, slack }: SettingsEntries): AlertPolicy {
  const toMention = (reference: string): readonly Mention[] => {
    const isNamed = people.some(({ name }) => name === reference);
    if (!isNamed && isGroupId(reference)) return [{ kind: 'group', groupId: reference }];
    const person = findPerson(reference, people, slack.team);
    return person ? [{ kind: 'person', person }] : [];
  };
  return {
    isOn: alerts.enabled === 'on',
    channel: alerts.channel ?? slack.operatorsChannel,
    quietAfterMs: alerts.quietAfter,
    rules: alerts.rules.map((rule, index): AlertRule => {
      const { quietHours } = rule;
      return {
        name: rule.name ?? `Alerts ${index + 1}`,
        match: matchOfAlertPolicy(rule.when),
        channels: [...new Set(rule.channels)],
        mentions: distinctAlertPolicy(rule.mention.flatMap(toMention)),
        severity: rule.severity,
        ...(quietHours
          ? {
              quietHours: {
                fromMinute: minuteOf(quietHours.from),
                toMinute: minuteOf(quietHours.to),
                timeZone: quietHours.timeZone,
              },
            }
          : {}),
      };
    }),
  };
}

const conditionsAlertPolicy = [
  'system',
  'definition',
  'type',
  'step',
  'cause',
] as const satisfies readonly (keyof AlertMatch)[];

function matchOfAlertPolicy(when: AlertRuleEntry['when']): AlertMatch {
  const match: { -readonly [Condition in keyof AlertMatch]: AlertMatch[Condition] } = {};
  for (const condition of conditionsAlertPolicy) {
    const patterns = when[condition];
    if (patterns !== undefined) match[condition] = patterns;
  }
  return match;
}

function distinctAlertPolicy(mentions: readonly Mention[]): readonly Mention[] {
  const byKey = new Map(mentions.map((mention) => [JSON.stringify(mention), mention]));
  return [...byKey.values()];
}
