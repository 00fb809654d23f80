import type { Instance } from '../../../domain/instance.js';
import type { Client } from '../http/client.js';
import { outcomeOf } from '../translate/outcome-of.js';
import { toInstance } from '../translate/to-instance.js';
import { toStatus } from '../translate/to-status.js';
import { executionIdOf } from '../wire/execution-id-of.js';
import { failureIn } from '../wire/failure-in.js';
import { readBody } from '../wire/read-body.js';
import { statusOf } from '../wire/status-of.js';
import type { ReadStatus } from './read-status.js';
import { saysNotThere } from './says-not-there.js';

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
    const answer = await client.get('lastInstance', { repo: repository, workflow });
    const body = readBody(answer);
    const isSuccess = answer.status >= 200 && answer.status < 300;
    const found = isSuccess ? executionIdOf(body) : { kind: 'absent' as const };
    if (found.kind !== 'id') {
      const outcome = outcomeOf(answer, failureIn);
      if (outcome.kind === 'done' || saysNotThere(outcome)) return undefined;
      throw client.unexpected(answer, 'lastInstance');
    }
    const { executionId } = found;
    const reading = (await readStatus(executionId)) ?? statusOf(body) ?? { status: toStatus('') };
    return toInstance(system, { workflow, executionId }, reading);
  };
}
