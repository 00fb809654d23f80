import { checkUser } from '../access/check-user.js';
import { Refusal } from '../server/refusal.js';
import type { ExecutionSketch } from '../world/start-execution.js';
import { findRepository, startExecution } from '../world/start-execution.js';
import type { World } from '../world/world.js';
import type { Operation, OperationCall } from './operation.js';
import { readVariables } from './read-variables.js';
import { isWellFormed } from './well-formed.js';

/** Starts a workflow, in the version asked for. */
export function execute(world: World): Operation {
  return {
    name: 'execute',
    method: 'POST',
    respond(call) {
      const version = call.fields.optionalText('version');
      return start(world, call, version === undefined ? {} : { version });
    },
  };
}

/** Starts the latest version of a workflow with content and variables; a `version` is not looked at. */
export function executeWithVariables(world: World): Operation {
  return {
    name: 'executewithvariables',
    method: 'POST',
    respond(call) {
      const data = readData(world, call);
      const variables = readVariables(call.fields.read('variables'), world.behaviour().variablesAs);
      return start(world, call, { variables, ...(data === undefined ? {} : { data }) });
    },
  };
}

/** Reads `data`, which has to be XML where it is there at all. */
export function readData(world: World, { fields }: OperationCall): string | undefined {
  const data = fields.optionalText('data');
  if (data === undefined || !world.behaviour().checksData || isWellFormed(data)) return data;
  throw new Refusal('request', "The value 'data' is not well-formed XML.");
}

function start(
  world: World,
  { fields, caller }: OperationCall,
  more: Partial<ExecutionSketch>,
): ReturnType<Operation['respond']> {
  const [repository, workflow] = [fields.text('repository'), fields.text('workflow')];
  const user = fields.text('user');
  const { providers } = findRepository(world, repository);
  checkUser(user, { providers, caller }, world.behaviour());
  const isStartedByService = typeof caller === 'object' && caller.kind === 'service';
  const { id } = startExecution(world, { ...more, repository, workflow, user, isStartedByService });
  return { main: id, facts: { ExecutionId: id } };
}
