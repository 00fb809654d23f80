import { assertNever, defined } from '../shared/language.js';
import { cutText, matchesPattern } from '../shared/text.js';
import type { ChangeRecord, MayRun } from './change.js';
import type { Verb } from './commands.js';
import type { Definition, Instance, InstanceRef, Step } from './instance.js';
import { lifecycleTable, type Transitions } from './lifecycle-table.js';
import { isSamePerson, type PersonId } from './person.js';
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

/*
 * The life of an incident: runs that failed for the same reason, told as one alert.
 *
 * open      Its alert stands where its rule says, and counts every further failure.
 *           ► open while runs fail, are muted or heard again; taken; resolved
 * taken     Somebody said that they are on it, and is named on the alert: nobody else is called.
 *           ► taken while runs fail, are muted or heard again, and when somebody takes over; open when it is handed back;
 *           resolved
 * resolved  Every run was dealt with, or none has failed so for a set time. The next failure of the kind begins
 *           another incident, so none is ever opened again.
 *           ► resolved, while its kind is muted or heard again
 *
 * A mute is of a kind of failure and outlives its incident: while it lasts failures are counted and not told.
 *
 * Every writer goes through `incidentAfter` inside its transaction; nothing else sets the state of an incident.
 */

const promises: Readonly<Record<Phase, string>> = {
  open: 'Its alert stands where its rule says, and counts every further failure.',
  taken: 'Someone said that they are on it, and is named on the alert. Nobody else is mentioned.',
  resolved:
    'Every run was dealt with, or none has failed so for a set time. The next failure of the kind begins another incident.',
};

const meanings: Readonly<Record<IncidentEvent['kind'], string>> = {
  failed: 'More runs failed for the same reason. While the kind is muted they are counted and not told.',
  followed: 'What has become of its runs was looked at.',
  taken: 'Someone says that they are on it, or takes it over from whoever was.',
  'handed-back': 'Whoever was on it no longer is.',
  muted: 'Someone mutes alerts of this kind for a while.',
  unmuted: 'The kind is to be heard again.',
};

const transitions: Transitions<Phase, IncidentEvent['kind']> = {
  open: {
    failed: ['open'],
    followed: ['open', 'resolved'],
    taken: ['taken'],
    muted: ['open'],
    unmuted: ['open'],
  },
  taken: {
    failed: ['taken'],
    followed: ['taken', 'resolved'],
    taken: ['taken'],
    'handed-back': ['open'],
    muted: ['taken'],
    unmuted: ['taken'],
  },
  resolved: { muted: ['resolved'], unmuted: ['resolved'] },
};

/** The life of an incident as a table, for documentation. */
export const incidentLifecycle = lifecycleTable('Incident', { promises, meanings, transitions });

type Phase = 'open' | 'taken' | 'resolved';

/** What may happen to an incident. */
export type IncidentEvent =
  | {
      readonly kind: 'failed';
      readonly failures: readonly NewFailure[];
      readonly policy: AlertPolicy;
      readonly nowMs: number;
    }
  | {
      readonly kind: 'followed';
      /** All its failures, as they are now. */
      readonly failures: readonly Failure[];
      /** Names of people whose changes brought runs back. */
      readonly by: readonly string[];
      readonly quietAfterMs: number;
      readonly nowMs: number;
    }
  /** Of whoever is on it already it is taken only by somebody who says so. */
  | {
      readonly kind: 'taken';
      readonly owner: NonNullable<Incident['owner']>;
      readonly isTakeOver?: true;
    }
  | { readonly kind: 'handed-back'; readonly person: PersonId }
  | { readonly kind: 'muted'; readonly mute: Mute }
  | { readonly kind: 'unmuted' };

/** What a step of an incident makes due, besides its alert wherever that stands already. */
export type IncidentNotification =
  /** Its alert is wanted in these channels; if it stood in none of them, people are called later, at that time. */
  | { readonly kind: 'alert'; readonly channels: readonly string[]; readonly callAtMs?: number }
  /** A message in the thread of its alert is wanted now. */
  | { readonly kind: 'follow-up'; readonly followUp: Exclude<FollowUp, { kind: 'changes' | 'call' }> };

/** An incident, and the mute of its kind, also one that is over. */
interface Heard {
  readonly incident: Incident;
  readonly mute: Mute | undefined;
}

/** What an incident has become, and who is to be told. */
interface IncidentStep extends Heard {
  readonly notifications: readonly IncidentNotification[];
}

/** Tells what an event makes of an incident; undefined where its table has no such step, or nothing has changed. */
export function incidentAfter(before: Heard, event: IncidentEvent): IncidentStep | undefined {
  return transitions[phaseOf(before.incident)][event.kind] && stepOf(before, event);
}

/** A run that has just been seen to have failed, with what people call it. */
export interface NewFailure {
  readonly instance: Instance;
  readonly code: string;
  readonly link?: string;
  readonly failedAtMs: number;
  /** When the bot saw it. */
  readonly seenAtMs: number;
}

const open: IncidentState = { kind: 'open' };

/** Makes the first failure of its kind an incident. */
export function openIncident(
  failure: NewFailure,
  given: { readonly id: string; readonly code: string; readonly lastGoodStep?: string },
): Incident {
  const { instance, failedAtMs, seenAtMs } = failure;
  return raise(
    {
      ...given,
      key: incidentKey(instance),
      system: instance.ref.system,
      definition: instance.definition,
      ...defined({ step: instance.step }),
      kind: instance.status.kind === 'aborted' ? 'aborted' : 'failed',
      count: 0,
      unresolved: 0,
      failed: 0,
      messages: [],
      samples: [],
      firstAtMs: failedAtMs,
      lastAtMs: failedAtMs,
      heardAtMs: seenAtMs,
      state: open,
      version: 1,
    },
    failure,
  );
}

/** Tells where an incident stands in its table. */
export function phaseOf({ state, owner }: Pick<Incident, 'state' | 'owner'>): Phase {
  if (state.kind === 'resolved') return 'resolved';
  return owner ? 'taken' : 'open';
}

function stepOf({ incident, mute }: Heard, event: IncidentEvent): IncidentStep | undefined {
  switch (event.kind) {
    case 'failed': {
      const raised = event.failures.reduce(raise, incident);
      const isMuted = activeMute(mute, event.nowMs) !== undefined;
      return { incident: raised, mute, notifications: isMuted ? [] : announce(raised, event) };
    }
    case 'followed': {
      const judged = judge(incident, event);
      if (judged === incident) return undefined;
      return {
        incident: judged,
        mute,
        notifications: phaseOf(judged) === 'resolved' ? followUp('resolved') : [],
      };
    }
    case 'taken': {
      const isOthers = incident.owner && !isSamePerson(incident.owner.person, event.owner.person);
      if (incident.owner && !(event.isTakeOver && isOthers)) return undefined;
      return { incident: { ...incident, owner: event.owner }, mute, notifications: followUp('taken') };
    }
    case 'handed-back': {
      const { owner, ...free } = incident;
      if (!owner || !isSamePerson(owner.person, event.person)) return undefined;
      return { incident: free, mute, notifications: followUp('taken') };
    }
    case 'muted':
      return { incident, mute: event.mute, notifications: [] };
    case 'unmuted':
      return { incident, mute: undefined, notifications: [] };
    default:
      return assertNever(event);
  }
}

function followUp(kind: 'more' | 'resolved' | 'taken'): readonly IncidentNotification[] {
  return [{ kind: 'follow-up', followUp: { kind } }];
}

function announce(
  incident: Incident,
  { policy, nowMs }: Extract<IncidentEvent, { kind: 'failed' }>,
): readonly IncidentNotification[] {
  const { channels, mentions, quietUntilMs } = routeAlert(incident, policy, nowMs);
  const callAtMs = mentions.length > 0 ? quietUntilMs : undefined;
  return [
    { kind: 'alert', channels, ...defined({ callAtMs }) },
    ...(incident.count > 1 ? followUp('more') : []),
  ];
}

/**
 * Says where an incident stands, given all its failures as they are now.
 *
 * It is over when every run has come to rest, or has failed again in another way and is told there; or when none
 * was heard of for a set time. Returns the incident itself when nothing has changed.
 */
function judge(incident: Incident, event: Extract<IncidentEvent, { kind: 'followed' }>): Incident {
  const { failures, nowMs, quietAfterMs, by } = event;
  const unresolved = failures.filter((one) => !isFailureOver(one)).length;
  const failed = failures.filter(({ state }) => state === 'failed').length;
  const isAsBefore = unresolved === incident.unresolved && failed === incident.failed;
  const next = isAsBefore ? incident : { ...incident, unresolved, failed };
  if (unresolved === 0) {
    // A run that went on and failed for another reason belongs to the incident of that reason.
    const isRecovered = failures.length > 0 && failures.every(({ state }) => state === 'recovered');
    return resolve(next, { kind: isRecovered ? 'recovered' : 'dealt-with', by }, nowMs);
  }
  if (nowMs - incident.heardAtMs < quietAfterMs) return next;
  return resolve(next, { kind: 'quiet' }, nowMs);
}

function resolve(incident: Incident, how: Resolution, atMs: number): Incident {
  const state: IncidentState = { kind: 'resolved', atMs, how };
  return { ...incident, state };
}

const mostSamples = 5;

const mostMessages = 10;

const longestMessage = 1_000;

/** Counts one more failure of the same kind. */
function raise(incident: Incident, failure: NewFailure): Incident {
  const message = cutText(withoutSecrets(failure.instance.statusMessage ?? '').trim(), longestMessage);
  return {
    ...incident,
    count: incident.count + 1,
    unresolved: incident.unresolved + 1,
    failed: incident.failed + 1,
    messages: counted(incident.messages, message),
    samples:
      incident.samples.length < mostSamples
        ? [...incident.samples, sampleOf(failure, message)]
        : incident.samples,
    firstAtMs: Math.min(incident.firstAtMs, failure.failedAtMs),
    lastAtMs: Math.max(incident.lastAtMs, failure.failedAtMs),
    heardAtMs: failure.seenAtMs,
  };
}

function sampleOf({ instance, code, link, failedAtMs }: NewFailure, message: string): Sample {
  const [startedBy] = instance.facts.requesters;
  return {
    ref: instance.ref,
    code,
    title: instance.title,
    failedAtMs,
    message,
    ...defined({ startedBy, startedAtMs: instance.startedAtMs, link }),
  };
}

function counted(messages: readonly MessageCount[], text: string): readonly MessageCount[] {
  const known = messages.some((one) => one.text === text);
  const all = known
    ? messages.map((one) => (one.text === text ? { text, count: one.count + 1 } : one))
    : [...messages, { text, count: 1 }];
  return withoutRarest(all).sort((a, b) => b.count - a.count);
}

/** What is rare and came long ago makes room; else a message that starts late could never be counted. */
function withoutRarest(all: readonly MessageCount[]): MessageCount[] {
  if (all.length <= mostMessages) return [...all];
  const before = all.slice(0, -1);
  const rarest = Math.min(...before.map(({ count }) => count));
  const first = before.findIndex(({ count }) => count === rarest);
  return all.filter((_, index) => index !== first);
}

/** Begins to follow a run that failed. */
export function newFailure(what: Omit<Failure, 'state' | 'successor'>): Failure {
  return { ...what, state: 'failed' };
}

/**
 * Says what has become of a failure, given how its run, or the run it goes on as, was just read; it is gone when it
 * cannot be read any more.
 *
 * `successors` are the runs a restarted one may go on as; they are asked for only when it was canceled for that.
 */
export function followFailure(
  failure: Failure,
  seen: Instance | undefined,
  successors: readonly InstanceRef[] = [],
): Failure {
  if (isFailureOver(failure)) return failure;
  if (!seen) return { ...failure, state: 'gone' };
  const isSuccessor = seen.ref.id !== failure.instance.ref.id;
  switch (seen.status.kind) {
    case 'failed':
      // The successor's failure is a failure of its own; this one has been dealt with.
      return isSuccessor ? { ...failure, state: 'restarted' } : { ...failure, state: 'failed' };
    case 'complete':
      return { ...failure, state: 'recovered' };
    case 'rejected':
    case 'aborted':
      return isSuccessor || seen.status.kind !== failure.instance.status.kind
        ? { ...failure, state: 'given-up' }
        : failure;
    case 'canceled-for-restart':
      // Where it goes on was found before; what can be found now may be less.
      return failure.successor && !isSuccessor ? failure : restarted(failure, successors);
    case 'running':
    case 'suspended':
    case 'paused':
      return { ...failure, state: 'retrying' };
    case 'unknown':
      return failure;
  }
}

function restarted(failure: Failure, successors: readonly InstanceRef[]): Failure {
  const [only] = successors;
  if (successors.length === 1 && only) return { ...failure, state: 'retrying', successor: only };
  return { ...failure, state: 'restarted' };
}

/** What can be done on an alert. */
export type AlertAction =
  | RecoveryAction
  | 'details'
  | 'mute'
  | 'mute-hour'
  | 'unmute'
  | 'take'
  | 'take-over'
  | 'hand-back';

/** What can be done to the runs of an alert that still stand failed. */
export type RecoveryAction = 'restart' | 'resume' | 'abort';

/** Everything an alert tells, in domain words; the chat decides how it looks. */
export interface Alert {
  readonly incident: Incident;
  readonly route: AlertRoute;
  readonly mute?: Mute;
  readonly actions: readonly AlertAction[];
}

/** Puts together what an alert tells now; `takes` are the changes its system takes. */
export function composeAlert(
  incident: Incident,
  context: {
    readonly policy: AlertPolicy;
    readonly mute: Mute | undefined;
    readonly takes: readonly string[];
    readonly nowMs: number;
    /** Set in shadow mode: nothing is done from an alert. */
    readonly isShadow?: boolean;
  },
): Alert {
  const { policy, mute, takes, nowMs, isShadow = false } = context;
  const active = activeMute(mute, nowMs);
  return {
    incident,
    route: routeAlert(incident, policy, nowMs),
    ...defined({ mute: active }),
    actions: isShadow ? ['details'] : actionsOn(incident, takes, active !== undefined),
  };
}

/** A restart makes sense only where something still stands failed; what is aborted cannot go on. */
function actionsOn(incident: Incident, takes: readonly string[], isMuted: boolean): readonly AlertAction[] {
  // The next failure of its kind would be kept quiet, too.
  if (incident.state.kind === 'resolved') return isMuted ? ['details', 'unmute'] : ['details'];
  const canGoOn = incident.failed > 0 && incident.kind === 'failed';
  const ways = (['restart', 'resume'] as const).filter((way) => canGoOn && takes.includes(way));
  const hearing = isMuted ? (['unmute'] as const) : (['mute-hour', 'mute'] as const);
  const owning = incident.owner ? (['hand-back', 'take-over'] as const) : (['take'] as const);
  return [...ways, 'details', ...hearing, ...owning];
}

/** What a press on an alert is answered with, privately. */
export type AlertReply =
  | { readonly kind: 'taken'; readonly incident: Incident }
  /** Somebody said so before. */
  | { readonly kind: 'taken-before'; readonly incident: Incident }
  | { readonly kind: 'handed-back'; readonly incident: Incident }
  /** It is not theirs to hand back. */
  | { readonly kind: 'not-owner'; readonly incident: Incident }
  | { readonly kind: 'muted'; readonly incident: Incident; readonly mute: Mute }
  | { readonly kind: 'unmuted'; readonly incident: Incident }
  | { readonly kind: 'details'; readonly alert: Alert }
  /** What would be done, to how many runs; nothing happens before it is confirmed. */
  | {
      readonly kind: 'proposal';
      readonly incident: Incident;
      readonly way: RecoveryAction;
      readonly batchId: string;
      readonly records: readonly ChangeRecord[];
      /** How many more runs stand failed than one confirmation covers. */
      readonly more: number;
    }
  /** No run of it stands failed any more. */
  | { readonly kind: 'nothing-failed'; readonly incident: Incident }
  | { readonly kind: 'over'; readonly incident: Incident }
  | { readonly kind: 'unknown-alert' }
  /** Off in shadow mode; nothing was done. */
  | { readonly kind: 'shadow-off' }
  | {
      readonly kind: 'not-allowed';
      readonly verb: Verb;
      readonly why: Exclude<MayRun, { kind: 'yes' }>;
    }
  | { readonly kind: 'person-not-checked' }
  | { readonly kind: 'broke'; readonly ref: string };

/** For how long somebody does not want to hear of a cause: an hour, a day, or, as `cause`, thirty days. */
export type MuteSpan = 'hour' | 'day' | 'cause';

/**
 * What is said in the thread of an alert.
 *
 * `more`: how it has grown; one message that is kept true. `changes`: what became of a restart of one or many,
 * one line each; kept true as well. `resolved`: that it is over. `taken`: who is on it. `call`: whom the rule
 * calls, said late because of quiet hours.
 */
export type FollowUp =
  | { readonly kind: 'more' }
  | { readonly kind: 'changes'; readonly batchId: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'resolved' }
  | { readonly kind: 'call' };

/** A follow-up with what it speaks of as it is now. */
export type FollowUpContent =
  | { readonly kind: 'more'; readonly incident: Incident }
  | { readonly kind: 'changes'; readonly incident: Incident; readonly records: readonly ChangeRecord[] }
  | { readonly kind: 'taken'; readonly incident: Incident }
  | { readonly kind: 'resolved'; readonly incident: Incident }
  | { readonly kind: 'call'; readonly incident: Incident; readonly mentions: readonly Mention[] };
