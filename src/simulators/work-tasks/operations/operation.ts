import type { Caller } from '../access/authenticate.js';
import type { OperationResponse } from '../wire/answer-shape.js';
import type { Fields } from './fields.js';
import type { OperationName } from './operation-name.js';

/** An authenticated call that has found its operation. */
export interface OperationCall {
  readonly caller: Caller;
  readonly fields: Fields;
}

/** One operation; its name is the last part of its path. */
export interface Operation {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST';
  /** Answers, or throws a refusal; undefined when no route fits the keys that were sent. */
  respond(call: OperationCall): OperationResponse | undefined;
}

/** The answer to an operation that has nothing to say but yes or no. */
export function done(isDone: boolean): OperationResponse {
  return { main: isDone, facts: { Result: isDone } };
}
