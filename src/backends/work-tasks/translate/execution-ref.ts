import type { InstanceRef } from '../../../domain/instance.js';

/** An execution as the API names it: the workflow for writes, the id for reads. */
export interface ExecutionRef {
  readonly workflow: string;
  readonly executionId: string;
}

/**
 * Names an execution as `<workflow>#<execution id>`.
 *
 * Both are needed because ids are counted per repository, yet every write names the workflow too.
 */
export function executionRef(system: string, { workflow, executionId }: ExecutionRef): InstanceRef {
  return { system, id: `${workflow}#${executionId}` };
}

/** Takes such an id apart again; the workflow's own name may hold `#`. Undefined if it is none. */
export function parseExecutionRef(id: string): ExecutionRef | undefined {
  const [, workflow, executionId] = /^(.+)#([^#\s]+)$/s.exec(id) ?? [];
  return workflow === undefined || executionId === undefined ? undefined : { workflow, executionId };
}
