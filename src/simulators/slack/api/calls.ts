import type { JsonObject } from '../wire/json-object.js';

/** One call the app made, for tests to look at; tokens are left out. */
export interface Call {
  /** A Web API method, or `response_url`. */
  readonly method: string;
  readonly args: JsonObject;
  readonly atMs: number;
  /** `ok`, the error code, or the fault that hit it. */
  readonly outcome: string;
}
