import type { Draft } from './draft.js';
import { neverReached } from './never-reached.js';
import { ruleText } from './rule-text.js';

/** Lists what is allowed about alerts but probably not meant. */
export function alertWarnings({ alertRules, areAlertsOff }: Draft): readonly string[] {
  if (areAlertsOff && alertRules.length > 0) {
    return ['alerts.rules: never count, because alerts.enabled is off'];
  }
  const idle = alertRules.filter(({ value }) => value.quietHours && value.mention.length === 0);
  return [
    ...neverReached('alerts.rules', alertRules),
    ...idle.map(
      (rule) =>
        `${ruleText('alerts.rules', rule)}: has quietHours and mentions nobody, so the hours change nothing`,
    ),
  ];
}
