import type { AlertMatch, AlertPolicy, AlertRule, Mention } from '../domain/alerts/alert-rules.js';
import { findPerson } from './checks/find-person.js';
import type { AlertRuleEntry } from './schema/alerts-schema.js';
import { isGroupId } from './schema/ids.js';
import { minuteOf } from './schema/quiet-hours-schema.js';
import type { SettingsEntries } from './schema/settings-schema.js';

/** Turns the checked settings of alerts into what the domain decides by. */
export function alertPolicyOf({ alerts, people, slack }: SettingsEntries): AlertPolicy {
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
        match: matchOf(rule.when),
        channels: [...new Set(rule.channels)],
        mentions: distinct(rule.mention.flatMap(toMention)),
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

const conditions = [
  'system',
  'definition',
  'type',
  'step',
  'cause',
] as const satisfies readonly (keyof AlertMatch)[];

function matchOf(when: AlertRuleEntry['when']): AlertMatch {
  const match: { -readonly [Condition in keyof AlertMatch]: AlertMatch[Condition] } = {};
  for (const condition of conditions) {
    const patterns = when[condition];
    if (patterns !== undefined) match[condition] = patterns;
  }
  return match;
}

function distinct(mentions: readonly Mention[]): readonly Mention[] {
  const byKey = new Map(mentions.map((mention) => [JSON.stringify(mention), mention]));
  return [...byKey.values()];
}
