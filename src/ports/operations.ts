import type { Change } from '../domain/change.js';
import type { Definition, Instance, InstanceRef } from '../domain/instance.js';

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
  /** How long a change's request may take, in milliseconds; after that it cannot arrive any more. */
  readonly changeTimeoutMs: number;
}

/** On whose behalf a change is made, where the system wants to know; absent where its account acts by itself. */
export interface ActingIdentity {
  /** The person's name in that system, from the settings only. */
  readonly identity?: string;
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
}

/** One page of a list. */
export interface InstancePage {
  readonly instances: readonly Instance[];
  readonly hasMore: boolean;
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
