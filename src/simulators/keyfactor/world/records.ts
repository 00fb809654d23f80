import type { TokenRequest } from '../access/tokens.js';
import type { ReceivedSignal } from '../engine/model.js';

/** One HTTP call the server saw. */
interface SeenRequest {
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  readonly query: string;
  readonly identity: string | null;
  /** Status that was sent; `none` when the caller never got an answer. */
  readonly status: number | 'none';
  readonly at: number;
}

/** One signal, with the run and the step it was meant for. */
export interface SeenSignal extends ReceivedSignal {
  readonly instance: string;
  readonly step: string;
  readonly via: 'api' | 'portal';
}

/** One thing that happened to a run. */
export interface AuditEntry {
  readonly at: number;
  readonly action:
    | 'started'
    | 'signalled'
    | 'signal-ignored'
    | 'advanced'
    | 'restarted'
    | 'stopped'
    | 'failed'
    | 'data-changed'
    | 'delete-refused'
    | 'daily-task';
  readonly instance: string;
  readonly identity: string | null;
}

/** Everything a test may want to look up afterwards. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly tokenRequests: TokenRequest[];
  readonly effectiveSignals: SeenSignal[];
  /** Signals that were answered 204 and changed nothing. */
  readonly ignoredSignals: (SeenSignal & {
    readonly reason: 'lock-conflict' | 'second-signal' | 'refused';
  })[];
  readonly audit: AuditEntry[];
}

/** Creates empty records. */
export function createRecords(): Records {
  return { requests: [], tokenRequests: [], effectiveSignals: [], ignoredSignals: [], audit: [] };
}
