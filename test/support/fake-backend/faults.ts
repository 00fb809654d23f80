import type { SignalRefusal, Verdict } from '../../../src/domain/approval.js';
import type { RequestFacts } from '../../../src/domain/request.js';
import { BackendError } from '../../../src/ports/errors.js';

/** The account the bot signals with. */
export const botIdentity = 'KEYEXAMPLE\\svc-countersign';

/** What can be switched on to go wrong. */
export interface Faults {
  /** Nothing answers. */
  isUnreachable: boolean;
  /** Lists and signals work, single runs cannot be read. */
  isDetailUnreadable: boolean;
  isDefinitionUnreadable: boolean;
  /** The definition can be read, and does not say how many must approve. */
  isNeededUnknown: boolean;
  /** Where restarted runs go on cannot be read. */
  areSuccessorsUnreadable: boolean;
  /** What has changed may not be seen. */
  areChangesForbidden: boolean;
  /** Ids of runs to which nothing can be done. */
  refusedChanges: readonly string[];
  /** What becomes of the next signal that is sent. */
  nextSignal: SignalFault | undefined;
  /** Happens after the bot's last look and before its signal arrives. */
  beforeNextSignal: (() => void) | undefined;
}

/**
 * What may become of a signal.
 *
 * `unsent`: the connection was refused. `timeout-…`: no answer, and it arrived never, at once, or just before
 * its time was over. `stuck`: counted, and the run does not move. `lost`: accepted and not counted.
 * `refuse`: answered no, `afterEffect` although it was counted, or `unsent` before anything left.
 */
export type SignalFault =
  | { readonly kind: 'unsent' | 'timeout-before' | 'timeout-after' | 'timeout-late' | 'stuck' | 'lost' }
  | {
      readonly kind: 'refuse';
      readonly reason: SignalRefusal;
      readonly when?: 'after-effect' | 'unsent';
    };

/** A signal of the bot that reached the system. */
export interface Arrival {
  readonly id: string;
  /** The step it was meant for, and the how-manieth wait of the run it was sent to. */
  readonly step: string;
  readonly visit: number;
  readonly verdict: Verdict;
  readonly comment: string;
  readonly outcome: 'counted' | 'lost' | 'refused';
  /** The facts when it was sent. */
  readonly facts: RequestFacts;
  readonly atMs: number;
}

/** Everything works. */
export function createFaults(): Faults {
  return {
    isUnreachable: false,
    isDetailUnreadable: false,
    isDefinitionUnreadable: false,
    isNeededUnknown: false,
    areSuccessorsUnreadable: false,
    areChangesForbidden: false,
    refusedChanges: [],
    nextSignal: undefined,
    beforeNextSignal: undefined,
  };
}

/** The error of a server that does not answer. */
export function unreachable(): BackendError {
  return failure('unreachable', 'no');
}

/** The error of a read the server broke at. */
export function brokenRead(): BackendError {
  return failure('server-error', 'no');
}

/** The error of a signal nobody answered. */
export function lostSignal(): BackendError {
  return failure('timeout', 'unknown');
}

function failure(code: 'unreachable' | 'server-error' | 'timeout', applied: 'no' | 'unknown'): BackendError {
  return new BackendError(`Command: ${code}`, { code, system: 'command', retryable: true, applied });
}
