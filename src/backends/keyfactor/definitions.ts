import type { Requirement, StepPlace } from '../../domain/approval.js';
import type { Definition, Instance } from '../../domain/instance.js';
import { isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { defined } from '../../shared/language.js';
import type { KeyfactorClient } from './client.js';
import { plainKey } from './facts.js';
import { approvalSignal } from './instances.js';
import type { StepWire } from './wire.js';

/** What definitions tell of the step a run stands at. Everything throws `BackendError` and `ContractError`. */
export class Definitions {
  readonly #client: KeyfactorClient;
  readonly #log: Log;
  readonly #steps: Remembering<readonly StepWire[]>;
  readonly #defaults: Remembering<Readonly<Record<string, unknown>>>;

  constructor(client: KeyfactorClient, { log, now }: { readonly log: Log; readonly now: () => number }) {
    this.#client = client;
    this.#log = log;
    this.#steps = createRemembering(now);
    this.#defaults = createRemembering(now);
  }

  /** Reads what a waiting step needs; parts that may not be read stay absent. */
  async requirementOf({ definition, step: current }: Instance): Promise<Requirement> {
    const steps = current && (await this.#stepsOf(definition));
    const step = steps?.find(({ uniquename }) => uniquename === current?.uniqueName);
    if (steps === undefined || step === undefined) return { roles: [] };
    const needed = await this.#neededBy(step);
    const [nextStep, place] = [nextStepAfter(step, steps), placeOf(step, steps)];
    return { roles: rolesOf(step.signals), ...defined({ needed, nextStep, place }) };
  }

  /**
   * Tells whether a run stands at a step that asks people: one its definition calls `RequireApproval`.
   *
   * Where the definition may not be read, a signal of such a step tells it.
   */
  async asksPeople({ definition, step: current, signals = [] }: Instance): Promise<boolean> {
    const steps = current && (await this.#stepsOf(definition));
    const step = steps?.find(({ uniquename }) => uniquename === current?.uniqueName);
    if (step?.extensionname !== undefined) return isApprovalStep(step);
    return signals.some(({ name }) => name.toLowerCase() === approvalSignal.toLowerCase());
  }

  /** Tells whether a definition has a step that asks people; not where it may not be read. */
  async mayAskPeople({ definition }: Instance): Promise<boolean> {
    const steps = (await this.#stepsOf(definition)) ?? [];
    return steps.some((step) => step.enabled && isApprovalStep(step));
  }

  /** Names the step before the one a run stands at; undefined if that is not certain. */
  async lastGoodStep({ definition, step }: Instance): Promise<string | undefined> {
    const steps = step && (await this.#stepsOf(definition));
    return steps === undefined ? undefined : stepBefore(step?.uniqueName ?? '', steps);
  }

  /** Gives undefined if they may not be read. */
  async #stepsOf({ id, version }: Definition): Promise<readonly StepWire[] | undefined> {
    if (id === '') return undefined;
    return this.#steps(`${id} v${version}`, () => this.#client.getSteps(id, version));
  }

  async #neededBy({ configurationparameters: own }: StepWire): Promise<number | undefined> {
    const { requiredApprovalsParameter: names } = this.#client.server;
    const needed = countIn(own, names);
    if (needed !== undefined) return needed;
    const defaults = await this.#defaults('approval', () => this.#readDefaults());
    return countIn(defaults ?? {}, names);
  }

  /** Knowing the roles without the number is better than knowing nothing. */
  async #readDefaults(): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      return await this.#client.getApprovalDefaults();
    } catch (error) {
      if (!isBackendFailure(error)) throw error;
      const { name: system } = this.#client.server;
      this.#log.warn({ system, err: error }, 'The catalog of steps could not be read');
      return undefined;
    }
  }
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

function rolesOf(signals: StepWire['signals']): readonly string[] {
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

/**
 * Counts at which step of how many one stands; undefined where the definition does not tell one order for all runs.
 *
 * That is where steps lead to several others or to none known, and where conditions may leave a step out. Where
 * only one step asks people, its place says nothing they need.
 */
function placeOf(step: StepWire, steps: readonly StepWire[]): StepPlace | undefined {
  const waysOf = ({ outputs }: StepWire) => [
    ...new Set(Object.values(outputs).filter((name) => typeof name === 'string' && name !== '')),
  ];
  const targets = new Set(steps.flatMap(waysOf));
  const [start, ...others] = steps.filter(({ uniquename }) => !targets.has(uniquename ?? ''));
  const line: StepWire[] = [];
  let at = others.length === 0 ? start : undefined;
  while (at !== undefined && !line.includes(at)) {
    line.push(at);
    const [next, ...ways] = waysOf(at);
    if (ways.length > 0) return undefined;
    const { length } = line;
    at = steps.find(({ uniquename }) => uniquename !== undefined && uniquename === next);
    if (next !== undefined && (at === undefined || line.includes(at))) return undefined;
    if (next === undefined && length < steps.length) return undefined;
  }
  const counted = line.filter(doesSomething);
  const index = counted.indexOf(step);
  const isCertain =
    line.length === steps.length && counted.every(({ conditions }) => conditions.length === 0);
  const asking = counted.filter(isApprovalStep);
  return isCertain && index >= 0 && asking.length > 1 ? { at: index + 1, of: counted.length } : undefined;
}

function isApprovalStep({ extensionname }: StepWire): boolean {
  return extensionname?.toLowerCase() === 'requireapproval';
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
