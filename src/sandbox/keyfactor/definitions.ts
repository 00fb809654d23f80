import { buildSteps, type Step, type StepSketch } from './engine.js';

/** A recipe with all versions it ever had. */
export interface Definition {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** Template, collection or alert the definition is for, as text. */
  readonly key: string | null;
  readonly keyDisplayName: string | null;
  readonly workflowType: string;
  readonly enabled: boolean;
  /** Steps per version, version 1 first; the last one is the draft. */
  readonly versions: readonly (readonly Step[])[];
  readonly publishedVersion: number | null;
}

/** What a test or the demo says about a new definition. */
export interface DefinitionSketch {
  readonly displayName: string;
  readonly workflowType: string;
  readonly steps: readonly StepSketch[];
  readonly description?: string;
  readonly key?: string;
  readonly keyDisplayName?: string;
  /** False leaves version 1 a draft. */
  readonly publish?: boolean;
}

/** Definitions by id. */
export interface DefinitionShelf {
  add(sketch: DefinitionSketch): string;
  /** Adds a draft version and returns its number. */
  addVersion(id: string, steps: readonly StepSketch[]): number;
  /** Publishes a version, the latest one unless told. */
  publish(id: string, version?: number): void;
  all(): readonly Definition[];
  find(id: string): Definition | undefined;
}

/** Creates a shelf without definitions. */
export function createDefinitionShelf(newId: () => string): DefinitionShelf {
  const definitions = new Map<string, Definition>();
  const known = (id: string): Definition => {
    const definition = definitions.get(id);
    if (definition === undefined) throw new Error(`The simulator has no definition ${id}.`);
    return definition;
  };
  return {
    add(sketch) {
      const definition = fromSketch(sketch, newId);
      definitions.set(definition.id, definition);
      return definition.id;
    },
    addVersion(id, steps) {
      const versions = [...known(id).versions, buildSteps(steps, newId)];
      definitions.set(id, { ...known(id), versions });
      return versions.length;
    },
    publish(id, version) {
      definitions.set(id, { ...known(id), publishedVersion: version ?? known(id).versions.length });
    },
    all: () => [...definitions.values()],
    find: (id) => definitions.get(id.toLowerCase()) ?? definitions.get(id),
  };
}

function fromSketch(sketch: DefinitionSketch, newId: () => string): Definition {
  return {
    id: newId(),
    displayName: sketch.displayName,
    description: sketch.description ?? sketch.displayName,
    key: sketch.key ?? null,
    keyDisplayName: sketch.keyDisplayName ?? null,
    workflowType: sketch.workflowType,
    enabled: true,
    versions: [buildSteps(sketch.steps, newId)],
    publishedVersion: sketch.publish === false ? null : 1,
  };
}
