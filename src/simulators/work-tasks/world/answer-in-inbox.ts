import { alertActivity, judgeAlert } from '../engine/alert-activity.js';
import type { ExecutionRef } from '../engine/model.js';
import { noteCompleted } from '../engine/system-variables.js';
import type { World } from './world.js';

/** An answer somebody gives in the product's own inbox. */
export interface InboxCompletion {
  readonly execution: ExecutionRef;
  readonly as: string;
  readonly output: string;
  readonly comment?: string;
}

/**
 * Answers the sleeping human activity as somebody, with all the bookkeeping an alert leaves out.
 *
 * Returns false when nothing there is for that person. An activity without work items takes anybody's answer.
 */
export function completeInInbox(world: World, handled: InboxCompletion): boolean {
  const execution = world.known(handled.execution);
  const run = execution.runs.find(({ status }) => status === 'S');
  if (run === undefined) return false;
  const isTheirs = run.workItems.some(({ actor, isOpen }) => actor === handled.as && isOpen);
  if (run.workItems.length > 0 && !isTheirs) return false;
  const { output, as: user, comment = '' } = handled;
  const { executionDetailsId } = run;
  const alert = { executionDetailsId, user, output, status: 'Completed', data: null };
  const activities = world.activitiesOf(execution);
  if (judgeAlert(execution, activities, alert) !== undefined) return false;
  const alerted = alertActivity(execution, activities, alert, { closesWorkItems: true, now: world.now() });
  world.keep(noteCompleted(alerted, run, { user, output, comment }), 'answered-in-inbox', user);
  return true;
}
