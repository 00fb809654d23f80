import type { Activity } from './activity.js';
import type { Execution } from './model.js';

/** An event for a sleeping activity. */
export interface ActivityAlert {
  readonly executionDetailsId: number;
  readonly user: string;
  readonly output: string;
  /** `Completed` follows the output; `Sleep` records it and leaves the activity waiting. */
  readonly status: string;
  readonly data: string | null;
}

/** Why an alert has no effect. */
export type AlertProblem =
  | 'unknown-details-id'
  | 'wrong-workflow'
  | 'not-asleep'
  | 'wrong-output'
  | 'wrong-status';

/** Tells what is wrong with an alert for an execution it may concern; undefined when it fits. */
export function judgeAlert(
  execution: Execution,
  activities: readonly Activity[],
  alert: ActivityAlert,
): AlertProblem | undefined {
  const run = execution.runs.find((each) => each.executionDetailsId === alert.executionDetailsId);
  if (run === undefined) return 'unknown-details-id';
  if (run.status !== 'S') return 'not-asleep';
  const activity = activities.find(({ name }) => name === run.name);
  // Labels of links are compared letter by letter, as designers wrote them.
  if (activity === undefined || !activity.outputs.includes(alert.output)) return 'wrong-output';
  return alert.status === 'Completed' || alert.status === 'Sleep' ? undefined : 'wrong-status';
}

/**
 * Applies an alert that fits; the execution has still to be run.
 *
 * Open work items are only closed on demand: an alert names the final output and knows nothing of inboxes.
 */
export function alertActivity(
  execution: Execution,
  activities: readonly Activity[],
  alert: ActivityAlert,
  then: { readonly closesWorkItems: boolean; readonly now: number },
): Execution {
  const { executionDetailsId, output, user, data } = alert;
  const isOver = alert.status === 'Completed';
  const close = isOver && then.closesWorkItems;
  const runs = execution.runs.map((run) => {
    if (run.executionDetailsId !== executionDetailsId) return run;
    const workItems = close ? run.workItems.map((item) => ({ ...item, isOpen: false })) : run.workItems;
    return { ...run, output, user, data, workItems, status: isOver ? ('C' as const) : run.status };
  });
  const alerted = { ...execution, runs, modifiedAt: then.now };
  if (!isOver) return alerted;
  const name = runs.find((run) => run.executionDetailsId === executionDetailsId)?.name;
  const activity = activities.find((each) => each.name === name);
  return { ...alerted, status: 'EX', nextActivity: activity?.links.get(output) ?? null };
}
