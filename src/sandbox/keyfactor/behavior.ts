import type { InstanceStatus } from './engine.js';

/**
 * What is undocumented, or differs between versions and installations, and is therefore a switch here.
 *
 * A status of 204 where an error status is expected means "answered politely, nothing done".
 */
export interface Behaviour {
  /** Which kinds of credentials the server takes. */
  readonly credentials: 'basic' | 'bearer' | 'both';
  readonly tokenLifetimeSeconds: number;
  /** Answer to a call without `x-keyfactor-requested-with`. */
  readonly requestedWithStatus: number;
  readonly productVersion: string;
  /** Whether lists carry `X-Total-Count`; older versions may not. */
  readonly totalCountHeader: boolean;
  /** Whether `+` in a query string means a space. The vendor's own client avoids it. */
  readonly plusIsSpace: boolean;
  readonly keys: 'pascal' | 'camel';
  /** The specification says integer, live servers send names; the mapping is published nowhere. */
  readonly statusAs: 'string' | 'integer';
  /** Sends something else for a state, for instance one a client has never heard of. */
  readonly statusOverride: Readonly<Partial<Record<InstanceStatus, string | number>>>;
  /** `utc` writes a fraction only where there is one; `utc-fraction` always writes seven digits. */
  readonly dates: 'utc' | 'utc-seconds' | 'utc-fraction' | 'no-zone';
  /**
   * What becomes of a query about `LastModified`: real servers were never probed. `ignored` gives all rows,
   * `late` compares as if its clock were two hours behind, so that the newest rows are left out.
   */
  readonly queriesByChange: 'taken' | 'ignored' | 'refused' | 'late';
  readonly sortsByChange: boolean;
  /** Runs whose `LastModified` is null; the specification allows it. */
  readonly undated: readonly string[];
  /** Whether `SignalReceived` speaks of anybody's signal or of the caller's. */
  readonly signalReceived: 'overall' | 'caller';
  /** Name of the parameter with the number of approvals; null leaves it out. */
  readonly minimumApprovalsParameter: string | null;
  /** Which forms of `Approved` are taken. */
  readonly approvedAs: 'any' | 'boolean-only' | 'string-only';
  readonly wrongKeyStatus: number;
  readonly notSuspendedStatus: number;
  readonly unknownInstanceStatus: number;
  readonly secondSignalStatus: number;
  readonly noRoleStatus: number;
  /** Answer to a caller whose narrow permission does not cover the instance it asks for. */
  readonly hiddenInstanceStatus: 403 | 404;
  /** Deleting is always refused: no bot may do it. */
  readonly deleteStatus: 403 | 405;
  /** How long handling a signal takes; signals to one instance within that time meet in the lock conflict. */
  readonly signalWindowMs: number;
  /** Whether the run moves on although signals met in the lock conflict. */
  readonly lockConflictAdvances: boolean;
}

/** A 25.x server as far as it is known, with the likeliest guess for the rest. */
export const usualBehaviour: Behaviour = {
  credentials: 'both',
  tokenLifetimeSeconds: 300,
  requestedWithStatus: 400,
  productVersion: '25.4.1+simulated',
  totalCountHeader: true,
  plusIsSpace: false,
  keys: 'pascal',
  statusAs: 'string',
  statusOverride: {},
  dates: 'utc',
  queriesByChange: 'taken',
  sortsByChange: true,
  undated: [],
  signalReceived: 'overall',
  minimumApprovalsParameter: 'MinimumApprovals',
  approvedAs: 'any',
  wrongKeyStatus: 400,
  notSuspendedStatus: 400,
  unknownInstanceStatus: 404,
  secondSignalStatus: 400,
  noRoleStatus: 403,
  hiddenInstanceStatus: 403,
  deleteStatus: 405,
  signalWindowMs: 0,
  lockConflictAdvances: false,
};
