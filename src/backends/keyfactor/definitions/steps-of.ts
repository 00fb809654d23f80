import type { Definition } from '../../../domain/instance.js';
import type { StepWire } from '../wire/definition-wire.js';
import type { ReadDefinitions } from './read-steps.js';
import { createRemembering } from './remembering.js';

/** Gives the steps of a definition at its version; undefined if they may not be read. */
export type StepsOf = (definition: Definition) => Promise<readonly StepWire[] | undefined>;

/** Creates that reader, which remembers what it read. It throws `BackendError` and `ContractError`. */
export function createStepsOf({ steps }: Pick<ReadDefinitions, 'steps'>, now: () => number): StepsOf {
  const remember = createRemembering<readonly StepWire[]>(now);
  return async ({ id, version }) =>
    id === '' ? undefined : remember(`${id} v${version}`, () => steps(id, version));
}
