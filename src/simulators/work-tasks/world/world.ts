import type { Client } from '../access/clients.js';
import type { Tokens } from '../access/tokens.js';
import { createTokens } from '../access/tokens.js';
import type { Behaviour } from '../behaviour.js';
import type { Activity } from '../engine/activity.js';
import type { Execution, ExecutionRef } from '../engine/model.js';
import type { EngineSource } from '../engine/run-execution.js';
import { isOnTheMove, runExecution } from '../engine/run-execution.js';
import type { AuditEntry, Records } from './records.js';
import { createRecords } from './records.js';
import type { RepositoryShelf } from './repositories.js';
import { createRepositoryShelf } from './repositories.js';

/** Where the world takes time, tokens and its first numbers from. */
export interface WorldSource {
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
