import type { Activity, ActivitySketch } from '../engine/activity.js';
import { buildActivities } from '../engine/activity.js';
import type { Execution, Variable } from '../engine/model.js';

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
export function createRepositoryShelf(): RepositoryShelf {
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
