import type { ActivityRun, Execution, VariableValue } from './model.js';

/** Fills what the engine knows about a human activity that was just assigned, where a variable asks for it. */
export function noteAssigned(execution: Execution, run: ActivityRun): Execution {
  return fill(execution, run, {
    WorkItemIds: run.workItems.map(({ id }) => id),
    ActingUsers: run.workItems.map(({ actor }) => actor),
  });
}

/** Fills what an answer in the inbox tells. An alert tells none of it. */
export function noteCompleted(
  execution: Execution,
  run: ActivityRun,
  handled: { readonly user: string; readonly output: string; readonly comment: string },
): Execution {
  const users = handled.output === 'Approved' ? 'ApprovingUsers' : 'RejectingUsers';
  return fill(execution, run, {
    RespondingUser: handled.user,
    [users]: [handled.user],
    [`Comment${handled.output}`]: handled.comment,
  });
}

/** Only variables the designer declared exist: their names are `^`, the activity and the fact. */
function fill(
  execution: Execution,
  run: ActivityRun,
  facts: Readonly<Record<string, VariableValue>>,
): Execution {
  const prefix = `^${run.name.replaceAll(' ', '')}`;
  const variables = execution.variables.map((variable) => {
    const value = variable.name.startsWith(prefix) ? facts[variable.name.slice(prefix.length)] : undefined;
    return value === undefined ? variable : { ...variable, value };
  });
  return { ...execution, variables };
}
