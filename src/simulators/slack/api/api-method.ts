import type { JsonObject } from '../wire/json-object.js';

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
