import type { InstanceStatus } from './engine.js';

/** What is undocumented, or differs between versions and installations, and is therefore a switch here. */
export type Behaviour = Readonly<typeof usualBehaviour>;

/**
 * A 25.x server as far as it is known, with the likeliest guess for the rest.
 *
 * A status of 204 where an error status is expected means "answered politely, nothing done".
 */
export const usualBehaviour = {
  /** Which kinds of credentials the server takes. */
  credentials: 'both' as 'basic' | 'bearer' | 'both',
  tokenLifetimeSeconds: 300,
  /** Answer to a call without `x-keyfactor-requested-with`. */
  requestedWithStatus: 400,
  productVersion: '25.4.1+simulated',
  /** Whether lists carry `X-Total-Count`; older versions may not. */
  totalCountHeader: true,
  /** The longest page a list is cut into, whatever was asked for; null cuts by what was asked for. */
  longestPage: null as number | null,
  /** From which size a server with such a limit counts its pages. */
  pagesCountedBy: 'limit' as 'limit' | 'asked',
  /** Whether `+` in a query string means a space. The vendor's own client avoids it. */
  plusIsSpace: false,
  /** Longest query string that IIS lets through, its own default. */
  queryLimit: 2048,
  /** Where a restart's version is read: pages of older documentation put it into the body. */
  restartVersionIn: 'query' as 'query' | 'body',
  keys: 'pascal' as 'pascal' | 'camel',
  /** The specification says integer, live servers send names; the mapping is published nowhere. */
  statusAs: 'string' as 'string' | 'integer',
  /** Sends something else for a state, for instance one a client has never heard of. */
  statusOverride: {} as Readonly<Partial<Record<InstanceStatus, string | number>>>,
  /** `utc` writes a fraction only where there is one; `utc-fraction` always writes seven digits. */
  dates: 'utc' as 'utc' | 'utc-seconds' | 'utc-fraction' | 'no-zone',
  /**
   * What becomes of a query about `LastModified`: real servers were never probed. `ignored` gives all rows,
   * `late` compares as if its clock were two hours behind, so that the newest rows are left out.
   */
  queriesByChange: 'taken' as 'taken' | 'ignored' | 'refused' | 'late',
  /** Whether lists are sorted by `LastModified`, the sort is refused, or taken without any effect. */
  sortsByChange: true as boolean | 'ignored',
  /** Runs that lists do not show yet, as where they are read from a copy of the database that lags behind. */
  unlisted: [] as readonly string[],
  /** Runs whose `LastModified` is null; the specification allows it. */
  undated: [] as readonly string[],
  /** Whether rows and details name the step a run stands at; the specification allows null. */
  namesSteps: true,
  /** Whether `SignalReceived` speaks of anybody's signal or of the caller's. */
  signalReceived: 'overall' as 'overall' | 'caller',
  /** Name of the parameter with the number of approvals; null leaves it out. */
  minimumApprovalsParameter: 'MinimumApprovals' as string | null,
  /** Which forms of `Approved` are taken. */
  approvedAs: 'any' as 'any' | 'boolean-only' | 'string-only',
  wrongKeyStatus: 400,
  notSuspendedStatus: 400,
  unknownInstanceStatus: 404,
  secondSignalStatus: 400,
  noRoleStatus: 403,
  /** Answer to a caller whose narrow permission does not cover the instance it asks for. */
  hiddenInstanceStatus: 403 as 403 | 404,
  /** Deleting is always refused: no bot may do it. */
  deleteStatus: 405 as 403 | 405,
  /** How long handling a signal takes; signals to one instance within that time meet in the lock conflict. */
  signalWindowMs: 0,
  /** Whether the run moves on although signals met in the lock conflict. */
  lockConflictAdvances: false,
};
