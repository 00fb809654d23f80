import { createChanges } from '../shared/changes.js';
import type { RawCall } from '../shared/server.js';
import { createAccess, type TokenRequest } from './access.js';
import type { Behaviour } from './behavior.js';
import { createDefinitions, type Instance, type ReceivedSignal, type Step } from './engine.js';

/** All the server remembers, in memory, and the clock and ids it runs on. */
export type World = ReturnType<typeof createWorld>;

/** Creates a world without identities, definitions and runs. */
export function createWorld(
  start: Behaviour,
  source: { readonly now: () => number; readonly newId: () => string },
) {
  const { now, newId } = source;
  const instances = new Map<string, Instance>();
  const definitions = createDefinitions(newId);
  const changes = createChanges('Keyfactor');
  const records = createRecords();
  let behaviour = start;
  const audit = (action: AuditEntry['action'], instance: string, identity?: string): void => {
    records.audit.push({ at: now(), action, instance, identity: identity ?? null });
    changes.notify();
  };
  return {
    ...source,
    access: createAccess(now, newId),
    definitions,
    instances: instances as ReadonlyMap<string, Instance>,
    records,
    changes,
    behaviour: () => behaviour,
    changeBehaviour(change: Partial<Behaviour>): void {
      behaviour = { ...behaviour, ...change };
    },
    /** Steps of the version an instance started with. */
    stepsOf({ definitionId, definitionVersion }: Instance): readonly Step[] {
      return definitions.find(definitionId)?.versions[definitionVersion - 1] ?? [];
    },
    /** Finds a run the caller is sure exists. */
    known(id: string): Instance {
      const instance = instances.get(id);
      if (instance === undefined) throw new Error(`The simulator has no instance ${id}.`);
      return instance;
    },
    /** Remembers a new state of a run, changed now, and why it came about. */
    keep(instance: Instance, action: AuditEntry['action'], identity?: string): void {
      instances.set(instance.id, { ...instance, modifiedAt: now() });
      audit(action, instance.id, identity);
    },
    audit,
  };
}

/** One HTTP call the server saw. */
interface SeenRequest extends Pick<RawCall, 'method' | 'path' | 'query'> {
  /** Headers of the API itself and those about bodies, by lower-case name; none that carries credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came; empty for a token endpoint, where it holds a secret. */
  readonly body: string;
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

/** Creates what a test may want to look up afterwards, empty. */
function createRecords() {
  return {
    requests: [] as SeenRequest[],
    tokenRequests: [] as TokenRequest[],
    effectiveSignals: [] as SeenSignal[],
    /** Signals that were answered 204 and changed nothing. */
    ignoredSignals: [] as (SeenSignal & {
      readonly reason: 'lock-conflict' | 'second-signal' | 'refused';
    })[],
    audit: [] as AuditEntry[],
  };
}
