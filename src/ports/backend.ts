import type { Requirement, SignalRefusal, Verdict } from '../domain/approval.js';
import type { Sighting } from '../domain/follow-approval.js';
import type { Instance, InstanceRef } from '../domain/instance.js';
import type { Operations } from './operations.js';

/** One configured workflow system, as the bot needs it. */
export interface WorkflowBackend {
  /** The system's name in the settings. */
  readonly system: string;
  /** What people call it: `Command`. */
  readonly label: string;
  /**
   * Looks at everything that waits for the signalling identity, and at everything remembered.
   *
   * Reads in full only what is new or changed. Throws `BackendError` or `ContractError` when it could not
   * look at all; then nothing may be concluded.
   */
  observe(remembered: readonly Remembered[]): Promise<Observation>;
  /** Reads one run afresh. Throws `BackendError` when it cannot be reached. */
  getInstance(ref: InstanceRef): Promise<InstanceReading>;
  /** Tells whether a run still waits for the identity that signals. Throws `BackendError`. */
  isAssigned(ref: InstanceRef): Promise<boolean>;
  /**
   * Sends one signal, once.
   *
   * Throws `BackendError` whose `applied` tells whether it may have arrived all the same.
   */
  sendSignal(instance: Instance, signal: OutgoingSignal): Promise<SignalAnswer>;
  /** Reads what the step needs, from the definition's version the run follows; unknown parts stay absent. */
  requirementOf(instance: Instance): Promise<Requirement>;
  /** Gives the page of the vendor's portal for a run. */
  linkTo(instance: Instance): string | undefined;
  /** What can be done to this system's workflows besides signalling; absent what it cannot do. */
  readonly operations: Operations;
  /** How long a signal's request may take, in milliseconds; after that it cannot arrive any more. */
  readonly signalTimeoutMs: number;
}

/** What the bot knows of a run it follows. */
export interface Remembered {
  readonly ref: InstanceRef;
  readonly fingerprint: string;
  readonly isAssigned: boolean;
}

/** What an observation found; a run that was remembered and is not mentioned has not changed. */
export interface Observation {
  readonly sightings: readonly Sighting[];
  /** Access the signalling account lacks, as the vendor names it, for each run that may not be read. */
  readonly missingPermission?: string;
}

/** The answer to reading one run. */
export type InstanceReading =
  | { readonly kind: 'found'; readonly instance: Instance }
  | { readonly kind: 'not-visible' };

/** What is to be told to a waiting step. */
export interface OutgoingSignal {
  readonly verdict: Verdict;
  readonly comment: string;
  /** The output people chose, where the workflow offered outputs of its own. */
  readonly output?: string;
  /** The waiting activity it goes to, as the system knows it. */
  readonly activityId?: string;
  /** In whose name, as the system knows that person; from the settings only. */
  readonly identity?: string;
}

/** What the system said to a signal. */
export type SignalAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: SignalRefusal };
