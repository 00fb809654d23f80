import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleType,
  type IRetryBackoffContext,
  retry,
  wrap,
} from 'cockatiel';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import { retryAfterMs } from '../../../shared/http/retry-after.js';
import { TransportFailure } from '../../../shared/http/transport-failure.js';

/** How patient the client is; the defaults are meant for production. */
export interface RetryOptions {
  /** How often a read is repeated. */
  readonly retries: number;
  /** The first pause; the next ones double. */
  readonly pauseMs: number;
  /** After how many failures in a row the server is left alone, and for how long. */
  readonly breakAfter: number;
  readonly breakForMs: number;
  /** How many reads run at the same time. */
  readonly concurrentReads: number;
}

/** Patience with a server in production. */
export const defaultRetryOptions: RetryOptions = {
  retries: 2,
  pauseMs: 250,
  breakAfter: 8,
  breakForMs: 2_000,
  concurrentReads: 6,
};

/** Longer than this a read does not wait; it fails, and whoever asked may ask again. */
const longestPauseMs = 5_000;

/** What a gateway says of a server that is away. A 500 is not among them: the API refuses with it. */
const awayStatuses = [502, 503, 504];

type Attempt = () => Promise<HttpResponse>;

/** How reads and writes are sent. */
export interface Policies {
  read(attempt: Attempt): Promise<HttpResponse>;
  /** Sends once; only an open circuit keeps it from being sent. */
  write(attempt: Attempt): Promise<HttpResponse>;
}

/** Creates the policies of one server. */
export function createPolicies(retryOptions: RetryOptions): Policies {
  const { breakAfter, breakForMs, concurrentReads } = retryOptions;
  const isAway = handleType(TransportFailure).orWhenResult((value) => hasStatus(value, awayStatuses));
  const breaker = circuitBreaker(isAway, {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });
  const reading = wrap(createRetry(retryOptions), breaker, bulkhead(concurrentReads, 10_000));
  return {
    read: (attempt) => reading.execute(attempt),
    write: (attempt) => breaker.execute(attempt),
  };
}

function createRetry({ retries, pauseMs }: RetryOptions) {
  const isPassing = handleType(
    TransportFailure,
    ({ kind }) => kind !== 'timeout' && kind !== 'too-large',
  ).orWhenResult(
    (value) => hasStatus(value, [429, ...awayStatuses]) && requestedPauseMs(value) <= longestPauseMs,
  );
  const backoff = new DelegateBackoff((context: IRetryBackoffContext<unknown>) => {
    const request = 'value' in context.result ? requestedPauseMs(context.result.value) : 0;
    const doubled = pauseMs * 2 ** Math.max(0, context.attempt - 1);
    return Math.max(request, Math.min(longestPauseMs, doubled * (0.5 + Math.random() / 2)));
  });
  return retry(isPassing, { maxAttempts: retries, backoff });
}

function requestedPauseMs(value: unknown): number {
  return isResponse(value) ? (retryAfterMs(value, Date.now()) ?? 0) : 0;
}

function hasStatus(value: unknown, statuses: readonly number[]): boolean {
  return isResponse(value) && statuses.includes(value.status);
}

function isResponse(value: unknown): value is HttpResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}
