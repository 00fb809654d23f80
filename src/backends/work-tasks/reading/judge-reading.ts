import { ContractError } from '../../../ports/errors.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import type { CallName, Client } from '../http/client.js';
import { outcomeOf } from '../translate/outcome-of.js';
import { failureIn } from '../wire/failure-in.js';
import { fieldsWithin } from '../wire/fields.js';
import { type Body, readBody } from '../wire/read-body.js';

/**
 * Judges an answer in which the thing asked for was not found: returns when that means that there is none.
 *
 * Throws `BackendError` when the server refused or failed, and `ContractError` when it said something else. A
 * repository that does not exist is a mistake in the settings, so that is thrown too.
 */
export function expectNothing(
  response: HttpResponse,
  { client, call, system }: { readonly client: Client; readonly call: CallName; readonly system: string },
): void {
  const outcome = outcomeOf(response, failureIn);
  if (outcome.kind === 'done') {
    if (isNothing(outcome.body)) return;
    throw new ContractError(`${call} was answered in a form that is not known`, {
      system,
      paths: namesIn(outcome.body),
    });
  }
  const isNone =
    outcome.kind === 'refused' && outcome.reason === 'not-found' && !/repositor/i.test(outcome.said);
  if (!isNone) throw client.unexpected(response, call);
}

/** Gives the body of a success; an error's body is not searched for what was asked. */
export function bodyOfSuccess(response: HttpResponse): Body {
  return response.status >= 200 && response.status < 300 ? readBody(response) : { kind: 'empty' };
}

/** Silence, `false` and -1 stand for nothing; the last is the product's own word for no execution. */
function isNothing(body: Body): boolean {
  return body.kind === 'empty' || (body.kind === 'value' && /^"?(false|-\d+|0)"?$/i.test(plain(body)));
}

function plain({ value, text }: Extract<Body, { kind: 'value' }>): string {
  return typeof value === 'string' ? value.trim() : text;
}

function namesIn(body: Body): readonly string[] {
  const names = body.kind === 'value' ? [...fieldsWithin(body.value).keys()] : [];
  return names.length === 0 ? ['(root)'] : names;
}
