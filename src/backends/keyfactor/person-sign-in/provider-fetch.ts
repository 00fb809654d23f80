import type { CustomFetch } from 'openid-client';
import { BackendError } from '../../../ports/errors.js';
import type { HttpResponse } from '../http/answer.js';
import type { Policies } from '../http/policies.js';
import type { Transport } from '../http/transport.js';

/** How the identity provider is reached. */
export interface ProviderConnection {
  readonly system: string;
  readonly transport: Transport;
  readonly policies: Policies;
  readonly timeoutMs: number;
}

/**
 * Creates the way of the OAuth library to the provider: our transport, our time-outs, our authorities.
 *
 * Only reads are repeated. What says that the provider is away is thrown as `BackendError`.
 */
export function createProviderFetch(connection: ProviderConnection): CustomFetch {
  const { transport, policies, timeoutMs } = connection;
  return async (url, { method, headers, body }) => {
    const isRead = method === 'GET';
    const send = () =>
      transport({
        method: isRead ? 'GET' : 'POST',
        url,
        headers,
        ...(body === undefined || body === null ? {} : { body: String(body) }),
        deadline: AbortSignal.timeout(timeoutMs),
      });
    const response = await (isRead ? policies.read(send) : policies.write(send));
    const fault = failureIn(response, { isRead, system: connection.system });
    if (fault !== undefined) throw fault;
    return new Response(response.body === '' ? null : response.body, {
      status: response.status,
      headers: response.headers,
    });
  };
}

function failureIn(
  { status }: HttpResponse,
  { isRead, system }: { readonly isRead: boolean; readonly system: string },
): BackendError | undefined {
  const isNothing = isRead && status === 404;
  if (status < 500 && status !== 429 && !isNothing) return undefined;
  const hint = isNothing ? '; nothing is there: check personSignIn.issuer' : '';
  return new BackendError(`The identity provider answered ${status}${hint}`, {
    code: isNothing ? 'not-found' : status === 429 ? 'throttled' : 'server-error',
    system,
    retryable: !isNothing,
    applied: 'no',
  });
}
