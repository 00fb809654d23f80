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
import { TransportFailure } from './errors.js';
import type { HttpResponse } from './http.js';

/** How patient the bot is with one server. */
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

/** Patience in production: the break is short, because people wait for the server to come back. */
const usualOptions: RetryOptions = {
  retries: 2,
  pauseMs: 250,
  breakAfter: 8,
  breakForMs: 2_000,
  concurrentReads: 6,
};

/** Longer than this a read does not wait; it fails, and whoever asked may ask again. */
const longestPauseMs = 5_000;

/** What a gateway says of a server that is away; an error about one request says nothing of the kind. */
const awayStatuses = [502, 503, 504];

type Attempt = () => Promise<HttpResponse>;

/** How reads and writes are sent to one server. */
export interface Policies {
  /** Repeats what failed for a passing reason, among no more others than allowed. */
  read(attempt: Attempt): Promise<HttpResponse>;
  /** Sends once; only an open circuit keeps it from being sent. */
  write(attempt: Attempt): Promise<HttpResponse>;
}

/** Creates the policies of one server; `alsoPassing` are statuses that pass besides 429 and those of a gateway. */
export function createPolicies(
  options: Partial<RetryOptions> = {},
  alsoPassing: readonly number[] = [],
): Policies {
  const { retries, pauseMs, breakAfter, breakForMs, concurrentReads } = { ...usualOptions, ...options };
  const isAway = handleType(TransportFailure).orWhenResult((value) => hasStatus(value, awayStatuses));
  const isPassing = handleType(
    TransportFailure,
    ({ kind }) => kind === 'no-connection' || kind === 'connection-lost',
  ).orWhenResult(
    (value) =>
      hasStatus(value, [429, ...awayStatuses, ...alsoPassing]) && requestedPauseMs(value) <= longestPauseMs,
  );
  const backoff = new DelegateBackoff((context: IRetryBackoffContext<unknown>) => {
    const requestedMs = 'value' in context.result ? requestedPauseMs(context.result.value) : 0;
    const doubledMs = pauseMs * 2 ** Math.max(0, context.attempt - 1);
    return Math.max(requestedMs, Math.min(longestPauseMs, doubledMs * (0.5 + Math.random() / 2)));
  });
  const breaker = circuitBreaker(isAway, {
    halfOpenAfter: breakForMs,
    breaker: new ConsecutiveBreaker(breakAfter),
  });
  const reading = wrap(
    retry(isPassing, { maxAttempts: retries, backoff }),
    breaker,
    bulkhead(concurrentReads, 10_000),
  );
  return {
    read: (attempt) => reading.execute(attempt),
    write: (attempt) => breaker.execute(attempt),
  };
}

/** Reads how long the server asks to wait, in milliseconds; 0 if it does not say. */
function requestedPauseMs(value: unknown): number {
  const text = isResponse(value) ? (value.headers['retry-after'] ?? '') : '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - Date.now());
}

function hasStatus(value: unknown, statuses: readonly number[]): boolean {
  return isResponse(value) && statuses.includes(value.status);
}

function isResponse(value: unknown): value is HttpResponse {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
}
