import { isObject, type JsonObject, parseJson } from '../wire/json-object.js';
import { invalidArguments, SlackRefusal } from '../wire/slack-refusal.js';

/**
 * Reads the arguments of a Web API request: form fields or JSON, laid over the query.
 *
 * Throws `invalid_post_type` for any other body and `invalid_json` for JSON that is none.
 */
export function readArguments(request: {
  readonly contentType: string;
  readonly body: string;
  readonly query: URLSearchParams;
}): JsonObject {
  const query = Object.fromEntries(request.query);
  if (request.body === '') return query;
  if (request.contentType.includes('application/x-www-form-urlencoded')) {
    return { ...query, ...Object.fromEntries(new URLSearchParams(request.body)) };
  }
  if (!request.contentType.includes('json')) throw new SlackRefusal('invalid_post_type');
  const parsed = parseJson(request.body);
  if (!isObject(parsed)) throw new SlackRefusal('invalid_json');
  return { ...query, ...parsed };
}

/** Reads a text argument; nothing when it is absent or empty. */
export function textArgument(args: JsonObject, key: string): string | undefined {
  const value = args[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'object') throw new SlackRefusal('invalid_array_arg');
  return String(value);
}

/** Reads a text argument; throws `invalid_arguments` without it. */
export function requiredText(args: JsonObject, key: string): string {
  const value = textArgument(args, key);
  if (value === undefined) throw invalidArguments(`missing required field: ${key}`);
  return value;
}

/** Reads an argument that forms carry as JSON text; throws the given code when the text is not JSON. */
export function jsonArgument(args: JsonObject, key: string, codeWhenBroken: string): unknown {
  const value = args[key];
  if (typeof value !== 'string') return value;
  if (value === '') return undefined;
  const parsed = parseJson(value);
  if (parsed === undefined) throw new SlackRefusal(codeWhenBroken);
  return parsed;
}

/** Reads a yes-or-no argument in any of the spellings Slack takes. */
export function flagArgument(args: JsonObject, key: string): boolean | undefined {
  const value = args[key];
  if (value === undefined || value === null || value === '') return undefined;
  return value === true || value === 'true' || value === 1 || value === '1';
}
