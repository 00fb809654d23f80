import type { RequestFacts } from './request-facts.js';

/** Names one run of a workflow on one system. */
export interface InstanceRef {
  readonly system: string;
  readonly id: string;
}

/** Where a run stands; `raw` keeps what the system said, so that an unknown status is shown and not guessed. */
export interface InstanceStatus {
  readonly kind:
    | 'running'
    | 'suspended'
    | 'complete'
    | 'rejected'
    | 'failed'
    | 'canceled-for-restart'
    | 'paused'
    | 'aborted'
    | 'unknown';
  readonly raw: string;
}

/** The recipe a run follows, at the version it started with. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** What kind of work it is, in the system's own open list: `Enrollment`, `Revocation`, … */
  readonly type: string;
}

/** The place in the recipe where a run stands. */
export interface Step {
  readonly uniqueName: string;
  readonly name: string;
}

/** A signal the step takes, and whether the system says that it has come. */
export interface StepSignal {
  readonly name: string;
  readonly isReceived: boolean;
}

/** One run, read in full. */
export interface Instance {
  readonly ref: InstanceRef;
  /** The short number people know from the portal. */
  readonly referenceId?: string;
  readonly title: string;
  readonly definition: Definition;
  readonly status: InstanceStatus;
  readonly statusMessage?: string;
  readonly step?: Step;
  /** The signals of the step; absent where the system does not tell. */
  readonly signals?: readonly StepSignal[];
  /** True while the run stands at a step that takes an approval. */
  readonly awaitsApproval: boolean;
  /** Epoch milliseconds. */
  readonly startedAtMs?: number;
  readonly modifiedAtMs?: number;
  readonly facts: RequestFacts;
  /** True if only a line of a list could be read, so that its facts are not all there are. */
  readonly isPartial?: boolean;
  /** Equal for two reads between which nothing that a list shows has changed; short, since it is indexed. */
  readonly fingerprint: string;
}

/** Writes a reference as one string, for logs and keys. */
export function refKey(ref: InstanceRef): string {
  return `${ref.system}/${ref.id}`;
}

/** Tells whether two references name the same run. */
export function isSameRef(a: InstanceRef, b: InstanceRef): boolean {
  return a.system === b.system && a.id === b.id;
}

/** Tells whether a run can never move again by itself. */
export function hasEnded(status: InstanceStatus): boolean {
  return ['complete', 'rejected', 'canceled-for-restart', 'aborted'].includes(status.kind);
}
