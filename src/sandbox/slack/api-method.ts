/** One method of the Web API. */
export interface ApiMethod {
  /** Which token it wants. */
  readonly token: 'bot' | 'app' | 'none';
  /** The scope the app needs; several mean any of them. */
  readonly scopes?: readonly string[];
  /** Does the work and returns the answer without `ok`; throws `SlackRefusal`. */
  readonly run: (args: JsonObject) => JsonObject;
}

/** Methods by their name, such as `chat.postMessage`. */
export type ApiMethods = Readonly<Record<string, ApiMethod>>;

/** One page of a list, and the cursor of the next in Slack's form. */
interface Page<T> {
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

/** Carries an error code of the Web API up to the place that answers the request. */
export class SlackRefusal extends Error {
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, details: JsonObject = {}) {
    super(code);
    this.name = 'SlackRefusal';
    this.code = code;
    this.details = details;
  }
}

/** Makes the refusal for arguments that do not fit, in the wording Slack's SDKs print. */
export function invalidArguments(...messages: readonly string[]): SlackRefusal {
  return new SlackRefusal('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}

/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells whether a value is a plain JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a field that should hold an object; anything else reads as an empty one. */
export function objectAt(source: JsonObject, key: string): JsonObject {
  const value = source[key];
  return isObject(value) ? value : {};
}

/** Reads a field that should hold text; anything else reads as nothing. */
export function textAt(source: JsonObject, key: string): string | undefined {
  const value = source[key];
  return typeof value === 'string' ? value : undefined;
}

/** Reads a field that should hold a list of objects; anything else in it is left out. */
export function objectsAt(source: JsonObject, key: string): readonly JsonObject[] {
  const value = source[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Parses text as JSON; text that is not JSON reads as nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
