import type { ExecutionRef, VariableValue } from '../../simulators/work-tasks/engine/model.js';
import type { WorkTasks } from '../../simulators/work-tasks/work-tasks.js';
import { cast, plantClient, plantUser } from '../scene/cast.js';
import { plant, plantWorkflows } from './plant-workflows.js';

/** Executions that are there when the demo starts, by the name the story has for them. */
export interface PlantOpening {
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
export function furnishPlant(workTasks: WorkTasks): PlantOpening {
  const { repository } = plant;
  workTasks.addClient(plantClient);
  workTasks.addRepository({ name: repository });
  for (const workflow of plantWorkflows) workTasks.addWorkflow({ ...workflow, repository });
  const start = (
    workflow: string,
    starter: Parameters<typeof plantUser>[0],
    values: Readonly<Record<string, VariableValue>> = {},
  ) =>
    workTasks.startExecution({
      repository,
      workflow,
      user: plantUser(starter),
      variables: Object.entries(values).map(([name, value]) => ({ name, value })),
    });
  const leave = start('Leave WF', cast.bo, { Days: 3, From: '2026-12-21', Note: 'Family visit' });
  const purchase = start('Purchase WF', cast.sam, { Amount: 4200, Supplier: 'Pump & Valve Ltd' });
  const backup = start('Backup WF', cast.omar, { Full: true });
  const paused = start('Backup WF', cast.omar, { Full: false });
  const failed = start('Historian WF', cast.omar);
  workTasks.pause(paused);
  workTasks.failWithError(failed, 'The historian HIST01 did not answer within 60 s.');
  return { leave, purchase, backup, paused, failed };
}
