import type { Requirement } from '../../domain/approval.js';
import type { Definition, Instance } from '../../domain/instance.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { defined } from '../../shared/defined.js';
import { type Client, correlationIdOf, type HttpResponse, isSuccess, saysNothingThere } from './client.js';
import { plainKey } from './facts.js';
import { approvalSignal } from './instances.js';
import type { KeyfactorServer } from './settings.js';
import {
  catalogueEntry,
  definitionWire,
  parameterDescription,
  readJson,
  type StepSignalWire,
  type StepWire,
} from './wire.js';

/** Creates the reader of the step before the one a run stands at. It throws `BackendError` and `ContractError`. */
export function createLastGoodStep(stepsOf: StepsOf): (instance: Instance) => Promise<string | undefined> {
  return async ({ definition, step }) => {
    if (step === undefined) return undefined;
    const steps = await stepsOf(definition);
    return steps === undefined ? undefined : stepBefore(step.uniqueName, steps);
  };
}

/**
 * Names the last real step that leads to another; undefined if there is none, or more than one way there.
 *
 * Nor is it known whether a step that depends on conditions was passed or left out.
 */
function stepBefore(uniqueName: string, steps: readonly StepWire[]): string | undefined {
  const passed = new Set<string>();
  let at = uniqueName;
  while (!passed.has(at)) {
    passed.add(at);
    const [before, ...others] = steps.filter(({ outputs }) => Object.values(outputs).includes(at));
    if (before?.uniquename === undefined || others.length > 0) return undefined;
    if (doesSomething(before)) {
      return before.conditions.length > 0 ? undefined : (before.displayname ?? before.uniquename);
    }
    at = before.uniquename;
  }
  return undefined;
}

/** Creates the reader of what a waiting step needs. It throws `BackendError` and `ContractError`. */
export function createRequirementOf(deps: {
  readonly server: KeyfactorServer;
  readonly definitions: Pick<ReadDefinitions, 'approvalParameters'>;
  readonly stepsOf: StepsOf;
  readonly log: Log;
  readonly now: () => number;
}): (instance: Instance) => Promise<Requirement> {
  const { server, definitions, stepsOf, log, now } = deps;
  const rememberParameters = createRemembering<Readonly<Record<string, unknown>>>(now);

  /** Knowing the roles without the number is better than knowing nothing. */
  async function readParameters() {
    try {
      return await definitions.approvalParameters();
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      log.warn({ system: server.name, err: error }, 'The catalogue of steps could not be read');
      return undefined;
    }
  }

  async function neededBy(step: StepWire): Promise<number | undefined> {
    const own = countIn(step.configurationparameters, server.requiredApprovalsParameter);
    if (own !== undefined) return own;
    const described = await rememberParameters('approval', readParameters);
    return countIn(defaultsOf(described ?? {}), server.requiredApprovalsParameter);
  }

  return async ({ definition, step: current }) => {
    if (current === undefined) return { roles: [] };
    const steps = await stepsOf(definition);
    const step = steps?.find(({ uniquename }) => uniquename === current.uniqueName);
    if (steps === undefined || step === undefined) return { roles: [] };
    const needed = await neededBy(step);
    const nextStep = nextStepAfter(step, steps);
    return {
      roles: rolesOf(step.signals),
      ...defined({ needed, nextStep }),
    };
  };
}

/** Finds how many approvals are wanted under the first of the names that holds a number. */
function countIn(
  parameters: Readonly<Record<string, unknown>>,
  names: readonly string[],
): number | undefined {
  const values = new Map(Object.entries(parameters).map(([key, value]) => [plainKey(key), value]));
  return names
    .map((name) => values.get(plainKey(name)))
    .map((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value))
    .find((value): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0);
}

function defaultsOf(described: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(described).map(([name, description]) => {
    const read = parameterDescription.safeParse(description);
    return [name, read.success ? read.data.defaultvalue : undefined];
  });
  return Object.fromEntries(defaults);
}

function rolesOf(signals: readonly StepSignalWire[]): readonly string[] {
  const names = signals
    .filter(({ signalname }) => signalname?.toLowerCase() === approvalSignal.toLowerCase())
    .flatMap(({ roles, roleids, roletokens }) => [
      ...(roles.length > 0
        ? roles.flatMap(({ rolename, roleid }) => rolename ?? (roleid === undefined ? [] : `role ${roleid}`))
        : roleids.map((id) => `role ${id}`)),
      ...roletokens,
    ]);
  return [...new Set(names)];
}

/**
 * Names the first real step that an approval leads to; undefined if there is none.
 *
 * Steps that do nothing, and steps that are switched off, are passed over.
 */
function nextStepAfter(step: StepWire, steps: readonly StepWire[]): string | undefined {
  const byName = new Map(steps.map((each) => [each.uniquename, each]));
  const passed = new Set<StepWire>([step]);
  let at = byName.get(outputOf(step));
  while (at !== undefined && !passed.has(at)) {
    if (doesSomething(at)) return at.displayname ?? at.uniquename;
    passed.add(at);
    at = byName.get(outputOf(at));
  }
  return undefined;
}

/** Gives the way on; with several, only one that is plainly the usual one. */
function outputOf({ outputs }: StepWire): string | undefined {
  const named = Object.entries(outputs).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const usual = named.find(([name]) => /^(continue|approved?|next|success)$/i.test(name));
  const [only] = named.length === 1 ? named : [];
  return (usual ?? only)?.[1];
}

/** Tells whether a step is switched on and not a mere beginning, end or joint. */
function doesSomething({ enabled, extensionname }: StepWire): boolean {
  return enabled && extensionname?.toLowerCase() !== 'noopstep';
}

/** Gives the steps of a definition at its version; undefined if they may not be read. */
type StepsOf = (definition: Definition) => Promise<readonly StepWire[] | undefined>;

/** Creates that reader, which remembers what it read. It throws `BackendError` and `ContractError`. */
export function createStepsOf({ steps }: Pick<ReadDefinitions, 'steps'>, now: () => number): StepsOf {
  const remember = createRemembering<readonly StepWire[]>(now);
  return async ({ id, version }) =>
    id === '' ? undefined : remember(`${id} v${version}`, () => steps(id, version));
}

/** Reads definitions. Everything throws `BackendError` and `ContractError`. */
export interface ReadDefinitions {
  /** Gives the steps of one version; undefined if they may not be read. */
  steps(id: string, version: number): Promise<readonly StepWire[] | undefined>;
  /** Gives what the catalogue says of the parameters of approval steps; undefined if it may not be read. */
  approvalParameters(): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** Creates the reader of definitions, without a memory. */
export function createReadDefinitions(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadDefinitions {
  const { client, server, log } = deps;
  const wanted = server.apiVersion.definitions;
  let warned = false;

  async function read(path: string, version: string, definitionVersion?: number) {
    const response = await client.get(path, { version, query: { definitionVersion } });
    if (isSuccess(response)) return response;
    if (!saysNothingThere(response)) throw client.unexpected(response, 'GET', path);
    if (!warned) {
      warned = true;
      const fields = {
        system: server.name,
        path,
        status: response.status,
        correlationId: correlationIdOf(response),
      };
      log.warn(fields, 'Definitions may not be read; cards will not say who may approve');
    }
    return undefined;
  }

  return {
    async steps(id, version) {
      const path = `/Workflow/Definitions/${encodeURIComponent(id)}`;
      const parse = (response: HttpResponse) =>
        readJson(response, definitionWire, { system: server.name, path }).steps;
      const first = await read(path, wanted === 'auto' ? '1' : wanted, version);
      if (first === undefined) return undefined;
      if (wanted !== 'auto' || !offersVersion2(first)) return parse(first);
      // Version 2 names the roles, version 1 only numbers them.
      const better = await client.get(path, { version: '2', query: { definitionVersion: version } });
      return parse(isSuccess(better) ? better : first);
    },
    async approvalParameters() {
      const path = '/Workflow/Definitions/Steps/RequireApproval';
      const response = await read(path, '1');
      if (response === undefined) return undefined;
      return readJson(response, catalogueEntry, { system: server.name, path })
        .configurationparametersdefinition;
    },
  };
}

function offersVersion2(response: HttpResponse): boolean {
  return /(^|[\s,])2(\.0)?($|[\s,])/.test(response.headers['api-supported-versions'] ?? '');
}

/** For so long a failed or refused reading is not repeated. */
const failureMs = 60_000;

/** Reads something by key, or gives what was read before. */
type Remembering<Value> = (key: string, read: () => Promise<Value | undefined>) => Promise<Value | undefined>;

/**
 * Creates a memory of readings that never change once they succeeded.
 *
 * A failure, thrown or undefined, is remembered for a minute. Keeps no more than `limit` readings.
 */
function createRemembering<Value>(now: () => number, limit = 500): Remembering<Value> {
  const entries = new Map<string, { readonly value: Promise<Value | undefined>; goodUntilMs: number }>();

  return async (key, read) => {
    const held = entries.get(key);
    if (held !== undefined && now() < held.goodUntilMs) return held.value;
    const value = read();
    const entry = { value, goodUntilMs: now() + failureMs };
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
    const result = await value;
    if (result !== undefined) entry.goodUntilMs = Number.POSITIVE_INFINITY;
    return result;
  };
}
