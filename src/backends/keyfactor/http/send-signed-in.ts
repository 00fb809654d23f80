import type { Credentials } from '../../../shared/http/credentials.js';
import { TransportFailure } from '../../../shared/http/transport-failure.js';
import type { HttpAnswer } from './answer.js';
import type { Transport } from './transport.js';

/** Sends with credentials; after a 401 once more, if there are others. */
export async function sendSignedIn(
  { transport, credentials }: { readonly transport: Transport; readonly credentials: Credentials },
  request: Parameters<Transport>[0],
): Promise<HttpAnswer> {
  const sendAs = (authorization: string) => {
    if (request.deadline.aborted) throw new TransportFailure('no-connection', 'signing in took too long');
    return transport({ ...request, headers: { ...request.headers, Authorization: authorization } });
  };
  const authorization = await credentials.authorization();
  const answer = await sendAs(authorization);
  if (answer.status !== 401) return answer;
  const renewed = await credentials.renew(authorization);
  return renewed === undefined ? answer : sendAs(renewed);
}
