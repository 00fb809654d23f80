import type { WorkflowBackend } from '../../ports/backend.js';
import type { Log } from '../../ports/log.js';
import { trustedAuthorities } from '../../shared/http/trusted-authorities.js';
import { createCredentials } from './auth/create-credentials.js';
import { createFetchToken } from './auth/fetch-token.js';
import { createClient } from './http/client.js';
import { createPolicies, defaultRetryOptions, type RetryOptions } from './http/policies.js';
import { createTransport } from './http/transport.js';
import { createRepositoryBackend } from './repository-backend.js';
import { systemName } from './settings/system-name.js';
import type { WorkTasksSecrets, WorkTasksServer } from './settings.js';

/** What Work Tasks backends need besides their settings. */
export interface WorkTasksRuntime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions>;
}

/**
 * Creates the backends of one Work Tasks server, one for each repository.
 *
 * They share a token and one view of whether the server is there. Throws at once if a secret is missing or a
 * certificate authority cannot be read.
 */
export function createWorkTasksBackends(
  { server, secrets }: { readonly server: WorkTasksServer; readonly secrets: WorkTasksSecrets },
  runtime: WorkTasksRuntime,
): readonly WorkflowBackend[] {
  const { log, now } = runtime;
  const retryOptions = { ...defaultRetryOptions, ...runtime.retryOptions };
  const fetchToken = createFetchToken({
    system: server.name,
    transport: createTransport({ ca: trustedAuthorities(server.authCaCert) }),
    policies: createPolicies(retryOptions),
    timeoutMs: server.timeout,
  });
  const shared = {
    server,
    log,
    transport: createTransport({ ca: trustedAuthorities(server.caCert) }),
    policies: createPolicies(retryOptions),
    signing: {
      credentials: createCredentials(server.auth, secrets, { fetchToken, now }),
      extraHeader: server.extraAccessTokenHeader,
    },
  };
  return server.repositories.map((repository) => {
    const system = systemName(server.name, repository);
    const client = createClient({ ...shared, system });
    return createRepositoryBackend({ system, server, repository, secrets, client, log, now });
  });
}

export { createInboundRoute } from './hook/told-route.js';
