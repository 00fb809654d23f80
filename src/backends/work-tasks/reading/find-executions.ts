import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { InstanceReading } from '../../../ports/backend.js';
import { executionRef, parseExecutionRef } from '../translate/execution-ref.js';

/**
 * Creates the search by what a person typed: `<workflow>#<execution id>`, or the id alone where there is but
 * one workflow it can belong to. The API searches nothing.
 */
export function createFindExecutions(deps: {
  readonly system: string;
  readonly workflows: readonly string[];
  readonly read: (ref: InstanceRef) => Promise<InstanceReading>;
}): (text: string, limit: number) => Promise<readonly Instance[]> {
  const { system, workflows, read } = deps;
  return async (text, limit) => {
    const ref = refTyped(text.trim(), workflows);
    if (ref === undefined || limit < 1) return [];
    const reading = await read(executionRef(system, ref));
    return reading.kind === 'found' ? [reading.instance] : [];
  };
}

function refTyped(text: string, workflows: readonly string[]) {
  const [only] = workflows;
  if (/^\d+$/.test(text)) {
    return only !== undefined && workflows.length === 1
      ? { workflow: only, executionId: withoutZeros(text) }
      : undefined;
  }
  const typed = parseExecutionRef(text);
  if (typed === undefined || !/^\d+$/.test(typed.executionId)) return undefined;
  const known = workflows.find((name) => name.toLowerCase() === typed.workflow.trim().toLowerCase());
  return { workflow: known ?? typed.workflow.trim(), executionId: withoutZeros(typed.executionId) };
}

/** One execution has one name, as workflows that ask for people are taken to name it. */
function withoutZeros(id: string): string {
  return id.replace(/^0+(?=\d)/, '');
}
