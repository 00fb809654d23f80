import type { ExecutionRef, VariableValue } from '../../simulators/work-tasks/engine/model.js';
import type { WorkTasks } from '../../simulators/work-tasks/work-tasks.js';
import { personas, workTasksClient, workTasksUser } from '../scene/cast.js';
import { workTasksOpening, workTasksWorkflows } from './plant-workflows.js';

/** Executions that are there when the demo starts, by the name the story has for them. */
export interface WorkTasksOpening {
  /** Waits for a manager; its card has a button for each of three outputs. */
  readonly leave: ExecutionRef;
  /** Waits for a buyer; the workflow could not tell which activity it is. */
  readonly purchase: ExecutionRef;
  /** Waits until somebody has changed the tape. */
  readonly backup: ExecutionRef;
  readonly paused: ExecutionRef;
  readonly failed: ExecutionRef;
}

/** Gives Work Tasks its workflows, and the executions that are there from the start. */
export function seedWorkTasks(workTasks: WorkTasks): WorkTasksOpening {
  const { repository } = workTasksOpening;
  workTasks.addClient(workTasksClient);
  workTasks.addRepository({ name: repository });
  for (const workflow of workTasksWorkflows) workTasks.addWorkflow({ ...workflow, repository });
  const start = (
    workflow: string,
    starter: Parameters<typeof workTasksUser>[0],
    values: Readonly<Record<string, VariableValue>> = {},
  ) =>
    workTasks.startExecution({
      repository,
      workflow,
      user: workTasksUser(starter),
      variables: Object.entries(values).map(([name, value]) => ({ name, value })),
    });
  const leave = start('Leave WF', personas.bo, { Days: 3, From: '2026-12-21', Note: 'Family visit' });
  const purchase = start('Purchase WF', personas.sam, { Amount: 4200, Supplier: 'Pump & Valve Ltd' });
  const backup = start('Backup WF', personas.omar, { Full: true });
  const paused = start('Backup WF', personas.omar, { Full: false });
  const failed = start('Historian WF', personas.omar);
  workTasks.pause(paused);
  workTasks.failWithError(failed, 'The historian HIST01 did not answer within 60 s.');
  return { leave, purchase, backup, paused, failed };
}
