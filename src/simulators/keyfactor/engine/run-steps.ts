import type { Instance, Step } from './model.js';
import { stepNamed } from './model.js';

/** A graph with a ring in it would run for ever; the real server stops such a run too. */
const MOST_STEPS = 100;

/** Finds where a run begins: the one step no other step leads to. */
export function firstStep(steps: readonly Step[]): Step | undefined {
  const targets = new Set(steps.flatMap((step) => Object.values(step.outputs)));
  return steps.find((step) => !targets.has(step.uniqueName));
}

/** Runs an instance from a step until it waits, pauses, ends or fails. */
export function runFrom(instance: Instance, steps: readonly Step[], first: Step, atMs: number): Instance {
  let step = first;
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const here = { ...instance, stepName: step.uniqueName, modifiedAt: atMs, received: [] };
    if (!isSkipped(step)) {
      if (step.approval !== null) return waiting(here, step.approval.minimumApprovals);
      if (step.failsWith !== null) return { ...here, status: 'Failed', statusMessage: step.failsWith };
      if (step.pauses) return { ...here, status: 'Running', statusMessage: null };
    }
    const next = stepNamed(steps, step.outputs.continue);
    if (next === undefined) return { ...here, status: 'Complete', statusMessage: null };
    step = next;
  }
  return { ...instance, status: 'Failed', statusMessage: 'The workflow never ends.', modifiedAt: atMs };
}

/** Runs on with the step behind the current one. */
export function runOn(instance: Instance, steps: readonly Step[], atMs: number): Instance {
  const current = stepNamed(steps, instance.stepName);
  const next = stepNamed(steps, current?.outputs.continue);
  if (next === undefined) return { ...instance, status: 'Complete', statusMessage: null, modifiedAt: atMs };
  return runFrom(instance, steps, next, atMs);
}

/** Puts an instance to people, with the wording the portal shows. */
export function waiting(instance: Instance, missing: number): Instance {
  const statusMessage = `Awaiting ${missing} more approval(s) from approval roles.`;
  return { ...instance, status: 'Suspended', statusMessage };
}

function isSkipped(step: Step): boolean {
  return !step.enabled || step.conditions.some(({ value }) => value.toLowerCase() !== 'true');
}
