import type { CheckUp } from '../../ports/check-up.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { checkClock } from '../../use-cases/watch/check-clock.js';
import type { Client } from './http/client.js';
import type { WorkTasksServer } from './settings.js';

/** An execution nobody can have started: numbers begin at 1. */
const nobodys = '0';

/**
 * Creates the check of one repository: whether it answers, signed in, and by whose clock it goes.
 *
 * Reads only. Work Tasks has no permissions that could be asked for.
 */
export function createCheckUp(deps: {
  readonly system: string;
  readonly server: WorkTasksServer;
  readonly repository: string;
  readonly client: Client;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): () => Promise<readonly CheckUp[]> {
  const { system, server, repository, client, now } = deps;
  const name = `${system}: answers`;
  return async () => {
    try {
      const response = await client.get('status', { repo: repository, executionid: nobodys });
      const clock = checkClock(system, response.headers.date, now());
      if (response.status === 403 || response.status === 404) {
        const fix = 'see that baseUrl and paths are right, and that the client may call the API';
        return [{ name, verdict: 'bad', detail: `it answers ${response.status}`, fix }, clock];
      }
      return [{ name, verdict: 'good', detail: `signed in at ${server.baseUrl}` }, clock];
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      const isSignIn = error instanceof BackendError && error.code === 'sign-in';
      const fix = isSignIn
        ? 'see that the account exists, may sign in, and that its secret is right'
        : 'see that this machine reaches the server, and that its certificate is trusted (caCert)';
      return [{ name, verdict: 'bad', detail: error.message, fix }];
    }
  };
}
