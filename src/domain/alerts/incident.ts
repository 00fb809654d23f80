import type { Definition, Instance, InstanceRef, Step } from '../instance.js';
import type { PersonId } from '../person.js';
import { causeOf } from './cause.js';

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
export interface Taker {
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

/** Gives what a run's failure has in common with others. */
export function incidentKey(instance: Instance): IncidentKey {
  const { ref, definition, step, statusMessage, status } = instance;
  const kind = status.kind === 'aborted' ? 'aborted' : 'failed';
  return JSON.stringify([ref.system, definition.id, step?.uniqueName ?? '', kind, causeOf(statusMessage)]);
}
