import type { Requirement, SignalRefusal, Verdict } from '../domain/approval.js';
import type { Snapshot } from '../domain/approval-lifecycle.js';
import type { Change } from '../domain/change.js';
import type { Definition, Instance, InstanceRef } from '../domain/instance.js';

/** One thing an operator wants to be sure of before people rely on the bot. */
export interface CheckUp {
  /** What was looked at: `Slack token`, `corp: sees what waits`. */
  readonly name: string;
  /** `unknown` where it cannot be told from here. */
  readonly verdict: 'good' | 'bad' | 'unknown';
  /** What was found; no secret. */
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** A pattern in the conditions of a rule, for what only the system knows. */
export interface NamedInRule {
  /** What the rule is called. */
  readonly rule: string;
  readonly condition: 'type' | 'definition' | 'step' | 'template' | 'authority';
  readonly pattern: string;
}

/** What the settings have the bot do, as far as it needs permissions. */
export interface Needed {
  /** Whether a rule lets somebody change workflows there. */
  readonly changes: boolean;
  /** What rules name there, which may be misspelled. */
  readonly named: readonly NamedInRule[];
  /** Set in shadow mode: it reads what waits for anybody, and needs no more. */
  readonly isReadOnly?: boolean;
}

/** What an operator can do to a system; a system offers only what its API has. */
export interface Operations {
  /** Finds runs by what a person typed: an id, a reference number or words of the title. Newest first. */
  readonly find?: (text: string, limit: number) => Promise<readonly Instance[]>;
  /** Lists runs, newest first. Throws `BackendError`. */
  readonly list?: (filter: InstanceFilter) => Promise<InstancePage>;
  /** Lists recipes whose name contains the text. */
  readonly definitions?: (text: string) => Promise<readonly Definition[]>;
  /** Gives the latest run of a recipe, whoever started it. */
  readonly last?: (definition: string) => Promise<Instance | undefined>;
  /** Reads what an activity of a run has put out. */
  readonly output?: (ref: InstanceRef, activity: string) => Promise<ValueReading>;
  /** Reads a variable of a run. */
  readonly variable?: (ref: InstanceRef, name: string) => Promise<ValueReading>;
  /**
   * Makes a change, once; the kinds it takes are `changes`.
   *
   * Throws `BackendError` whose `applied` tells whether it may have taken effect all the same.
   */
  readonly change?: (change: Change, as: ActingIdentity) => Promise<ChangeResult>;
  /** The kinds of change this system takes. */
  readonly changes: readonly Change['kind'][];
  /** Where a restarted run goes on, as far as can be told; several when that is not certain. */
  readonly findSuccessors?: (instance: Instance) => Promise<readonly InstanceRef[]>;
  /** The latest version of a run's recipe that can be run; absent where it cannot be told. */
  readonly latestVersion?: (instance: Instance) => Promise<number | undefined>;
  /** How long a change's request may take, in milliseconds; after that it cannot arrive any more. */
  readonly changeTimeoutMs: number;
}

/** On whose behalf a change is made, where the system wants to know; absent where its account acts by itself. */
export interface ActingIdentity {
  /** The person's name in that system, from the settings or their linked account only. */
  readonly identity?: string;
  /** What shows that the bot speaks for that person; it signs in as itself without. */
  readonly as?: PersonAccess;
}

/** Which runs a list shows. */
export interface InstanceFilter {
  readonly state: 'waiting' | 'failed' | 'running' | 'any';
  /** Only runs this name started. */
  readonly initiator?: string;
  /** Only runs whose title or recipe contains this. */
  readonly text?: string;
  /** 1 for the first page. */
  readonly page: number;
  readonly pageSize: number;
  /** In whose name the list is read; only what waits for them or what they started is in it. */
  readonly as?: PersonAccess;
}

/** One page of a list. */
export interface InstancePage {
  readonly instances: readonly Instance[];
  readonly hasMore: boolean;
  /** The access without which only part of the runs is seen, as the vendor names it. */
  readonly missingPermission?: string;
}

/** The answer to asking for a value; the text is what the system said, cut to what can be shown. */
export type ValueReading =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-found'; readonly said?: string };

/** What a system said to a change. */
export type ChangeResult =
  | { readonly kind: 'accepted'; readonly started?: InstanceRef; readonly said?: string }
  | { readonly kind: 'refused'; readonly reason: ChangeRefusal; readonly said?: string };

/** Why a system would not make a change. */
export type ChangeRefusal =
  | 'no-permission'
  | 'not-found'
  | 'wrong-state'
  | 'bad-request'
  | 'not-published'
  | 'engine-down'
  | 'sign-in'
  /** It could not even be put to the system; what was said is then our own word. */
  | 'not-sendable';

/**
 * Signs people in at the identity provider a system trusts, so that it can be spoken to in their name.
 *
 * Everything throws `BackendError`, whose `applied` is always `no`: nothing here touches a workflow. It throws
 * `ContractError` for an answer nobody can use. Neither carries a token.
 */
export interface PersonSignIn {
  /** Gives the page to send a browser to, and the verifier to keep for `finishSignIn`; it is a secret. */
  beginSignIn(request: {
    /** Where the browser comes back to: registered at the provider letter by letter, without a query. */
    readonly redirectUri: string;
    readonly state: string;
  }): Promise<{ readonly url: string; readonly verifier: string }>;
  /** Exchanges what the browser came back with; good for one attempt. */
  finishSignIn(reply: {
    /** The `redirectUri` of the beginning, with the query the browser brought. */
    readonly callbackUrl: string;
    readonly verifier: string;
    readonly state: string;
  }): Promise<SignInResult>;
  /**
   * Gets a fresh access token.
   *
   * The refresh token in the answer replaces the one that was used, which may be worthless now. Two at the same
   * time with one token can end the link: callers let only one run. When it throws, the provider may have
   * replaced the token all the same; then the next attempt answers `revoked`.
   */
  refresh(refreshToken: string): Promise<RefreshResult>;
  /** Takes a refresh token back; `unsupported` where the provider cannot, so it lives on until it expires. */
  revoke(refreshToken: string): Promise<{ readonly kind: 'revoked' | 'unsupported' }>;
}

/** What lets the bot speak in a person's name. */
export interface PersonTokens {
  readonly accessToken: string;
  /** Absent where the provider gives none: then all ends with the access token. */
  readonly refreshToken?: string;
  /** When the access token expires, in epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** How a sign-in ended. */
export type SignInResult =
  | {
      readonly kind: 'signed-in';
      readonly tokens: PersonTokens;
      /** Names the person at the provider for ever. */
      readonly subject: string;
      /** What the workflow system calls the person. */
      readonly username: string;
    }
  /** The browser brought another state than it was sent with. */
  | { readonly kind: 'wrong-state' }
  /** Nobody signed in. */
  | { readonly kind: 'cancelled' }
  /** What the browser brought is not good any more, or was used before. */
  | { readonly kind: 'expired' };

/** What became of a refresh token; `revoked` also when it expired or was replaced. */
export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly tokens: PersonTokens }
  | { readonly kind: 'revoked' };

/** One configured workflow system, as the bot needs it. */
export type WorkflowBackend = LiveBackend | ReadOnlyBackend;

/** A system of which the bot can only read, as in shadow mode: nothing on it sends or changes anything. */
export interface ReadOnlyBackend
  extends Omit<LiveBackend, 'sendSignal' | 'operations' | 'waitingFor' | 'personSignIn' | 'changesAsPerson'> {
  readonly sendSignal?: never;
  readonly waitingFor?: never;
  readonly personSignIn?: never;
  readonly changesAsPerson?: never;
  readonly operations: Omit<Operations, 'change'> & { readonly change?: never };
}

/** A system to which decisions and changes are sent. */
export interface LiveBackend {
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
  /**
   * Tells at the price of one small request whether an observation would find something new; absent where none can.
   *
   * `false` proves nothing: it is also told while the system does not answer, or cannot tell. Failures are not thrown.
   */
  readonly peek?: () => Promise<boolean>;
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
  /** Whether changes reach it by the account of whoever asks for them, which has to be linked; else by the bot's. */
  readonly changesAsPerson?: boolean;
  /**
   * Sends one signal, once.
   *
   * Throws `BackendError` whose `applied` tells whether it may have arrived all the same.
   */
  sendSignal(instance: Instance, signal: OutgoingSignal): Promise<SignalResult>;
  /** Reads what the step needs, from the definition's version the run follows; unknown parts stay absent. */
  requirementOf(instance: Instance): Promise<Requirement>;
  /** Tells whether a run's definition has a step that asks people; absent where none can tell. */
  readonly mayAskPeople?: (instance: Instance) => Promise<boolean>;
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
  /** In whose name, as the system knows that person; from the settings or their linked account only. */
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
      /** The system's own words, in brief. */
      readonly said?: string;
      /** Nothing left for the system: what kept it back is known on this side. */
      readonly isUnsent?: true;
    };
