import { isBrokenCircuitError, isBulkheadRejectedError } from 'cockatiel';
import { BackendError, type BackendErrorCode } from '../../../ports/errors.js';
import { TransportFailure } from '../../../shared/http/transport-failure.js';
import { correlationIdOf, type HttpResponse } from './answer.js';
import { describeResponse } from './describe-answer.js';

/** What was being asked, for the message. */
export interface RequestInfo {
  readonly system: string;
  readonly method: 'GET' | 'POST';
  /** Path below the API, without a query. */
  readonly path: string;
}

/** Turns an HTTP answer that is not the expected one into the error the bot knows. */
export function errorFromResponse(
  response: HttpResponse,
  { system, method, path }: RequestInfo,
): BackendError {
  const code = codeFor(response.status);
  const hint = code === 'not-found' ? '; nothing is there: check apiPath' : '';
  return new BackendError(
    `${method} ${path} was answered ${response.status}${describeResponse(response)}${hint}`,
    {
      code,
      system,
      retryable: code === 'server-error' || code === 'throttled' || code === 'timeout',
      applied: method === 'POST' && (response.status >= 500 || response.status === 408) ? 'unknown' : 'no',
      correlationId: correlationIdOf(response),
    },
  );
}

function codeFor(status: number): BackendErrorCode {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'rejected';
}

/** Turns what was thrown instead of an answer into the error the bot knows; leaves other errors alone. */
export function errorFromFailure(thrown: unknown, { system, method, path }: RequestInfo): unknown {
  if (thrown instanceof TransportFailure) {
    return new BackendError(`${method} ${path} got no answer: ${thrown.message}`, {
      code: thrown.kind === 'timeout' ? 'timeout' : 'unreachable',
      system,
      retryable: true,
      applied: method === 'POST' && thrown.mayHaveArrived ? 'unknown' : 'no',
      cause: thrown,
    });
  }
  if (!(thrown instanceof Error) || !(isBrokenCircuitError(thrown) || isBulkheadRejectedError(thrown))) {
    return thrown;
  }
  return new BackendError(`${method} ${path} was not sent: the server failed too often just now`, {
    code: 'circuit-open',
    system,
    retryable: true,
    applied: 'no',
  });
}
