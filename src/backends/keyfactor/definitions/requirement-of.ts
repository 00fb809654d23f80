import type { Requirement } from '../../../domain/approval.js';
import type { Instance } from '../../../domain/instance.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { plainKey } from '../facts/data-bag.js';
import type { KeyfactorServer } from '../settings.js';
import { approvalSignal } from '../translate/to-instance.js';
import { parameterDescription, type StepSignalWire, type StepWire } from '../wire/definition-wire.js';
import { nextStepAfter } from './next-step.js';
import type { ReadDefinitions } from './read-steps.js';
import { createRemembering } from './remembering.js';
import type { StepsOf } from './steps-of.js';

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
      ...(needed === undefined ? {} : { needed }),
      ...(nextStep === undefined ? {} : { nextStep }),
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
