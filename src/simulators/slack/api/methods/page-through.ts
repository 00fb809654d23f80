import type { JsonObject } from '../../wire/json-object.js';
import { SlackRefusal } from '../../wire/slack-refusal.js';
import { textArgument } from '../read-arguments.js';

/** One page of a list, and the cursor of the next in Slack's form. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly response_metadata: { readonly next_cursor: string } };
}

/** Cuts the page out of a list that `limit` and `cursor` ask for; throws `invalid_cursor`. */
export function pageThrough<T>(items: readonly T[], args: JsonObject): Page<T> {
  const cursor = textArgument(args, 'cursor');
  const from =
    cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString('utf8').split(':')[1]);
  if (!Number.isInteger(from) || from < 0) throw new SlackRefusal('invalid_cursor');
  const limit = Math.min(1000, Number(textArgument(args, 'limit') ?? 100) || 100);
  const to = from + limit;
  const next = to < items.length ? Buffer.from(`offset:${to}`).toString('base64') : '';
  return { items: items.slice(from, to), metadata: { response_metadata: { next_cursor: next } } };
}
