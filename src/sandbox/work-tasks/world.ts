import { createChanges } from '../shared/changes.js';
import { createTokens } from '../shared/client-credentials.js';
import { type Client, createPersonTrust, type TokenOwner, type TokenRequest } from './access.js';
import type { Behaviour } from './behavior.js';
import {
  type Activity,
  type ActivityAlert,
  type ActivitySketch,
  type AlertProblem,
  buildActivities,
  type Control,
  type Execution,
  type ExecutionRef,
  isOnTheMove,
  runExecution,
  type Variable,
} from './engine.js';
import { Refusal } from './refusal.js';

/** All the server remembers, in memory, and the clock and ids it runs on. */
export type World = ReturnType<typeof createWorld>;

/** Creates a world without repositories, clients and executions. */
export function createWorld(
  start: Behaviour,
  source: {
    readonly now: () => number;
    readonly newId: () => string;
    readonly firstExecutionId: number;
    readonly firstDetailsId: number;
  },
) {
  const { now, newId } = source;
  const changes = createChanges('Work Tasks');
  const repositories = createRepositories();
  const records = createRecords();
  const engineSource = {
    nextDetailsId: countFrom(source.firstDetailsId),
    nextWorkItemId: countFrom(1),
  };
  let behaviour = start;
  /** Activities of the version an execution started with. */
  const activitiesOf = ({ repository, workflow, version }: Execution): readonly Activity[] =>
    repositories.known(repository).workflows.get(workflow)?.versions[version - 1]?.activities ?? [];
  /** A running engine takes an execution on from where it is. */
  const store = (execution: Execution): Execution => {
    const isRunning = behaviour.engine === 'running';
    const kept = isRunning ? runExecution(execution, activitiesOf(execution), engineSource) : execution;
    repositories.known(kept.repository).executions.set(kept.id, kept);
    return kept;
  };
  const audit = (
    { repository, id, status }: Execution,
    action: AuditEntry['action'],
    user?: string,
  ): void => {
    records.audit.push({ at: now(), action, repository, execution: id, user: user ?? null, status });
    changes.notify();
  };
  return {
    now,
    tokens: createTokens<TokenOwner>(now, newId),
    people: createPersonTrust(now),
    clients: new Map<string, Client>(),
    repositories,
    records,
    changes,
    engineSource,
    activitiesOf,
    audit,
    behaviour: () => behaviour,
    /** Changes switches; an engine that runs again picks up what was left lying. */
    changeBehaviour(change: Partial<Behaviour>): void {
      behaviour = { ...behaviour, ...change };
      for (const execution of repositories.executions().filter(isOnTheMove)) store(execution);
      changes.notify();
    },
    nextExecutionId: (repository: string) =>
      source.firstExecutionId + repositories.known(repository).executions.size,
    /** Finds an execution the caller is sure exists. */
    known({ repository, id }: ExecutionRef): Execution {
      const execution = repositories.known(repository).executions.get(id);
      if (execution === undefined) throw new Error(`The simulator has no execution ${id} in ${repository}.`);
      return execution;
    },
    /** Remembers a new state and why it came about; a running engine takes it from there. */
    keep(execution: Execution, action: AuditEntry['action'], user?: string): Execution {
      const kept = store(execution);
      audit(kept, action, user);
      return kept;
    },
  };
}

function countFrom(first: number): () => number {
  let next = first;
  return () => next++;
}

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

/** One HTTP call the server saw. */
interface SeenRequest {
  readonly method: string;
  /** Path without the query string, as it was spelt. */
  readonly path: string;
  /** What was sent in the body or the query, by keys as they were spelt; empty when it could not be read. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** The body as it came, digit by digit. */
  readonly text: string;
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
    | Control
    | 'started'
    | 'advanced'
    | 'alerted'
    | 'answered-in-inbox'
    | 'failed'
    | 'finished'
    | 'status-text'
    | 'control-ignored';
  readonly repository: string;
  readonly execution: number;
  readonly user: string | null;
  readonly status: Execution['status'];
}

/** Creates what a test may want to look up afterwards, empty. */
function createRecords() {
  return {
    requests: [] as SeenRequest[],
    tokenRequests: [] as TokenRequest[],
    alerts: [] as SeenAlert[],
    audit: [] as AuditEntry[],
  };
}

/** A workflow with all versions it ever had, version 1 first. */
export interface Workflow {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly versions: readonly {
    readonly isPublished: boolean;
    readonly activities: readonly Activity[];
    readonly variables: readonly Variable[];
  }[];
}

/** A repository: its own users, workflows and executions. */
export interface Repository {
  readonly name: string;
  /** User providers it knows; null knows all. */
  readonly providers: readonly string[] | null;
  readonly workflows: Map<string, Workflow>;
  readonly executions: Map<number, Execution>;
}

/** What a test or the demo says about a new workflow, or a new version of one. */
export interface WorkflowSketch {
  readonly repository: string;
  readonly name: string;
  readonly activities?: readonly ActivitySketch[];
  /** As a designer declares them. */
  readonly variables?: readonly (Pick<Variable, 'name'> & Partial<Variable>)[];
  readonly published?: boolean;
  readonly enabled?: boolean;
}

/** Creates a server without repositories. */
function createRepositories() {
  const repositories = new Map<string, Repository>();
  /** Finds a repository the caller is sure exists. */
  const known = (name: string): Repository => {
    const repository = repositories.get(name);
    if (repository === undefined) throw new Error(`The simulator has no repository ${name}.`);
    return repository;
  };
  return {
    known,
    find: (name: string) => repositories.get(name),
    /** All executions, or those of one repository, oldest first. */
    executions: (repository?: string): readonly Execution[] =>
      (repository === undefined ? [...repositories.values()] : [known(repository)]).flatMap((each) => [
        ...each.executions.values(),
      ]),
    add({ name, providers }: { readonly name: string; readonly providers?: readonly string[] }): void {
      repositories.set(name, {
        name,
        providers: providers ?? null,
        workflows: new Map(),
        executions: new Map(),
      });
    },
    /** Adds a workflow, or a version of one, published and enabled unless told, and returns its version. */
    addWorkflow(sketch: WorkflowSketch): number {
      const { workflows } = known(sketch.repository);
      const { name, activities = [], variables = [], published = true, enabled = true } = sketch;
      const declared = variables.map((one) => ({ id: null, type: 'string', value: null, ...one }));
      const version = {
        isPublished: published,
        activities: buildActivities(activities),
        variables: declared,
      };
      const versions = [...(workflows.get(name)?.versions ?? []), version];
      workflows.set(name, { name, isEnabled: enabled, versions });
      return versions.length;
    },
    /** Publishes or withdraws the latest version, or enables or disables the whole workflow. */
    changeWorkflow(
      repository: string,
      name: string,
      { published, enabled }: { readonly published?: boolean; readonly enabled?: boolean },
    ): void {
      const { workflows } = known(repository);
      const workflow = workflows.get(name);
      if (workflow === undefined) throw new Error(`The simulator has no workflow ${name}.`);
      const versions = workflow.versions.map((version, index) => ({
        ...version,
        isPublished: (index === workflow.versions.length - 1 ? published : undefined) ?? version.isPublished,
      }));
      workflows.set(name, { name, versions, isEnabled: enabled ?? workflow.isEnabled });
    },
  };
}
