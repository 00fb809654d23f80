import type { TokenRequest } from '../access/clients.js';
import type { ActivityAlert, AlertProblem } from '../engine/alert-activity.js';
import type { Execution } from '../engine/model.js';

/** One HTTP call the server saw. */
interface SeenRequest {
  readonly method: string;
  /** Path without the query string, as it was spelt. */
  readonly path: string;
  /** What was sent in the body or the query, by keys as they were spelt; empty when it could not be read. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** Client id or user the token was issued to. */
  readonly caller: string | null;
  /** The extra `AccessToken` header, compared with the bearer token. */
  readonly accessTokenHeader: 'absent' | 'same' | 'different';
  readonly contentType: string | null;
  /** Status that was sent; `none` when the caller never got an answer. */
  readonly status: number | 'none';
  readonly at: number;
}

/** One AlertEngine call that got as far as the engine. */
interface SeenAlert extends ActivityAlert {
  readonly repository: string;
  readonly workflow: string;
  readonly hasMoved: boolean;
  /** Why it fitted nothing. */
  readonly problem: AlertProblem | null;
  readonly at: number;
}

/** One thing that happened to an execution. */
export interface AuditEntry {
  readonly at: number;
  readonly action:
    | 'started'
    | 'advanced'
    | 'alerted'
    | 'answered-in-inbox'
    | 'abort'
    | 'pause'
    | 'resume'
    | 'resumeworkflowwitherrors'
    | 'failed'
    | 'finished'
    | 'status-text'
    | 'control-ignored';
  readonly repository: string;
  readonly execution: number;
  readonly user: string | null;
  readonly status: Execution['status'];
}

/** Everything a test may want to look up afterwards. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly tokenRequests: TokenRequest[];
  readonly alerts: SeenAlert[];
  readonly audit: AuditEntry[];
}

/** Creates empty records. */
export function createRecords(): Records {
  return { requests: [], tokenRequests: [], alerts: [], audit: [] };
}
