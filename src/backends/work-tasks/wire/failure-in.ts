import { reasonOf } from '../translate/reason-of.js';
import { type Fields, fieldsWithin, textAmong } from './fields.js';
import type { Body } from './read-body.js';
import { saidBy } from './said-by.js';

/** Names that only errors carry. */
const errorNames = ['exceptionmessage', 'exceptiontype', 'errormessage', 'error', 'error_description'];

const outcomeNames = ['issuccess', 'success', 'succeeded', 'issuccessful'];

/** Finds the error that a server wrote into an answer it called a success; undefined if it wrote none. */
export function failureIn(body: Body): string | undefined {
  if (body.kind !== 'value') return undefined;
  const fields = fieldsWithin(body.value);
  if (isFailure(fields)) return saidBy(body) || 'no reason given';
  return undefined;
}

/**
 * Does the same for the answer to a change, which is an error also when it is a bare `false`, a negative
 * number, or a sentence that tells why something was not done.
 */
export function failureOfChange(body: Body): string | undefined {
  const failure = failureIn(body);
  if (failure !== undefined || body.kind !== 'value') return failure;
  const fields = fieldsWithin(body.value);
  const bare = fields.size === 0 ? body.value : (fields.get('result') ?? fields.get('value'));
  if (isNo(bare)) return `the server answered ${String(bare).trim()}`;
  if (typeof bare === 'string' && (/^\s*(error|exception|failed)\b/i.test(bare) || reasonOf(bare)))
    return saidBy(body);
  return undefined;
}

function isFailure(fields: Fields): boolean {
  if (outcomeNames.some((name) => isNo(fields.get(name)))) return true;
  if (textAmong(fields, errorNames) !== undefined) return true;
  const message = textAmong(fields, ['message']);
  const isAlone = [...fields.keys()].every((name) =>
    ['message', 'messagedetail', 'stacktrace'].includes(name),
  );
  return message !== undefined && isAlone && isComplaint(message);
}

function isComplaint(message: string): boolean {
  return (
    reasonOf(message) !== undefined || /\b(error|exception|failed|cannot|invalid|denied)\b/i.test(message)
  );
}

function isNo(value: unknown): boolean {
  if (typeof value === 'number') return value < 0;
  return value === false || (typeof value === 'string' && /^\s*(false|-\d+)\s*$/i.test(value));
}
