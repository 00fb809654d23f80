import { assertNever } from '../../../shared/assert-never.js';
import type { ActivityRun, ActivityStatus, Execution, ExecutionStatus } from './model.js';

/** What can be done to an execution as a whole. */
export type Control = 'abort' | 'pause' | 'resume' | 'resumeworkflowwitherrors';

/** The states in which the product's own toolbar offers each control. */
export const usualControls: Readonly<Record<Control, readonly ExecutionStatus[]>> = {
  abort: ['EX', 'SL'],
  pause: ['EX', 'SL'],
  resume: ['PA'],
  resumeworkflowwitherrors: ['FE', 'EP'],
};

/** Carries a control out; what is then on the move has still to be run. */
export function controlExecution(execution: Execution, control: Control, now: number): Execution {
  const moved = { ...execution, modifiedAt: now };
  switch (control) {
    case 'abort':
      return { ...moved, status: 'AB', runs: changeRuns(execution, 'ESU', 'K') };
    case 'pause':
      return { ...moved, status: 'PA', runs: changeRuns(execution, 'S', 'U') };
    case 'resume':
      return resume(moved);
    case 'resumeworkflowwitherrors':
      return restartFailed(moved);
    default:
      return assertNever(control);
  }
}

/** Lets an execution fail: the activity it stands at stays executing, the rest is untouched. */
export function failExecution(execution: Execution, error: string, now: number): Execution {
  return { ...execution, status: 'FE', error, modifiedAt: now, runs: changeRuns(execution, 'SU', 'E') };
}

/** Ends an execution well, whatever it waited for. */
export function finishExecution(execution: Execution, now: number): Execution {
  return { ...execution, status: 'FN', modifiedAt: now, runs: changeRuns(execution, 'ESU', 'K') };
}

function resume(execution: Execution): Execution {
  const runs = changeRuns(execution, 'U', 'S');
  return { ...execution, runs, status: runs.some(({ status }) => status === 'S') ? 'SL' : 'EX' };
}

/** The failed activity is entered again and gets a new `executiondetailsid`; the old one is dead. */
function restartFailed(execution: Execution): Execution {
  if (execution.status === 'EP') return execution;
  const failed = execution.runs.find(({ status }) => status === 'E');
  const nextActivity = failed?.name ?? execution.nextActivity;
  return { ...execution, status: 'EX', error: null, nextActivity, runs: changeRuns(execution, 'E', 'K') };
}

function changeRuns(execution: Execution, from: string, to: ActivityStatus): readonly ActivityRun[] {
  return execution.runs.map((run) => {
    if (!from.includes(run.status)) return run;
    const workItems = to === 'K' ? run.workItems.map((item) => ({ ...item, isOpen: false })) : run.workItems;
    return { ...run, status: to, workItems };
  });
}
