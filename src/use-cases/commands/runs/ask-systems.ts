import type { WorkflowBackend } from '../../../ports/backend.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { Context } from '../../context.js';

/** What every system said that could be asked, and the labels of those that could not. */
export interface Heard<T> {
  readonly results: readonly T[];
  readonly silent: readonly string[];
}

/** Asks every system the same at once; one that cannot be reached is named and does not spoil the others. */
export async function askSystems<T>(
  context: Context,
  ask: (backend: WorkflowBackend) => Promise<T> | undefined,
): Promise<Heard<T>> {
  const results: T[] = [];
  const silent: string[] = [];
  const requested = [...context.backends.values()].map(async (backend) => {
    try {
      const reply = await ask(backend);
      if (reply !== undefined) results.push(reply);
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      context.log.warn({ system: backend.system, err: error }, 'A system could not be asked');
      silent.push(backend.label);
    }
  });
  await Promise.all(requested);
  return { results, silent };
}
