import type { Instance } from '../../../domain/instance.js';
import type { Client } from '../http/client.js';
import { toInstance } from '../translate/to-instance.js';
import { toStatus } from '../translate/to-status.js';
import { executionIdOf } from '../wire/execution-id-of.js';
import { statusOf } from '../wire/status-of.js';
import { bodyOfSuccess, expectNothing } from './judge-reading.js';
import type { ReadStatus } from './read-status.js';

/**
 * Creates the reader of a workflow's latest execution, whoever started it.
 *
 * Its status is asked for by id, because whether and how this call tells it is documented nowhere.
 */
export function createReadLast(deps: {
  readonly system: string;
  readonly repository: string;
  readonly client: Client;
  readonly readStatus: ReadStatus;
}): (workflow: string) => Promise<Instance | undefined> {
  const { system, repository, client, readStatus } = deps;
  return async (workflow) => {
    const response = await client.get('lastInstance', { repo: repository, workflow });
    const body = bodyOfSuccess(response);
    const found = executionIdOf(body);
    if (found.kind === 'none-made') return undefined;
    if (found.kind === 'absent') {
      expectNothing(response, { client, call: 'lastInstance', system });
      return undefined;
    }
    const { executionId } = found;
    const reading = (await readStatus(executionId)) ?? statusOf(body) ?? { status: toStatus('') };
    return toInstance(system, { workflow, executionId }, reading);
  };
}
