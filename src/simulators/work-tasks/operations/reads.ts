import type { Execution, VariableValue } from '../engine/model.js';
import { Refusal } from '../server/refusal.js';
import type { OperationResponse } from '../wire/answer-shape.js';
import { statusFacts } from '../wire/status-text.js';
import { findRepository, findWorkflow } from '../world/start-execution.js';
import type { World } from '../world/world.js';
import type { Operation, OperationCall } from './operation.js';

/** Tells the status of an execution; no workflow is named. */
export function status(world: World): Operation {
  return {
    name: 'status',
    method: 'GET',
    respond(call) {
      const execution = findExecution(world, call);
      if (execution === undefined) return missing(world, 'execution');
      const facts = reportedStatus(world, execution);
      return { main: Object.values(facts)[0] ?? '', facts };
    },
  };
}

/** Tells id and status of the newest execution of a workflow, whoever started it. */
export function lastInstance(world: World): Operation {
  return {
    name: 'lastinstance',
    method: 'GET',
    respond({ fields }) {
      const repository = findRepository(world, fields.text('repo'));
      const { name } = findWorkflow(repository, fields.text('workflow'));
      const latest = [...repository.executions.values()].findLast(({ workflow }) => workflow === name);
      if (latest === undefined) return missing(world, 'execution');
      return { main: latest.id, facts: { ExecutionId: latest.id, ...reportedStatus(world, latest) } };
    },
  };
}

/** Tells the output of an activity, the last time it ran, or the value of a variable. */
export function activityOutput(world: World): Operation {
  return {
    name: 'activityoutput',
    method: 'GET',
    respond(call) {
      const variable = call.fields.optionalText('variablename');
      if (variable !== undefined && call.fields.read('activityname') === undefined) {
        return world.behaviour().variablePath === 'variablevalue' ? undefined : readVariable(world, call);
      }
      const name = call.fields.text('activityname');
      const execution = findExecution(world, call);
      const exists = execution && world.activitiesOf(execution).some((activity) => activity.name === name);
      if (!exists) return missing(world, 'activity');
      const output = execution.runs.findLast((run) => run.name === name)?.output ?? '';
      return { main: output, facts: { ActivityName: name, Output: output } };
    },
  };
}

/** Tells the value of a variable under the name the vendor's parameter table has for it. */
export function variableValue(world: World): Operation {
  return {
    name: 'variablevalue',
    method: 'GET',
    respond: (call) =>
      world.behaviour().variablePath === 'activityoutput' ? undefined : readVariable(world, call),
  };
}

function readVariable(world: World, call: OperationCall): OperationResponse {
  const wanted = call.fields.text('variablename');
  const variable = findExecution(world, call)?.variables.find(({ name }) => name === wanted);
  if (variable === undefined) return missing(world, 'variable');
  return { main: variable.value, facts: { VariableName: wanted, Value: variable.value } };
}

function findExecution(world: World, { fields }: OperationCall): Execution | undefined {
  const repository = findRepository(world, fields.text('repo'));
  const id = fields.text('executionid');
  if (!/^\d{1,10}$/.test(id)) throw new Refusal('request', "The value 'executionid' is not an id.");
  return repository.executions.get(Number(id));
}

function reportedStatus(world: World, execution: Execution): Readonly<Record<string, VariableValue>> {
  const override = world.behaviour().statusOverride[execution.status];
  return override === undefined ? statusFacts(execution, world.behaviour().statusAs) : { Status: override };
}

/** Null and nothing at all are told apart by the shape: null is written, an empty answer has no body. */
function missing(world: World, what: string): OperationResponse {
  const { notFound } = world.behaviour();
  if (notFound === 'error') throw new Refusal('engine', `There is no such ${what}.`);
  return { main: null, facts: {}, isNothing: notFound === 'empty' };
}
