import { checkUser } from '../access/check-user.js';
import type { Control } from '../engine/control-execution.js';
import { controlExecution } from '../engine/control-execution.js';
import type { Execution } from '../engine/model.js';
import { Refusal } from '../server/refusal.js';
import { engineFault, requireEngine } from '../world/engine-trouble.js';
import { findRepository, findWorkflow } from '../world/start-execution.js';
import type { World } from '../world/world.js';
import type { Operation, OperationCall } from './operation.js';
import { done } from './operation.js';

/** Aborts, pauses or resumes an execution, in the states where that works. */
export function control(world: World, name: Control): Operation {
  return {
    name,
    method: 'POST',
    respond(call) {
      const { execution, user } = readTarget(world, call);
      requireEngine(world);
      if (world.behaviour().controls[name].includes(execution.status)) {
        world.keep(controlExecution(execution, name, world.now()), name, user);
        return done(true);
      }
      if (world.behaviour().illegalControl === 'error') {
        throw engineFault(world, `The operation is not possible in the state ${execution.status}.`);
      }
      world.audit(execution, 'control-ignored', user);
      return done(world.behaviour().illegalControl === 'accepted');
    },
  };
}

function readTarget(
  world: World,
  { fields, caller }: OperationCall,
): { readonly execution: Execution; readonly user: string } {
  const [name, workflow] = [fields.text('repository'), fields.text('workflow')];
  const id = fields.id('executionid');
  const user = fields.text('user');
  const repository = findRepository(world, name);
  findWorkflow(repository, workflow);
  checkUser(user, { providers: repository.providers, caller }, world.behaviour());
  const execution = repository.executions.get(id);
  if (execution?.workflow !== workflow) {
    throw new Refusal('engine', `The workflow '${workflow}' has no execution ${id}.`);
  }
  return { execution, user };
}
