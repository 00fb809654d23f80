import type { CheckUp } from '../../../ports/check-up.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { ReadDefinitions } from '../definitions/read-steps.js';
import type { ListDefinitions } from '../operations/list-definitions.js';
import type { KeyfactorServer } from '../settings.js';

/** More are not looked through; the same account and roles serve most of them. */
const mostDefinitions = 20;

/**
 * Lists which roles the approval steps of published definitions ask for.
 *
 * Command tells nobody which roles an account holds unless it may read security, which the bot should not.
 */
export async function checkRoles({
  server,
  definitions,
  listDefinitions,
}: {
  readonly server: KeyfactorServer;
  readonly definitions: ReadDefinitions;
  readonly listDefinitions: ListDefinitions;
}): Promise<readonly CheckUp[]> {
  try {
    const lines = [];
    for (const { id, name, version } of (await listDefinitions('')).slice(0, mostDefinitions)) {
      const steps = (await definitions.steps(id, version)) ?? [];
      for (const step of steps) {
        const roles = step.signals.flatMap((signal) => signal.roles.map(({ rolename }) => rolename ?? ''));
        const distinct = [...new Set(roles)].filter((role) => role !== '');
        if (distinct.length > 0)
          lines.push(roleLine(server.name, `${name}, ${step.displayname ?? ''}`, distinct));
      }
    }
    return lines;
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    return [
      { name: `${server.name}: roles`, verdict: 'unknown', detail: `steps cannot be read: ${error.message}` },
    ];
  }
}

function roleLine(system: string, step: string, roles: readonly string[]): CheckUp {
  return {
    name: `${system}: role for ${step}`,
    verdict: 'unknown',
    detail: `asks for ${roles.join(' or ')}; which roles the account holds cannot be read`,
    fix: 'see in Command that the account holds one of them, else the step never reaches the bot',
  };
}
