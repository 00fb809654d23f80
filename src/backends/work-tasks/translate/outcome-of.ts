import type { ChangeRefusal } from '../../../ports/operations.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import { saysNoSuchCall } from '../http/errors.js';
import { type Body, readBody } from '../wire/read-body.js';
import { saidBy } from '../wire/said-by.js';
import { reasonOf } from './reason-of.js';

/** What an answer comes to; `unclear` is for `BackendError`. */
export type Outcome =
  | { readonly kind: 'done'; readonly body: Body }
  | { readonly kind: 'refused'; readonly reason: ChangeRefusal; readonly said: string }
  | { readonly kind: 'unclear' };

/**
 * Judges an answer by its status and, because this API refuses with 500 and even with 200, by what it says.
 *
 * `failureOf` finds the error in an answer that is called a success. A 5xx that does not tell in known words
 * that something was refused stays unclear: it may have been done all the same.
 */
export function outcomeOf(response: HttpResponse, failureOf: (body: Body) => string | undefined): Outcome {
  const { status } = response;
  const body = readBody(response);
  if (status >= 200 && status < 300) return outcomeOfSuccess(body, failureOf);
  const said = saidBy(body);
  const refused = (reason: ChangeRefusal): Outcome => ({ kind: 'refused', reason, said });
  const reason = reasonOf(said);
  if (status === 401) return refused('sign-in');
  if (status >= 500) return reason === undefined ? { kind: 'unclear' } : refused(reason);
  const isOurs = status >= 400 && status !== 405 && body.kind !== 'page' && !saysNoSuchCall(response);
  return isOurs ? refused(reason ?? usualReason(status)) : { kind: 'unclear' };
}

function outcomeOfSuccess(body: Body, failureOf: (body: Body) => string | undefined): Outcome {
  if (body.kind === 'page') return { kind: 'unclear' };
  const said = failureOf(body);
  if (said === undefined) return { kind: 'done', body };
  return { kind: 'refused', reason: reasonOf(said) ?? 'bad-request', said };
}

function usualReason(status: number): ChangeRefusal {
  if (status === 403) return 'no-permission';
  return status === 404 ? 'not-found' : 'bad-request';
}
