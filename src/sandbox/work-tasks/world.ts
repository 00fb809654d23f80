import { type Client, createTokens, type TokenRequest, type Tokens } from './access.js';
import type { Behaviour } from './behavior.js';
import {
  type Activity,
  type ActivityAlert,
  type ActivitySketch,
  type AlertProblem,
  buildActivities,
  type EngineSource,
  type Execution,
  type ExecutionRef,
  isOnTheMove,
  runExecution,
  type Variable,
} from './engine.js';
import { Refusal } from './exchange.js';

/** Refuses in the engine's words; old versions have but one message for three causes. */
export function engineFault(world: World, message: string): Refusal {
  const isVague = world.behaviour().engineMessages === 'one-for-all';
  return new Refusal('engine', isVague ? 'The workflow engine is not running.' : message);
}

/** Refuses new work while the engine is stopped, unless it queues. */
export function requireEngine(world: World): void {
  const { engine, stoppedEngine } = world.behaviour();
  if (engine === 'stopped' && stoppedEngine === 'refuses') {
    throw engineFault(world, 'The workflow engine service has been stopped.');
  }
}

/** Where the world takes time, tokens and its first numbers from. */
interface WorldSource {
  readonly now: () => number;
  readonly newId: () => string;
  readonly firstExecutionId: number;
  readonly firstDetailsId: number;
}

/** All the server remembers, in memory, and the clock and ids it runs on. */
export interface World {
  readonly now: () => number;
  readonly tokens: Tokens;
  readonly clients: Map<string, Client>;
  readonly repositories: RepositoryShelf;
  readonly records: Records;
  readonly engineSource: EngineSource;
  behaviour(): Behaviour;
  /** Changes switches; an engine that runs again picks up what was left lying. */
  changeBehaviour(change: Partial<Behaviour>): void;
  nextExecutionId(repository: string): number;
  /** Finds an execution the caller is sure exists. */
  known(ref: ExecutionRef): Execution;
  /** Activities of the version an execution started with. */
  activitiesOf(execution: Execution): readonly Activity[];
  /** Remembers a new state and why it came about; a running engine takes it from there. */
  keep(execution: Execution, action: AuditEntry['action'], user?: string): Execution;
  audit(execution: Execution, action: AuditEntry['action'], user?: string): void;
  /** Calls back after anything changed or any request was answered. */
  onChange(listener: () => void): () => void;
  notifyChange(): void;
}

/** Creates a world without repositories, clients and executions. */
export function createWorld(start: Behaviour, source: WorldSource): World {
  const listeners = new Set<() => void>();
  const detailsIds = countFrom(source.firstDetailsId);
  const workItemIds = countFrom(1);
  let behaviour = start;
  const store = (execution: Execution): Execution => {
    world.repositories.known(execution.repository).executions.set(execution.id, execution);
    return execution;
  };
  const run = (execution: Execution): Execution =>
    behaviour.engine === 'running'
      ? runExecution(execution, world.activitiesOf(execution), world.engineSource)
      : execution;
  const world: World = {
    now: source.now,
    tokens: createTokens(source.now, source.newId),
    clients: new Map(),
    repositories: createRepositoryShelf(),
    records: createRecords(),
    engineSource: { now: source.now, nextDetailsId: detailsIds, nextWorkItemId: workItemIds },
    behaviour: () => behaviour,
    changeBehaviour(change) {
      behaviour = { ...behaviour, ...change };
      const executions = world.repositories.all().flatMap((each) => [...each.executions.values()]);
      for (const execution of executions.filter(isOnTheMove)) store(run(execution));
      world.notifyChange();
    },
    nextExecutionId: (repository) =>
      source.firstExecutionId + world.repositories.known(repository).executions.size,
    known({ repository, id }) {
      const execution = world.repositories.known(repository).executions.get(id);
      if (execution === undefined) throw new Error(`The simulator has no execution ${id} in ${repository}.`);
      return execution;
    },
    activitiesOf({ repository, workflow, version }) {
      const found = world.repositories.known(repository).workflows.get(workflow);
      return found?.versions[version - 1]?.activities ?? [];
    },
    keep(execution, action, user) {
      const kept = store(run(execution));
      world.audit(kept, action, user);
      return kept;
    },
    audit({ repository, id, status }, action, user) {
      const entry = { at: source.now(), action, repository, execution: id, user: user ?? null, status };
      world.records.audit.push(entry);
      world.notifyChange();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notifyChange() {
      for (const listener of listeners) listener();
    },
  };
  return world;
}

function countFrom(first: number): () => number {
  let next = first;
  return () => next++;
}

/** One HTTP call the server saw. */
interface SeenRequest {
  readonly method: string;
  /** Path without the query string, as it was spelt. */
  readonly path: string;
  /** What was sent in the body or the query, by keys as they were spelt; empty when it could not be read. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** Client id or user the token was issued to. */
  readonly caller: string | null;
  /** The extra `AccessToken` header, compared with the bearer token. */
  readonly accessTokenHeader: 'absent' | 'same' | 'different';
  readonly contentType: string | null;
  /** Status that was sent; `none` when the caller never got an answer. */
  readonly status: number | 'none';
  readonly at: number;
}

/** One AlertEngine call that got as far as the engine. */
interface SeenAlert extends ActivityAlert {
  readonly repository: string;
  readonly workflow: string;
  readonly hasMoved: boolean;
  /** Why it fitted nothing. */
  readonly problem: AlertProblem | null;
  readonly at: number;
}

/** One thing that happened to an execution. */
interface AuditEntry {
  readonly at: number;
  readonly action:
    | 'started'
    | 'advanced'
    | 'alerted'
    | 'answered-in-inbox'
    | 'abort'
    | 'pause'
    | 'resume'
    | 'resumeworkflowwitherrors'
    | 'failed'
    | 'finished'
    | 'status-text'
    | 'control-ignored';
  readonly repository: string;
  readonly execution: number;
  readonly user: string | null;
  readonly status: Execution['status'];
}

/** Everything a test may want to look up afterwards. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly tokenRequests: TokenRequest[];
  readonly alerts: SeenAlert[];
  readonly audit: AuditEntry[];
}

/** Creates empty records. */
function createRecords(): Records {
  return { requests: [], tokenRequests: [], alerts: [], audit: [] };
}

/** One version of a workflow. */
interface WorkflowVersion {
  readonly isPublished: boolean;
  readonly activities: readonly Activity[];
  readonly variables: readonly Variable[];
}

/** A workflow with all versions it ever had, version 1 first. */
export interface Workflow {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly versions: readonly WorkflowVersion[];
}

/** A repository: its own users, workflows and executions. */
export interface Repository {
  readonly name: string;
  /** User providers it knows; null knows all. */
  readonly providers: readonly string[] | null;
  readonly workflows: Map<string, Workflow>;
  readonly executions: Map<number, Execution>;
}

/** What a test or the demo says about a new repository. */
export interface RepositorySketch {
  readonly name: string;
  readonly providers?: readonly string[];
}

/** What a test or the demo says about a new workflow, or a new version of one. */
export interface WorkflowSketch {
  readonly repository: string;
  readonly name: string;
  readonly activities?: readonly ActivitySketch[];
  readonly variables?: readonly VariableSketch[];
  readonly published?: boolean;
  readonly enabled?: boolean;
}

/** A variable as a designer declares it. */
type VariableSketch = Pick<Variable, 'name'> & Partial<Variable>;

/** Repositories by name. */
export interface RepositoryShelf {
  add(sketch: RepositorySketch): void;
  /** Adds a workflow, or a version when there is one of that name, and returns the version number. */
  addWorkflow(sketch: WorkflowSketch): number;
  /** Publishes or withdraws the latest version, or enables or disables the whole workflow. */
  changeWorkflow(
    repository: string,
    name: string,
    change: { readonly published?: boolean; readonly enabled?: boolean },
  ): void;
  find(name: string): Repository | undefined;
  /** Finds a repository the caller is sure exists. */
  known(name: string): Repository;
  all(): readonly Repository[];
}

/** Creates a shelf without repositories. */
function createRepositoryShelf(): RepositoryShelf {
  const repositories = new Map<string, Repository>();
  const known = (name: string): Repository => {
    const repository = repositories.get(name);
    if (repository === undefined) throw new Error(`The simulator has no repository ${name}.`);
    return repository;
  };
  return {
    add({ name, providers }) {
      repositories.set(name, {
        name,
        providers: providers ?? null,
        workflows: new Map(),
        executions: new Map(),
      });
    },
    addWorkflow(sketch) {
      const { workflows } = known(sketch.repository);
      const versions = [...(workflows.get(sketch.name)?.versions ?? []), fromSketch(sketch)];
      workflows.set(sketch.name, { name: sketch.name, isEnabled: sketch.enabled ?? true, versions });
      return versions.length;
    },
    changeWorkflow(repository, name, { published, enabled }) {
      const { workflows } = known(repository);
      const workflow = workflows.get(name);
      if (workflow === undefined) throw new Error(`The simulator has no workflow ${name}.`);
      const versions = workflow.versions.map((version, index) => ({
        ...version,
        isPublished: (index === workflow.versions.length - 1 ? published : undefined) ?? version.isPublished,
      }));
      workflows.set(name, { name, versions, isEnabled: enabled ?? workflow.isEnabled });
    },
    find: (name) => repositories.get(name),
    known,
    all: () => [...repositories.values()],
  };
}

function fromSketch(sketch: WorkflowSketch): WorkflowVersion {
  const variables = (sketch.variables ?? []).map(({ id, name, type, value }) => ({
    id: id ?? null,
    name,
    type: type ?? 'string',
    value: value ?? null,
  }));
  return {
    isPublished: sketch.published ?? true,
    activities: buildActivities(sketch.activities ?? []),
    variables,
  };
}
