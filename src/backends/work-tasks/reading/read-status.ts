import type { Client } from '../http/client.js';
import { outcomeOf } from '../translate/outcome-of.js';
import { failureIn } from '../wire/failure-in.js';
import { readBody } from '../wire/read-body.js';
import { type StatusReading, statusOf } from '../wire/status-of.js';
import { saysNotThere } from './says-not-there.js';

/** Reads where an execution stands; undefined if there is none. Throws `BackendError`. */
export type ReadStatus = (executionId: string) => Promise<StatusReading | undefined>;

/** Creates the reader of statuses of one repository. */
export function createReadStatus(client: Client, repository: string): ReadStatus {
  return async (executionId) => {
    const answer = await client.get('status', { repo: repository, executionid: executionId });
    const isSuccess = answer.status >= 200 && answer.status < 300;
    const told = isSuccess ? statusOf(readBody(answer)) : undefined;
    // A run that failed may name its error beside its status, so the status counts before the error.
    if (told !== undefined) return told;
    const outcome = outcomeOf(answer, failureIn);
    if (outcome.kind === 'done' || saysNotThere(outcome)) return undefined;
    throw client.unexpected(answer, 'status');
  };
}
