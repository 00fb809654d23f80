import { isBrokenCircuitError, isBulkheadRejectedError } from 'cockatiel';
import { BackendError, type BackendErrorCode } from '../../../ports/errors.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import { TransportFailure } from '../../../shared/http/transport-failure.js';
import { readBody } from '../wire/read-body.js';
import { saidBy } from '../wire/said-by.js';

/** What was being asked, for the message. */
export interface RequestInfo {
  readonly system: string;
  readonly method: 'GET' | 'POST';
  /** Path below the base address, without a query. */
  readonly path: string;
}

/** Turns an HTTP answer that is not the expected one into the error the bot knows; tells what `said` holds. */
export function errorFromResponse(
  response: HttpResponse,
  { system, method, path }: RequestInfo,
  said = saidBy(readBody(response)),
): BackendError {
  const { status } = response;
  const code = codeFor(status);
  const isUnclear = status < 300 || status === 408 || status >= 500;
  const quoted = said === '' ? '' : ` (${said})`;
  return new BackendError(`${method} ${path} was answered ${status}${quoted}${hintFor(response)}`, {
    code,
    system,
    retryable: code === 'server-error' || code === 'throttled' || code === 'timeout',
    applied: method === 'POST' && isUnclear ? 'unknown' : 'no',
  });
}

function codeFor(status: number): BackendErrorCode {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'rejected';
}

/** Tells the operator what to look at, where the answer gives that away. */
function hintFor(response: HttpResponse): string {
  const { status } = response;
  const isPage = readBody(response).kind === 'page';
  if (status === 404 && isPage) {
    return '; the web server knows no such application: convert Workflow.WebAPI to an application in IIS, and check baseUrl';
  }
  if (status === 404) return '; this version of the API has no such call: check paths';
  if (status === 405) return '; this looks like an old version of the API, which is not supported';
  if (status >= 300 && status < 400) return '; it wants to send us elsewhere: check baseUrl';
  return isPage && status < 300 ? '; that is a web page: check baseUrl' : '';
}

/** Tells whether there is no API where it was looked for, rather than nothing in the API. */
export function saysNoSuchCall(response: HttpResponse): boolean {
  if (response.status !== 404) return false;
  const body = readBody(response);
  return body.kind !== 'value' || /no http resource was found/i.test(body.text);
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
