import type { Requirement } from '../../domain/approval.js';
import type { Instance } from '../../domain/instance.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';

/** Reads what a step needs; where nobody can say it, a card is posted all the same, and says so. */
export async function requirementOf(
  context: Context,
  backend: WorkflowBackend,
  instance: Instance,
): Promise<Requirement> {
  try {
    return await backend.requirementOf(instance);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system: backend.system, instance: instance.ref.id, err: error },
      'Could not read what the step needs',
    );
    return { roles: [] };
  }
}
