import type { Client } from '../http/client.js';
import { type StatusReading, statusOf } from '../wire/status-of.js';
import { bodyOfSuccess, expectNothing } from './judge-reading.js';

/** Reads where an execution stands; undefined if there is none. Throws `BackendError` and `ContractError`. */
export type ReadStatus = (executionId: string) => Promise<StatusReading | undefined>;

/** Creates the reader of statuses of one repository. */
export function createReadStatus(deps: {
  readonly system: string;
  readonly repository: string;
  readonly client: Client;
}): ReadStatus {
  const { system, repository, client } = deps;
  return async (executionId) => {
    const response = await client.get('status', { repo: repository, executionid: executionId });
    // A run that failed may name its error beside its status, so the status counts before the error.
    const reported = statusOf(bodyOfSuccess(response));
    if (reported === undefined) expectNothing(response, { client, call: 'status', system });
    return reported;
  };
}
