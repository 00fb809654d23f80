import { cutText } from '../../shared/cut-text.js';
import type { Instance } from '../instance.js';
import { type Incident, incidentKey, type MessageCount, type Sample } from './incident.js';
import { withoutSecrets } from './without-secrets.js';

/** A run that has just been seen to have failed, with what people call it. */
export interface NewFailure {
  readonly instance: Instance;
  readonly code: string;
  readonly link?: string;
  readonly failedAtMs: number;
  /** When the bot saw it. */
  readonly seenAtMs: number;
}

const mostSamples = 5;
const mostMessages = 10;
const longestMessage = 1_000;

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
      ...(instance.step ? { step: instance.step } : {}),
      kind: instance.status.kind === 'aborted' ? 'aborted' : 'failed',
      count: 0,
      unresolved: 0,
      failed: 0,
      messages: [],
      samples: [],
      firstAtMs: failedAtMs,
      lastAtMs: failedAtMs,
      heardAtMs: seenAtMs,
      state: { kind: 'open' },
      version: 1,
    },
    failure,
  );
}

/** Counts one more failure of the same kind. */
export function raise(incident: Incident, failure: NewFailure): Incident {
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
    ...(startedBy === undefined ? {} : { startedBy }),
    ...(instance.startedAtMs === undefined ? {} : { startedAtMs: instance.startedAtMs }),
    ...(link === undefined ? {} : { link }),
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
