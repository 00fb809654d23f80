import type { ConfiguredServer, SystemSketch } from '../backends/kind.js';
import type { AlertPolicy, AlertRule, Mention } from '../domain/incident.js';
import type { MappedPerson } from '../domain/person.js';
import type { Policy } from '../domain/policy.js';
import { defined } from '../shared/defined.js';
import { findPerson, parsePersonId } from './checks.js';
import { isGroupId, minuteOf, type SettingsEntries } from './schema.js';

/** Turns checked settings into what the domain decides by. */
export function policyOf(
  entries: SettingsEntries,
  {
    servers,
    systems,
  }: { readonly servers: readonly ConfiguredServer[]; readonly systems: readonly SystemSketch[] },
): Policy {
  const { slack, people, approvers, routes, operators, decisions } = entries;
  const resolve = (references: readonly string[]) =>
    distinct(references.flatMap((reference) => findPerson(reference, people, slack.team) ?? []));
  return {
    approvers: approvers.map((rule, index) => ({
      name: rule.name ?? `Approvers ${index + 1}`,
      match: defined(rule.when),
      people: resolve(rule.people),
      ...groupsIn(rule.people),
      quorum: rule.quorum,
      ownRequest: rule.ownRequest,
      approveWith: rule.approveWith,
      ...defined({ holdMs: rule.hold }),
    })),
    routes: routes.map((route, index) => ({
      name: route.name ?? `Route ${index + 1}`,
      match: defined(route.when),
      channels: distinct(route.channels),
      people: resolve(route.people),
    })),
    people: people.flatMap(({ id, name, identities }): readonly MappedPerson[] => {
      const parsed = parsePersonId(id, slack.team);
      return parsed ? [{ id: parsed, name, identities }] : [];
    }),
    operators: operators.map((rule, index) => ({
      name: rule.name ?? `Operators ${index + 1}`,
      people: resolve(rule.people),
      ...groupsIn(rule.people),
      verbs: rule.verbs,
      ...defined({ systems: rule.systems, definitions: rule.workflows }),
    })),
    startables: servers.flatMap(({ kind, server }) => kind.startablesOf?.(server) ?? []),
    alerts: alertPolicyOf(entries),
    signalingAsPerson: systems.filter((one) => one.signalsAsPerson).map(({ name }) => name),
    receipts: decisions.receipts,
    emailMatching: entries.emailMatching === 'on',
    zones: entries.zones,
    fallbackChannel: slack.fallbackChannel,
    operatorsChannel: slack.operatorsChannel,
    keepTryingForMs: decisions.keepTryingFor,
  };
}

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
    rules: alerts.rules.map(
      ({ name, when, channels, mention, severity, quietHours }, index): AlertRule => ({
        name: name ?? `Alerts ${index + 1}`,
        match: defined(when),
        channels: distinct(channels),
        mentions: distinct(mention.flatMap(toMention)),
        severity,
        ...defined({
          quietHours: quietHours && {
            fromMinute: minuteOf(quietHours.from),
            toMinute: minuteOf(quietHours.to),
            timeZone: quietHours.timeZone,
          },
        }),
      }),
    ),
  };
}

function groupsIn(references: readonly string[]): { readonly groups?: readonly string[] } {
  const groups = distinct(references.filter(isGroupId));
  return groups.length === 0 ? {} : { groups };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
