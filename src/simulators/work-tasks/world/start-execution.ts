import type { Execution, Variable, VariableValue } from '../engine/model.js';
import { Refusal } from '../server/refusal.js';
import { engineFault, requireEngine } from './engine-trouble.js';
import type { Repository, Workflow } from './repositories.js';
import type { World } from './world.js';

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
    startedAt: world.now(),
    modifiedAt: world.now(),
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
