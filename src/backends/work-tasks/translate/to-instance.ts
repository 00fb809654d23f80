import type { Definition, Instance } from '../../../domain/instance.js';
import { noFacts } from '../../../domain/request-facts.js';
import { fingerprintOf } from '../../../shared/fingerprint-of.js';
import type { StatusReading } from '../wire/status-of.js';
import { type ExecutionRef, executionRef } from './execution-ref.js';

/** Makes a definition of a workflow's name; the API tells nothing else of it. */
export function toDefinition(workflow: string): Definition {
  return { id: workflow, name: workflow, version: 0, type: 'Work Tasks' };
}

/** Makes an instance of an execution and its status, which is all the API tells. */
export function toInstance(
  system: string,
  { workflow, executionId }: ExecutionRef,
  { status, statusMessage }: StatusReading,
): Instance {
  return {
    ref: executionRef(system, { workflow, executionId }),
    referenceId: executionId,
    title: `${workflow} · execution ${executionId}`,
    definition: toDefinition(workflow),
    status,
    ...(statusMessage === undefined ? {} : { statusMessage }),
    awaitsApproval: false,
    facts: noFacts,
    fingerprint: fingerprintOf([status.raw, statusMessage ?? '']),
  };
}
