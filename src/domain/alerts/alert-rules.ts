import { matchesPattern } from '../../shared/matches-pattern.js';
import type { PersonId } from '../person.js';
import { causeOf } from './cause.js';
import type { Incident } from './incident.js';
import { type QuietHours, quietUntil } from './quiet-hours.js';

/** How much an alert matters. */
export type Severity = 'info' | 'warning' | 'critical';

/** Where alerts of what a match describes go, and who is called. */
export interface AlertRule {
  readonly name: string;
  readonly match: AlertMatch;
  /** Channel ids. */
  readonly channels: readonly string[];
  readonly mentions: readonly Mention[];
  readonly severity: Severity;
  /** While these last nobody is called; the alert itself is posted. */
  readonly quietHours?: QuietHours;
}

/** When an alert rule applies: every named property fits at least one of its patterns. */
export interface AlertMatch {
  readonly system?: readonly string[];
  readonly definition?: readonly string[];
  readonly type?: readonly string[];
  readonly step?: readonly string[];
  /** Fits any of the messages, or the cause they have in common. */
  readonly cause?: readonly string[];
}

/** Somebody an alert calls: one person, or a group of the chat. */
export type Mention =
  | { readonly kind: 'person'; readonly person: PersonId }
  | { readonly kind: 'group'; readonly groupId: string };

/** What the settings say about alerts. */
export interface AlertPolicy {
  readonly isOn: boolean;
  /** Channel of alerts no rule claims. */
  readonly channel: string;
  readonly rules: readonly AlertRule[];
  /** After this long without another failure of its kind an incident is over. */
  readonly quietAfterMs: number;
}

/** Where an alert goes and whom it calls. */
export interface AlertRoute {
  /** Absent where no rule claims it. */
  readonly rule?: string;
  readonly channels: readonly string[];
  readonly mentions: readonly Mention[];
  readonly severity: Severity;
  /** Until when nobody is called; absent outside quiet hours. */
  readonly quietUntilMs?: number;
}

/** What alert rules go by. */
export type AlertSubject = Pick<Incident, 'system' | 'definition' | 'step' | 'messages'>;

/** Finds where an alert goes: the first rule that fits, else the default channel, calling nobody. */
export function routeAlert(incident: AlertSubject, policy: AlertPolicy, nowMs: number): AlertRoute {
  const rule = policy.rules.find(({ match }) => isAlertMatch(match, incident));
  if (!rule) return { channels: [policy.channel], mentions: [], severity: 'warning' };
  const { name, mentions, severity, quietHours } = rule;
  const quietUntilMs = quietHours && quietUntil(quietHours, nowMs);
  return {
    rule: name,
    channels: rule.channels.length > 0 ? rule.channels : [policy.channel],
    mentions,
    severity,
    ...(quietUntilMs === undefined ? {} : { quietUntilMs }),
  };
}

/** Tells whether an alert rule speaks of an incident. */
export function isAlertMatch(match: AlertMatch, incident: AlertSubject): boolean {
  const { system, definition, step, messages } = incident;
  const pairs: readonly [readonly string[] | undefined, readonly string[]][] = [
    [match.system, [system]],
    [match.definition, [definition.name, definition.id]],
    [match.type, [definition.type]],
    [match.step, step ? [step.uniqueName, step.name] : []],
    [match.cause, messages.flatMap(({ text }) => [text, causeOf(text)])],
  ];
  return pairs.every(
    ([patterns, values]) =>
      patterns === undefined ||
      patterns.some((pattern) => values.some((value) => matchesPattern(value, pattern))),
  );
}
