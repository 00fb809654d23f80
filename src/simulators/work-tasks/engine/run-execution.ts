import type { Activity } from './activity.js';
import type { ActivityRun, Execution, WorkItem } from './model.js';
import { noteAssigned } from './system-variables.js';

/** Where the numbers of activity runs and work items come from, and what time it is. */
export interface EngineSource {
  nextDetailsId(): number;
  nextWorkItemId(): number;
  now(): number;
}

/** After so many steps without a rest the engine takes a workflow for an endless loop and aborts it. */
const mostStepsInMemory = 500;

/** Runs an execution until it sleeps or is over. */
export function runExecution(
  execution: Execution,
  activities: readonly Activity[],
  source: EngineSource,
): Execution {
  let current = execution;
  for (let steps = 0; isOnTheMove(current); steps += 1) {
    if (steps > mostStepsInMemory) return { ...current, status: 'AB', modifiedAt: source.now() };
    current = advanceExecution(current, activities, source);
  }
  return current;
}

/** Tells whether the engine has something to do for an execution. */
export function isOnTheMove({ status }: Execution): boolean {
  return status === 'EP' || status === 'EX';
}

/** Takes one step: begins, enters the next activity, or finishes. */
export function advanceExecution(
  execution: Execution,
  activities: readonly Activity[],
  source: EngineSource,
): Execution {
  const moved = { ...execution, modifiedAt: source.now() };
  if (execution.status === 'EP') {
    return { ...moved, status: 'EX', nextActivity: activities[0]?.name ?? null };
  }
  const activity = activities.find(({ name }) => name === execution.nextActivity);
  if (activity === undefined) return { ...moved, status: 'FN' };
  return activity.kind === 'human'
    ? fallAsleep(moved, activity, source)
    : passThrough(moved, activity, source);
}

function passThrough(execution: Execution, activity: Activity, source: EngineSource): Execution {
  const output = activity.outputs[0] ?? null;
  const run: ActivityRun = { ...freshRun(activity, source), status: 'C', output };
  const nextActivity = activity.links.get(output ?? '') ?? null;
  return { ...execution, status: 'EX', runs: [...execution.runs, run], nextActivity };
}

function fallAsleep(execution: Execution, activity: Activity, source: EngineSource): Execution {
  const workItems = actorsOf(execution, activity).map(
    (actor): WorkItem => ({ id: source.nextWorkItemId(), actor, isOpen: true }),
  );
  const run: ActivityRun = { ...freshRun(activity, source), status: 'S', workItems };
  return noteAssigned({ ...execution, status: 'SL', runs: [...execution.runs, run] }, run);
}

/** The trap of service tokens: there is no initiator to assign to, and nobody is told. */
function actorsOf(execution: Execution, { actors }: Activity): readonly string[] {
  if (actors !== 'initiator') return actors;
  return execution.isStartedByService ? [] : [execution.initiator];
}

function freshRun({ name }: Activity, source: EngineSource): Omit<ActivityRun, 'status'> {
  const executionDetailsId = source.nextDetailsId();
  return { executionDetailsId, name, output: null, user: null, data: null, workItems: [] };
}
