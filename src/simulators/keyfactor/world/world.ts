import type { Directory } from '../access/directory.js';
import { createDirectory } from '../access/directory.js';
import type { Tokens } from '../access/tokens.js';
import { createTokens } from '../access/tokens.js';
import type { TrustedTokens } from '../access/trusted-tokens.js';
import { createTrustedTokens } from '../access/trusted-tokens.js';
import type { Behaviour } from '../behaviour.js';
import type { Instance, Step } from '../engine/model.js';
import type { DefinitionShelf } from './definitions.js';
import { createDefinitionShelf } from './definitions.js';
import type { AuditEntry, Records } from './records.js';
import { createRecords } from './records.js';

/** All the server remembers, in memory, and the clock and ids it runs on. */
export interface World {
  readonly now: () => number;
  readonly newId: () => string;
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly trusted: TrustedTokens;
  readonly definitions: DefinitionShelf;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly records: Records;
  behaviour(): Behaviour;
  changeBehaviour(change: Partial<Behaviour>): void;
  nextReferenceId(): number;
  /** Steps of the version an instance started with. */
  stepsOf(instance: Instance): readonly Step[];
  /** Remembers a new state of a run and why it came about. */
  keep(instance: Instance, action: AuditEntry['action'], identity?: string): void;
  audit(action: AuditEntry['action'], instance: string, identity?: string): void;
  /** Calls back after anything changed or any request was answered. */
  onChange(listener: () => void): () => void;
  notifyChange(): void;
}

/** Creates a world without identities, definitions and runs. */
export function createWorld(
  start: Behaviour,
  source: { readonly now: () => number; readonly newId: () => string },
): World {
  const instances = new Map<string, Instance>();
  const listeners = new Set<() => void>();
  let behaviour = start;
  const world: World = {
    ...source,
    directory: createDirectory(),
    tokens: createTokens(source.now, source.newId),
    trusted: createTrustedTokens(source.now),
    definitions: createDefinitionShelf(source.newId),
    instances,
    records: createRecords(),
    behaviour: () => behaviour,
    changeBehaviour(change) {
      behaviour = { ...behaviour, ...change };
    },
    nextReferenceId: () => instances.size + 1,
    stepsOf(instance) {
      const definition = world.definitions.find(instance.definitionId);
      return definition?.versions[instance.definitionVersion - 1] ?? [];
    },
    keep(instance, action, identity) {
      instances.set(instance.id, instance);
      world.audit(action, instance.id, identity);
    },
    audit(action, instance, identity) {
      world.records.audit.push({ at: source.now(), action, instance, identity: identity ?? null });
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
