import { assertNever } from '../../shared/language.js';

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
  closesWorkItems: boolean,
): Execution {
  const { executionDetailsId, output, user, data } = alert;
  const isOver = alert.status === 'Completed';
  const close = isOver && closesWorkItems;
  const runs = execution.runs.map((run) => {
    if (run.executionDetailsId !== executionDetailsId) return run;
    const workItems = close ? run.workItems.map((item) => ({ ...item, isOpen: false })) : run.workItems;
    return { ...run, output, user, data, workItems, status: isOver ? ('C' as const) : run.status };
  });
  const alerted = { ...execution, runs };
  if (!isOver) return alerted;
  const name = runs.find((run) => run.executionDetailsId === executionDetailsId)?.name;
  const activity = activities.find((each) => each.name === name);
  return { ...alerted, status: 'EX', nextActivity: activity?.links.get(output) ?? null };
}

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
export function controlExecution(execution: Execution, control: Control): Execution {
  switch (control) {
    case 'abort':
      return { ...execution, status: 'AB', runs: changeRuns(execution, 'ESU', 'K') };
    case 'pause':
      return { ...execution, status: 'PA', runs: changeRuns(execution, 'S', 'U') };
    case 'resume':
      return resume(execution);
    case 'resumeworkflowwitherrors':
      return restartFailed(execution);
    default:
      return assertNever(control);
  }
}

/** Lets an execution fail: the activity it stands at stays executing, the rest is untouched. */
export function failExecution(execution: Execution, error: string): Execution {
  return { ...execution, status: 'FE', error, runs: changeRuns(execution, 'SU', 'E') };
}

/** Ends an execution well, whatever it waited for. */
export function finishExecution(execution: Execution): Execution {
  return { ...execution, status: 'FN', runs: changeRuns(execution, 'ESU', 'K') };
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

/** Where the numbers of activity runs and work items come from. */
interface EngineSource {
  nextDetailsId(): number;
  nextWorkItemId(): number;
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
    if (steps > mostStepsInMemory) return { ...current, status: 'AB' };
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
  if (execution.status === 'EP') {
    return { ...execution, status: 'EX', nextActivity: activities[0]?.name ?? null };
  }
  const activity = activities.find(({ name }) => name === execution.nextActivity);
  if (activity === undefined) return { ...execution, status: 'FN' };
  return activity.kind === 'human'
    ? fallAsleep(execution, activity, source)
    : passThrough(execution, activity, source);
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

/** Fills what the engine knows about a human activity that was just assigned, where a variable asks for it. */
function noteAssigned(execution: Execution, run: ActivityRun): Execution {
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

/** One activity of a workflow, linked to what follows. */
export interface Activity {
  readonly name: string;
  /** A human activity sleeps until somebody answers; an automatic one is over at once. */
  readonly kind: 'automatic' | 'human';
  /** Labels of the links that leave it. */
  readonly outputs: readonly string[];
  /** Activity per output; null ends the execution. */
  readonly links: ReadonlyMap<string, string | null>;
  /** Who gets a work item. */
  readonly actors: readonly string[] | 'initiator';
}

/** What a test or the demo says about a new activity. */
export interface ActivitySketch {
  readonly name: string;
  /** Human unless told. */
  readonly kind?: Activity['kind'];
  /** `Approved` and `Rejected` for a human activity unless told; an automatic one takes the first. */
  readonly outputs?: readonly string[];
  /** Where an output leads if not to the next activity in the list; null ends the execution. */
  readonly links?: Readonly<Record<string, string | null>>;
  readonly actors?: Activity['actors'];
}

/** Links activities in the order of the list; a link that leads nowhere is a mistake of the test and throws. */
export function buildActivities(sketches: readonly ActivitySketch[]): readonly Activity[] {
  const names = new Set(sketches.map(({ name }) => name));
  if (names.size !== sketches.length) throw new Error('Two activities have the same name.');
  return sketches.map((sketch, index) => {
    const kind = sketch.kind ?? 'human';
    const outputs = sketch.outputs ?? (kind === 'human' ? ['Approved', 'Rejected'] : ['Completed']);
    const following = sketches[index + 1]?.name ?? null;
    const links = new Map(outputs.map((output) => [output, following]));
    for (const [output, target] of Object.entries(sketch.links ?? {})) {
      const isSound = links.has(output) && (target === null || names.has(target));
      if (!isSound) throw new Error(`Activity ${sketch.name} has a loose link: ${output} to ${target}.`);
      links.set(output, target);
    }
    return { name: sketch.name, kind, outputs, links, actors: sketch.actors ?? [] };
  });
}

/** Where an execution stands, in the vendor's two letters. */
export type ExecutionStatus = 'EP' | 'EX' | 'SL' | 'FN' | 'FE' | 'AB' | 'PA';

/** Where one activity of an execution stands: executing, sleeping, completed, killed or paused. */
type ActivityStatus = 'E' | 'S' | 'C' | 'K' | 'U';

/** Something in the inbox of one person. Its id is not the `executiondetailsid`. */
interface WorkItem {
  readonly id: number;
  /** `provider::id` of the person it is shown to. */
  readonly actor: string;
  readonly isOpen: boolean;
}

/** One run of one activity. An activity that is entered again gets a new one. */
interface ActivityRun {
  readonly executionDetailsId: number;
  readonly name: string;
  readonly status: ActivityStatus;
  /** The output that was named last; also set while it sleeps on after a mere warning. */
  readonly output: string | null;
  readonly user: string | null;
  readonly data: string | null;
  readonly workItems: readonly WorkItem[];
}

/** What a variable holds. */
export type VariableValue = string | number | boolean | null | object;

/** A variable of a workflow or an execution. */
export interface Variable {
  readonly id: string | null;
  readonly name: string;
  readonly type: string;
  readonly value: VariableValue;
}

/** One execution of a workflow. */
export interface Execution {
  /** Counted per repository, so two repositories have executions with the same id. */
  readonly id: number;
  readonly repository: string;
  readonly workflow: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  /** What the designer's Change Workflow Status activity wrote last. */
  readonly statusText: string | null;
  readonly error: string | null;
  readonly initiator: string;
  /** Whether a service token started it; then nothing can be assigned to its initiator. */
  readonly isStartedByService: boolean;
  readonly data: string | null;
  readonly variables: readonly Variable[];
  readonly runs: readonly ActivityRun[];
  /** The activity to be entered next; null at the end. */
  readonly nextActivity: string | null;
}

/** Names an execution. */
export type ExecutionRef = Pick<Execution, 'repository' | 'id'>;
