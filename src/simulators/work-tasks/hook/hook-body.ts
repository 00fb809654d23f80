import type { ExecutionRef } from '../engine/model.js';
import type { World } from '../world/world.js';
import type { HookBody } from './post-to-hook.js';

/** Writes what can be told about the sleeping activity of an execution: its outputs, who asked and whom to ask. */
export function hookBody(world: World, ref: ExecutionRef, more: Partial<HookBody> = {}): HookBody {
  const execution = world.known(ref);
  const run = execution.runs.findLast(({ status }) => status === 'S');
  const activity = world.activitiesOf(execution).find(({ name }) => name === run?.name);
  const approver = run?.workItems[0]?.actor;
  return {
    repository: execution.repository,
    workflow: execution.workflow,
    executionid: execution.id,
    requester: execution.initiator,
    ...(run === undefined ? {} : { executiondetailsid: run.executionDetailsId, activity: run.name }),
    ...(activity === undefined ? {} : { outputs: activity.outputs }),
    ...(approver === undefined ? {} : { approver }),
    ...more,
  };
}
