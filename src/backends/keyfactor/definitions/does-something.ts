import type { StepWire } from '../wire/definition-wire.js';

/** Tells whether a step is switched on and not a mere beginning, end or joint. */
export function doesSomething({ enabled, extensionname }: StepWire): boolean {
  return enabled && extensionname?.toLowerCase() !== 'noopstep';
}
