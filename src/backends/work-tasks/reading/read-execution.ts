import type { InstanceRef } from '../../../domain/instance.js';
import type { InstanceReading } from '../../../ports/backend.js';
import { parseExecutionRef } from '../translate/execution-ref.js';
import { toInstance } from '../translate/to-instance.js';
import type { ReadStatus } from './read-status.js';

/** Reads one execution. Throws `BackendError` and `ContractError`. */
export type ReadExecution = (ref: InstanceRef) => Promise<InstanceReading>;

/** Creates that reader; all the API tells of an execution is its status. */
export function createReadExecution(system: string, readStatus: ReadStatus): ReadExecution {
  return async (ref) => {
    const execution = parseExecutionRef(ref.id);
    if (execution === undefined) return { kind: 'not-visible' };
    const reading = await readStatus(execution.executionId);
    if (reading === undefined) return { kind: 'not-visible' };
    return { kind: 'found', instance: toInstance(system, execution, reading) };
  };
}
