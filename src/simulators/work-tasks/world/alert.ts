import type { ActivityAlert, AlertProblem } from '../engine/alert-activity.js';
import { alertActivity, judgeAlert } from '../engine/alert-activity.js';
import type { Execution } from '../engine/model.js';
import { requireEngine } from './engine-trouble.js';
import { findRepository, findWorkflow } from './start-execution.js';
import type { World } from './world.js';

/** An alert on its way to an activity. */
export interface IncomingAlert extends ActivityAlert {
  readonly repository: string;
  readonly workflow: string;
}

/** Hands an alert to the activity that sleeps under its id and tells why it fitted nothing, if so. */
export function alertEngine(world: World, incoming: IncomingAlert): AlertProblem | undefined {
  const { repository, workflow, ...alert } = incoming;
  const found = findRepository(world, repository);
  findWorkflow(found, workflow);
  requireEngine(world);
  const execution = [...found.executions.values()].find(({ runs }) =>
    runs.some(({ executionDetailsId }) => executionDetailsId === alert.executionDetailsId),
  );
  const problem = judge(world, execution, incoming);
  const hasMoved = problem === undefined && alert.status === 'Completed';
  world.records.alerts.push({ ...incoming, hasMoved, problem: problem ?? null, at: world.now() });
  if (execution !== undefined && problem === undefined) {
    const then = { closesWorkItems: world.behaviour().alertClosesWorkItems, now: world.now() };
    const alerted = alertActivity(execution, world.activitiesOf(execution), alert, then);
    world.keep(alerted, 'alerted', alert.user);
  } else world.notifyChange();
  return problem;
}

function judge(
  world: World,
  execution: Execution | undefined,
  alert: IncomingAlert,
): AlertProblem | undefined {
  if (execution === undefined) return 'unknown-details-id';
  if (execution.workflow !== alert.workflow) return 'wrong-workflow';
  return judgeAlert(execution, world.activitiesOf(execution), alert);
}
