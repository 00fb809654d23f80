import type { Log } from '../../ports/log.js';
import { trustedAuthorities } from '../../shared/http/trusted-authorities.js';
import { createCredentials } from './auth/create-credentials.js';
import { createFetchToken } from './auth/fetch-token.js';
import { type Client, createClient } from './http/client.js';
import { createPolicies, defaultRetryOptions, type RetryOptions } from './http/policies.js';
import { createTransport } from './http/transport.js';
import type { KeyfactorSecrets, KeyfactorServer } from './settings.js';

/**
 * Puts together the client of one server.
 *
 * The identity provider has its own transport and policies: it may trust other authorities, and its failures
 * must not count against the server.
 */
export function createSignedInClient(
  { server, secrets }: { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets },
  runtime: { readonly log: Log; readonly now: () => number; readonly retryOptions?: Partial<RetryOptions> },
): Client {
  const retryOptions = { ...defaultRetryOptions, ...runtime.retryOptions };
  const fetchToken = createFetchToken({
    system: server.name,
    transport: createTransport({ ca: trustedAuthorities(server.authCaCert) }),
    policies: createPolicies(retryOptions),
    timeoutMs: server.timeout,
  });
  return createClient({
    server,
    transport: createTransport({ ca: trustedAuthorities(server.caCert) }),
    credentials: createCredentials(server.auth, secrets, { fetchToken, now: runtime.now }),
    policies: createPolicies(retryOptions),
    log: runtime.log,
  });
}
