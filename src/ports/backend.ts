import type { Requirement } from '../domain/approval.js';
import type { SignalRefusal } from '../domain/approval-state.js';
import type { Verdict } from '../domain/decision.js';
import type { Snapshot } from '../domain/follow-approval.js';
import type { Instance, InstanceRef } from '../domain/instance.js';
import type { CheckUp, Needed } from './check-up.js';
import type { Operations } from './operations.js';
import type { PersonSignIn } from './person-sign-in.js';

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
  observe(remembered: readonly Remembered[], since?: Since): Promise<Observation>;
  /** Reads one run afresh. Throws `BackendError` when it cannot be reached. */
  getInstance(ref: InstanceRef): Promise<InstanceReading>;
  /**
   * Tells whether a run still waits for the identity that signals, or for a person. Throws `BackendError`.
   *
   * Where every signal is a person's and none is named, it tells whether the run waits for anybody.
   */
  isAssigned(ref: InstanceRef, as?: PersonAccess): Promise<boolean>;
  /** Lists what waits for a person, oldest first; absent where nobody can be asked for. Throws `BackendError`. */
  readonly waitingFor?: (as: PersonAccess) => Promise<readonly Instance[]>;
  /** Signs people in, so that it can be spoken to in their name; absent where the bot speaks for itself. */
  readonly personSignIn?: PersonSignIn;
  /**
   * Sends one signal, once.
   *
   * Throws `BackendError` whose `applied` tells whether it may have arrived all the same.
   */
  sendSignal(instance: Instance, signal: OutgoingSignal): Promise<SignalResult>;
  /** Reads what the step needs, from the definition's version the run follows; unknown parts stay absent. */
  requirementOf(instance: Instance): Promise<Requirement>;
  /** Names the step before the one a run failed at, where the definition can be read; absent where it cannot. */
  readonly lastGoodStep?: (instance: Instance) => Promise<string | undefined>;
  /** Gives the page of the vendor's portal for a run. */
  linkTo(instance: Instance): string | undefined;
  /** Checks, without changing anything, that it answers and permits what is needed; absent where none can tell. */
  readonly checkUp?: (needed: Needed) => Promise<readonly CheckUp[]>;
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

/** From where on changes of any run are told, besides what is remembered. */
export interface Since {
  /** The mark of the last look whose findings were kept; absent for the very first look. */
  readonly mark?: string;
  /** Runs the bot started or was told of, for systems that list nothing. */
  readonly watched: readonly InstanceRef[];
  /** Whether everything that stands failed is to be told, not only what has changed since. */
  readonly isFull: boolean;
}

/** Runs that have changed in any way. */
export type Changes =
  | {
      readonly kind: 'read';
      /**
       * Runs as a list shows them. Without a mark, or for a full look, every run that stands failed is among
       * them; what has changed since the mark always is, some of it perhaps told before.
       */
      readonly instances: readonly Instance[];
      /** Where the next look goes on; opaque. */
      readonly mark: string;
    }
  /** The account may not see them; access as the vendor names it. */
  | { readonly kind: 'not-permitted'; readonly permission: string };

/** What an observation found; a run that was remembered and is not mentioned has not changed. */
export interface Observation {
  /**
   * Each as soon as it is known: what became of runs that were remembered, then what is new, oldest first. What is
   * left to read is read while they are taken; what nobody takes is found again by the next look.
   */
  readonly snapshots: Iterable<Snapshot> | AsyncIterable<Snapshot>;
  /** Absent when they were not asked for, or the system cannot tell. */
  readonly changes?: Changes;
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
  /** What shows that the bot speaks for a person; it signs in as itself without. */
  readonly as?: PersonAccess;
}

/** A person's word that the bot may speak for them. A secret: it belongs in no log and no error. */
export interface PersonAccess {
  readonly accessToken: string;
}

/** What the system said to a signal. */
export type SignalResult =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly reason: SignalRefusal;
      /** Nothing left for the system: what kept it back is known on this side. */
      readonly isUnsent?: true;
    };
