import { openStage, type Stage, type Transport } from './open-stage.js';
import { serviceAccount } from './personas.js';
import type { StageRules } from './stage-settings.js';

/** Sets the stage with Command and Work Tasks, and with Ana as the operator of both. */
export function openWorkTasksScenario(transport: Transport, rules: StageRules = {}): Promise<Stage> {
  return openStage(transport, { withWorkTasks: true, operators: ['ana'], ...rules });
}

/** Ana, as Work Tasks knows her. */
export const workTasksUser = 'activedirectory::aruiz';

/** A run of the leave workflow. */
export interface LeaveRun {
  readonly execution: { readonly repository: string; readonly id: number };
  /** As people type it, such as `"Leave WF#1001"`. */
  readonly typed: string;
}

/** Starts the leave workflow as Ana would in the product. */
export function startLeave({ workTasks }: Stage): LeaveRun {
  const execution = workTasks.startExecution({
    repository: 'Plant',
    workflow: 'Leave WF',
    user: workTasksUser,
    variables: [{ name: 'Days', value: '3' }],
  });
  return { execution, typed: `"Leave WF#${execution.id}"` };
}

/** Grants the bot's account in Command what restarting and stopping take. */
export function grantManage(stage: Pick<Stage, 'command'>): void {
  const permissions = [...serviceAccount.permissions, '/workflows/instances/manage/'];
  stage.command.addIdentity({ ...serviceAccount, permissions });
}

/** Gives the paths of everything that was sent to change something, in both systems. */
export function changesSent(stage: Stage): readonly string[] {
  return [...stage.command.requests, ...stage.workTasks.requests]
    .filter(({ method, path }) => method === 'POST' && !path.includes('token'))
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}
