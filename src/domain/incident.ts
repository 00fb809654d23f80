import { defined } from '../shared/language.js';
import { matchesPattern } from '../shared/text.js';
import type { Definition, Instance, InstanceRef, Step } from './instance.js';
import type { PersonId } from './person.js';
import { dayDue, type QuietHours, quietUntil, type Weekday, weekdays } from './quiet-hours.js';

/** Runs that failed for the same reason, told as one alert. */
export interface Incident {
  readonly id: string;
  /** Short code people can say aloud. */
  readonly code: string;
  readonly key: IncidentKey;
  readonly system: string;
  readonly definition: Definition;
  /** Where the runs failed, as far as it is told. */
  readonly step?: Step;
  /** The step before that one in the definition, where it could be read. */
  readonly lastGoodStep?: string;
  readonly kind: 'failed' | 'aborted';
  /** How many runs have failed so far, how many of those still stand so or are being retried, and how many stand so. */
  readonly count: number;
  readonly unresolved: number;
  readonly failed: number;
  /** How often each message came, secrets removed; the most frequent are kept. */
  readonly messages: readonly MessageCount[];
  /** The first runs that failed. */
  readonly samples: readonly Sample[];
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** When the bot last heard of another one; later than it failed if the bot, or the system, was away. */
  readonly heardAtMs: number;
  readonly state: IncidentState;
  /** Whoever said that they are on it. */
  readonly owner?: Taker;
  /** Raised at every change, so that two writers cannot overwrite each other. */
  readonly version: number;
}

/** Equal for failures of the same system, definition, step and cause. */
export type IncidentKey = string;

/** Where an incident stands. */
export type IncidentState =
  | { readonly kind: 'open' }
  | { readonly kind: 'resolved'; readonly atMs: number; readonly how: Resolution };

/** Who or what ended an incident. */
export type Resolution =
  /** Every run went on; by whom, where the bot knows. */
  | { readonly kind: 'recovered'; readonly by: readonly string[] }
  /** Every run was dealt with: some were stopped, or cannot be followed any further. */
  | { readonly kind: 'dealt-with'; readonly by: readonly string[] }
  /** No run has failed so for a set time; some may still stand failed. */
  | { readonly kind: 'quiet' };

/** One message and how often it came. */
export interface MessageCount {
  readonly text: string;
  readonly count: number;
}

/** One failed run, as an alert names it. */
export interface Sample {
  readonly ref: InstanceRef;
  /** Short code of the run. */
  readonly code: string;
  readonly title: string;
  readonly startedBy?: string;
  readonly startedAtMs?: number;
  readonly failedAtMs: number;
  readonly message: string;
  readonly link?: string;
}

/** Somebody who took an incident on. */
interface Taker {
  readonly person: PersonId;
  readonly name: string;
  readonly atMs: number;
}

/** Alerts of the same kind that somebody does not want to hear for a while. */
export interface Mute {
  readonly key: IncidentKey;
  readonly untilMs: number;
  readonly person: PersonId;
  readonly name: string;
}

/** Gives a mute while it lasts. */
export function activeMute(mute: Mute | undefined, nowMs: number): Mute | undefined {
  return mute && mute.untilMs > nowMs ? mute : undefined;
}

/** Gives what a run's failure has in common with others. */
export function incidentKey(instance: Instance): IncidentKey {
  const { ref, definition, step, statusMessage, status } = instance;
  const kind = status.kind === 'aborted' ? 'aborted' : 'failed';
  return JSON.stringify([ref.system, definition.id, step?.uniqueName ?? '', kind, causeOf(statusMessage)]);
}

/**
 * What has become of a run that failed.
 *
 * `failed`: it still stands so. `retrying`: it goes on, itself or as its successor. `recovered`: it went on and
 * came to rest well. `given-up`: somebody stopped or aborted it. `restarted`: it was started again, and that run
 * failed in its turn, or cannot be told. `gone`: it cannot be read any more.
 */
export type FailureState = 'failed' | 'retrying' | 'recovered' | 'given-up' | 'restarted' | 'gone';

/** One run that failed, and what has become of it since. */
export interface Failure {
  /** The run as it was when it was seen to have failed. */
  readonly instance: Instance;
  readonly incidentId: string;
  readonly state: FailureState;
  readonly failedAtMs: number;
  /** Where a restarted run goes on, once exactly one run was found. */
  readonly successor?: InstanceRef;
  /** True for what had failed before the bot first looked: never told. */
  readonly isOld: boolean;
}

/** Tells whether nothing more is to be expected of a failure. */
export function isFailureOver({ state }: Pick<Failure, 'state'>): boolean {
  return state !== 'failed' && state !== 'retrying';
}

/** Tells whether a run has failed: with an error, or aborted by whomever. */
export function hasFailed({ status }: Pick<Instance, 'status'>): boolean {
  return status.kind === 'failed' || status.kind === 'aborted';
}

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
  /** Address of what to do about it. */
  readonly runbook?: string;
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
  /** Set where a channel is told once a day what waits because a certificate expires. */
  readonly digest?: ExpiryDigest;
}

/** When and where it is posted what waits because a certificate expires. */
export interface ExpiryDigest {
  readonly channel: string;
  /** Minutes after midnight. */
  readonly dailyAtMinute: number;
  readonly timeZone: string;
  /** Every day if absent. */
  readonly days?: readonly Weekday[];
}

/** Names the day whose digest is due; undefined before its time of day, and on other days than the settings name. */
export function digestDue({ days = weekdays, ...daily }: ExpiryDigest, nowMs: number): string | undefined {
  const day = dayDue(daily, nowMs);
  // Sunday is 0, and the last of the week here.
  const weekday = day && weekdays[(new Date(day).getUTCDay() + 6) % 7];
  return weekday && days.includes(weekday) ? day : undefined;
}

/** Where an alert goes and whom it calls. */
export interface AlertRoute {
  /** Absent where no rule claims it. */
  readonly rule?: string;
  readonly channels: readonly string[];
  readonly mentions: readonly Mention[];
  readonly severity: Severity;
  readonly runbook?: string;
  /** Until when nobody is called; absent outside quiet hours. */
  readonly quietUntilMs?: number;
}

/** What alert rules go by. */
export type AlertSubject = Pick<Incident, 'system' | 'definition' | 'step' | 'messages'>;

/** Finds where an alert goes: the first rule that fits, else the default channel, calling nobody. */
export function routeAlert(incident: AlertSubject, policy: AlertPolicy, nowMs: number): AlertRoute {
  const rule = policy.rules.find(({ match }) => isAlertMatch(match, incident));
  if (!rule) return { channels: [policy.channel], mentions: [], severity: 'warning' };
  const { name, mentions, severity, quietHours, runbook } = rule;
  const quietUntilMs = quietHours && quietUntil(quietHours, nowMs);
  return {
    rule: name,
    channels: rule.channels.length > 0 ? rule.channels : [policy.channel],
    mentions,
    severity,
    ...defined({ quietUntilMs, runbook }),
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

/** What names a secret, alone or at the end of a longer name. */
const secretName = String.raw`[\w-]*(?:passw(?:or)?d|passphrase|passcode|pwd|pin|secret|token|cookie|credential|(?:api|access|account|shared|signing|encryption|secret|private)[-_ ]?(?:access[-_ ]?)?key)s?`;

/** Plain words that may follow `the token is`; anything else there is taken for the secret itself. */
const plainText =
  'a|about|already|an|being|blank|disabled|empty|expired|in|incorrect|invalid|locked|malformed|managed|missing|needed|no|not|null|of|on|required|revoked|set|stored|the|too|unavailable|unknown|used|valid|wrong';

/** A value in quotes, else up to a blank; a comma or a bracket belongs to it unless it ends the word. */
const value = String.raw`(?!\[removed\])("(?:[^"\\]|\\.)*(?:"|$)|'(?:[^'\\]|\\.)*(?:'|$)|(?:[^\s,;)}\]]|[,)}\]](?=[^\s,;)}\]]))+)`;

/** What may be a secret in a message that was written for operators’ eyes only. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[removed]'],
  [
    /\b(Bearer|Basic|Negotiate|Digest)\s+(?!(?:auth\w*|constraints?|scheme|credentials?|tokens?)\b)[\w.~+/=-]{6,}/gi,
    '$1 [removed]',
  ],
  [/(?<![\w.-])eyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)*/g, '[removed]'],
  [/(:\/\/)[^\s/@:]*:[^\s/@]+@/g, '$1[removed]@'],
  [new RegExp(String.raw`(<(?:[\w.-]+:)?${secretName}\b[^<>]*>)(?!\[removed\])[^<]+`, 'gi'), '$1[removed]'],
  [new RegExp(String.raw`(?<![\w-])(${secretName})(["']?\s*[:=]\s*)${value}`, 'gi'), '$1$2[removed]'],
  [
    new RegExp(String.raw`(?<![\w-])(${secretName})(\s+(?:is|was)\s+)(?!(?:${plainText})\b)${value}`, 'gi'),
    '$1$2[removed]',
  ],
  [/(?<![\w+/-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{40,}={0,2}/g, '[removed]'],
];

/** More of a message is neither searched nor kept: it is the beginning that says what is wrong. */
const longest = 8_000;

/** Gives an error message without whatever in it may be a secret. */
export function withoutSecrets(message: string): string {
  return secrets.reduce((text, [pattern, sign]) => text.replace(pattern, sign), message.slice(0, longest));
}

const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';

const weekday = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?`;

/** What differs between two tellings of the same trouble, the widest first. */
const particulars: readonly RegExp[] = [
  /-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g,
  /\bhttps?:\/\/[^\s"'<>)]+/gi,
  /\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/gi,
  /(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+/g,
  /"[^"]*"|“[^”]*”|‘[^’]*’|(?<!\w)'[^']*'(?!\w)/g,
  /(?<![\w-])[A-Z][\w-]*\\[\w.$-]+/gi,
  /(?<![\w/])(\/[\w.-]+){2,}|\b[a-z]:\\[^\s"']+/gi,
  // Hosts; the name of an exception is no particular but the trouble itself.
  /(?<![\w.*-])(?![\w.]*(?:Exception|Error)\b)(?:[a-z0-9*](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b(:\d+)?/gi,
  // Addresses and thumbprints written with colons.
  /(?<![\w:])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){5})[0-9a-f:]{3,}/gi,
  // A distinguished name; its last value ends with the word, since more of the sentence may follow.
  /\b(?:CN|OU|O|L|S|ST|C|DC|E)=(?:[^,;=]*[,;]\s*(?:CN|OU|O|L|S|ST|C|DC|E)=)*[^\s,;)\]]+/g,
  new RegExp(
    String.raw`\b${weekday}(?:\d{1,2}[\s.-]+${month}|${month}\.?\s+\d{1,2}\b)(?:,?[\s-]+\d{4})?`,
    'gi',
  ),
];

/**
 * Numbers, and names that look random. What says which trouble it is stays: the error codes of Windows, of HTTP, and
 * whatever is called an error code.
 */
const numbers =
  /(\b0x[8c][0-9a-f]{7}\b|\bHTTP(?:\/[\d.]+)?[ :]{1,2}\d{3}\b|\b(?:error|status|exit|return|result) code[ :=]{0,3}\d{1,5}\b)|\b0x[0-9a-f]+\b|\b(?=\w*\d)(?=\w*[a-z])\w{16,}\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\d+([.,:/-]\d+)*(?:\s?[ap]m\b)?/gi;

const longestCause = 200;

/**
 * Gives what stands for the cause of a failure: its message with ids, names and numbers taken out.
 *
 * Two failures with the same cause are told as one. An empty message is a cause of its own.
 */
export function causeOf(message: string | undefined): string {
  const plain = particulars.reduce(
    (text, pattern) => text.replace(pattern, '…'),
    withoutSecrets(message ?? ''),
  );
  return plain
    .replace(numbers, (_, kept: string | undefined) => kept ?? '#')
    .replace(/(…[\s,;]*)+/g, '… ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
    .slice(0, longestCause);
}
