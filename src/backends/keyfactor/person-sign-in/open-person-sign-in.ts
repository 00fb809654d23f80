import type { PersonSignIn } from '../../../ports/person-sign-in.js';
import { trustedAuthorities } from '../../../shared/http/trusted-authorities.js';
import { createPolicies, defaultRetryOptions, type RetryOptions } from '../http/policies.js';
import { createTransport } from '../http/transport.js';
import type { KeyfactorSecrets, KeyfactorServer } from '../settings.js';
import { createPersonSignIn } from './create-person-sign-in.js';

/**
 * Opens the sign-in of people where decisions are told in their name.
 *
 * Throws if the client's secret is missing or a certificate authority cannot be read.
 */
export function openPersonSignIn(
  { server, secrets }: { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets },
  runtime: { readonly now: () => number; readonly retryOptions?: Partial<RetryOptions> },
): { readonly personSignIn?: PersonSignIn } {
  const settings = server.personSignIn;
  if (settings === undefined || server.signalAs === 'service') return {};
  const { personClientSecret: clientSecret } = secrets;
  if (!clientSecret) throw new Error('The secret of the client with which people sign in is missing.');
  const connection = {
    system: server.name,
    transport: createTransport({ ca: trustedAuthorities(server.authCaCert) }),
    policies: createPolicies({ ...defaultRetryOptions, ...runtime.retryOptions }),
    timeoutMs: server.timeout,
  };
  return { personSignIn: createPersonSignIn({ settings, clientSecret, connection, now: runtime.now }) };
}
