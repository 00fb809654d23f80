import type { World } from '../world/world.js';
import { alertEngineOperation } from './alert-engine.js';
import { control } from './control.js';
import { execute, executeWithVariables } from './execute.js';
import type { Operation } from './operation.js';
import { activityOutput, lastInstance, status, variableValue } from './reads.js';

/** Everything the API can do. */
export function allOperations(world: World): readonly Operation[] {
  return [
    execute(world),
    executeWithVariables(world),
    control(world, 'abort'),
    control(world, 'pause'),
    control(world, 'resume'),
    control(world, 'resumeworkflowwitherrors'),
    alertEngineOperation(world),
    status(world),
    lastInstance(world),
    activityOutput(world),
    variableValue(world),
  ];
}
