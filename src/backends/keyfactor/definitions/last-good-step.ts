import type { Instance } from '../../../domain/instance.js';
import type { StepWire } from '../wire/definition-wire.js';
import { doesSomething } from './does-something.js';
import type { StepsOf } from './steps-of.js';

/** Creates the reader of the step before the one a run stands at. It throws `BackendError` and `ContractError`. */
export function createLastGoodStep(stepsOf: StepsOf): (instance: Instance) => Promise<string | undefined> {
  return async ({ definition, step }) => {
    if (step === undefined) return undefined;
    const steps = await stepsOf(definition);
    return steps === undefined ? undefined : stepBefore(step.uniqueName, steps);
  };
}

/**
 * Names the last real step that leads to another; undefined if there is none, or more than one way there.
 *
 * Nor is it known whether a step that depends on conditions was passed or left out.
 */
function stepBefore(uniqueName: string, steps: readonly StepWire[]): string | undefined {
  const passed = new Set<string>();
  let at = uniqueName;
  while (!passed.has(at)) {
    passed.add(at);
    const [before, ...others] = steps.filter(({ outputs }) => Object.values(outputs).includes(at));
    if (before?.uniquename === undefined || others.length > 0) return undefined;
    if (doesSomething(before)) {
      return before.conditions.length > 0 ? undefined : (before.displayname ?? before.uniquename);
    }
    at = before.uniquename;
  }
  return undefined;
}
