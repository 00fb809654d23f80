import {
  type ActivityAlert,
  type AlertProblem,
  alertActivity,
  type Execution,
  type ExecutionRef,
  judgeAlert,
  noteCompleted,
  type Variable,
  type VariableValue,
} from './engine.js';
import { Refusal } from './refusal.js';
import { engineFault, type Repository, requireEngine, type Workflow, type World } from './world.js';

/** An alert on its way to an activity. */
interface IncomingAlert extends ActivityAlert {
  readonly repository: string;
  readonly workflow: string;
}

/** Hands an alert to the activity that sleeps under its id and tells why it fitted nothing, if so. */
export function alertEngine(world: World, incoming: IncomingAlert): AlertProblem | undefined {
  const { repository, workflow, ...alert } = incoming;
  const found = findRepository(world, repository);
  findWorkflow(found, workflow);
  requireEngine(world);
  const execution = [...found.executions.values()].find(({ runs }) =>
    runs.some(({ executionDetailsId }) => executionDetailsId === alert.executionDetailsId),
  );
  const problem = judge(world, execution, incoming);
  const hasMoved = problem === undefined && alert.status === 'Completed';
  world.records.alerts.push({ ...incoming, hasMoved, problem: problem ?? null, at: world.now() });
  if (execution !== undefined && problem === undefined) {
    const { alertClosesWorkItems } = world.behaviour();
    const alerted = alertActivity(execution, world.activitiesOf(execution), alert, alertClosesWorkItems);
    world.keep(alerted, 'alerted', alert.user);
  } else world.changes.notify();
  return problem;
}

function judge(
  world: World,
  execution: Execution | undefined,
  alert: IncomingAlert,
): AlertProblem | undefined {
  if (execution === undefined) return 'unknown-details-id';
  if (execution.workflow !== alert.workflow) return 'wrong-workflow';
  return judgeAlert(execution, world.activitiesOf(execution), alert);
}

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
  const alerted = alertActivity(execution, activities, alert, true);
  world.keep(noteCompleted(alerted, run, { user, output, comment }), 'answered-in-inbox', user);
  return true;
}

/** A value for a variable, named by its name or its id. */
export interface GivenVariable {
  readonly id?: string;
  readonly name?: string;
  readonly value: VariableValue;
}

/** What it takes to start an execution. */
export interface ExecutionSketch {
  readonly repository: string;
  readonly workflow: string;
  /** Empty or absent means the latest published one. */
  readonly version?: string;
  readonly user: string;
  readonly data?: string;
  readonly variables?: readonly GivenVariable[];
  readonly isStartedByService?: boolean;
}

/** Starts an execution, or refuses as the server does. */
export function startExecution(world: World, sketch: ExecutionSketch): Execution {
  const repository = findRepository(world, sketch.repository);
  const workflow = findWorkflow(repository, sketch.workflow);
  const version = publishedVersion(world, workflow, sketch.version ?? '');
  requireEngine(world);
  const declared = workflow.versions[version - 1]?.variables ?? [];
  const execution: Execution = {
    id: world.nextExecutionId(repository.name),
    repository: repository.name,
    workflow: workflow.name,
    version,
    status: 'EP',
    statusText: null,
    error: null,
    initiator: sketch.user,
    isStartedByService: sketch.isStartedByService ?? false,
    data: sketch.data ?? null,
    variables: withGiven(world, declared, sketch.variables ?? []),
    runs: [],
    nextActivity: null,
  };
  return world.keep(execution, 'started', sketch.user);
}

/** Finds a repository by its exact name, or refuses. */
export function findRepository(world: World, name: string): Repository {
  const repository = world.repositories.find(name);
  if (repository === undefined) throw new Refusal('engine', `The repository '${name}' does not exist.`);
  return repository;
}

/** Finds a workflow by its exact name, or refuses. */
export function findWorkflow(repository: Repository, name: string): Workflow {
  const workflow = repository.workflows.get(name);
  if (workflow === undefined) throw new Refusal('engine', `The workflow '${name}' does not exist.`);
  return workflow;
}

function publishedVersion(world: World, { name, isEnabled, versions }: Workflow, wanted: string): number {
  const latest = versions.findLastIndex(({ isPublished }) => isPublished) + 1;
  const version = wanted === '' ? latest : Number(wanted);
  if (!isEnabled || latest === 0) {
    throw engineFault(world, `The workflow '${name}' is disabled or has not been published.`);
  }
  if (versions[version - 1]?.isPublished !== true) {
    throw new Refusal('engine', `The workflow '${name}' has no published version '${wanted}'.`);
  }
  return version;
}

function withGiven(
  world: World,
  declared: readonly Variable[],
  given: readonly GivenVariable[],
): readonly Variable[] {
  const isMeant = (variable: Variable, { id, name }: GivenVariable): boolean =>
    name === undefined ? variable.id === id : variable.name === name;
  const unknown = given.find((each) => !declared.some((variable) => isMeant(variable, each)));
  if (unknown !== undefined && world.behaviour().unknownVariable === 'error') {
    throw new Refusal('engine', `The workflow has no variable '${unknown.name ?? unknown.id}'.`);
  }
  return declared.map((variable) => {
    const found = given.find((each) => isMeant(variable, each));
    return found === undefined ? variable : { ...variable, value: found.value };
  });
}
