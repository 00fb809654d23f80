import type { Behaviour } from './behavior.js';
import { createDefinitionShelf, type DefinitionShelf } from './definitions.js';
import type { Instance, ReceivedSignal, Step } from './engine.js';
import {
  createDirectory,
  createTokens,
  createTrustedTokens,
  type Directory,
  type TokenRequest,
  type Tokens,
  type TrustedTokens,
} from './identities.js';

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

/** One HTTP call the server saw. */
interface SeenRequest {
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  readonly query: string;
  readonly identity: string | null;
  /** Status that was sent; `none` when the caller never got an answer. */
  readonly status: number | 'none';
  readonly at: number;
}

/** One signal, with the run and the step it was meant for. */
export interface SeenSignal extends ReceivedSignal {
  readonly instance: string;
  readonly step: string;
  readonly via: 'api' | 'portal';
}

/** One thing that happened to a run. */
interface AuditEntry {
  readonly at: number;
  readonly action:
    | 'started'
    | 'signalled'
    | 'signal-ignored'
    | 'advanced'
    | 'restarted'
    | 'stopped'
    | 'failed'
    | 'data-changed'
    | 'delete-refused'
    | 'daily-task';
  readonly instance: string;
  readonly identity: string | null;
}

/** Everything a test may want to look up afterwards. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly tokenRequests: TokenRequest[];
  readonly effectiveSignals: SeenSignal[];
  /** Signals that were answered 204 and changed nothing. */
  readonly ignoredSignals: (SeenSignal & {
    readonly reason: 'lock-conflict' | 'second-signal' | 'refused';
  })[];
  readonly audit: AuditEntry[];
}

/** Creates empty records. */
function createRecords(): Records {
  return { requests: [], tokenRequests: [], effectiveSignals: [], ignoredSignals: [], audit: [] };
}
