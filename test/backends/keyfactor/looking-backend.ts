import type { Sighting } from '../../../src/domain/follow-approval.js';
import type { Observation, Remembered, Since, WorkflowBackend } from '../../../src/ports/backend.js';

/** What a look has found once everything was read. */
export interface Looked extends Observation {
  readonly sightings: readonly Sighting[];
}

/** A backend whose looks are over when they are answered. */
export interface LookingBackend extends WorkflowBackend {
  observe(remembered: readonly Remembered[], since?: Since): Promise<Looked>;
}

/** Has every look of a backend taken to its end. */
export function lookingToTheEnd(backend: WorkflowBackend): LookingBackend {
  return { ...backend, observe: toTheEnd(backend.observe) };
}

/** Has looks taken to their end. */
export function toTheEnd(observe: WorkflowBackend['observe']): LookingBackend['observe'] {
  return async (remembered, since) => {
    const observation = await observe(remembered, since);
    const sightings: Sighting[] = [];
    for await (const sighting of observation.sightings) sightings.push(sighting);
    return { ...observation, sightings };
  };
}
