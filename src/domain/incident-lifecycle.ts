import { assertNever, defined } from '../shared/language.js';
import { cutText } from '../shared/text.js';
import type { FollowUp } from './alert.js';
import {
  type AlertPolicy,
  activeMute,
  type Failure,
  type Incident,
  type IncidentState,
  incidentKey,
  isFailureOver,
  type MessageCount,
  type Mute,
  type Resolution,
  routeAlert,
  type Sample,
  withoutSecrets,
} from './incident.js';
import type { Instance, InstanceRef } from './instance.js';
import { lifecycleTable, type Transitions } from './lifecycle-table.js';
import { isSamePerson, type PersonId } from './person.js';

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
