import type { Credentials } from '../../../shared/http/credentials.js';
import { TransportFailure } from '../../../shared/http/transport-failure.js';
import type { HttpResponse } from './answer.js';
import type { Transport } from './transport.js';

/** Sends with credentials; after a 401 once more, if there are others. */
export async function sendSignedIn(
  { transport, credentials }: { readonly transport: Transport; readonly credentials: Credentials },
  request: Parameters<Transport>[0],
): Promise<HttpResponse> {
  const sendAs = (authorization: string) => {
    if (request.deadline.aborted) throw new TransportFailure('no-connection', 'signing in took too long');
    return transport({ ...request, headers: { ...request.headers, Authorization: authorization } });
  };
  const authorization = await credentials.authorization();
  const response = await sendAs(authorization);
  if (response.status !== 401) return response;
  const renewed = await credentials.renew(authorization);
  return renewed === undefined ? response : sendAs(renewed);
}
