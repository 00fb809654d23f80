import type { Credentials } from '../../../shared/http/credentials.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import { TransportFailure } from '../../../shared/http/transport-failure.js';
import type { HttpRequest, Transport } from './transport.js';

/** How requests are signed. */
export interface Signing {
  /** Absent where the server asks for no token. */
  readonly credentials: Credentials | undefined;
  /** Sends the bare token in a header `AccessToken` as well. */
  readonly extraHeader: boolean;
}

/** Sends with a token; after a 401, which changes nothing, once more if there is another token. */
export async function sendSignedIn(
  { transport, credentials, extraHeader }: Signing & { readonly transport: Transport },
  request: HttpRequest,
): Promise<HttpResponse> {
  if (credentials === undefined) return transport(request);
  const sendAs = (authorization: string) => {
    if (request.deadline.aborted) throw new TransportFailure('no-connection', 'signing in took too long');
    const extra = extraHeader ? { AccessToken: authorization.replace(/^Bearer /, '') } : {};
    return transport({ ...request, headers: { ...request.headers, Authorization: authorization, ...extra } });
  };
  const authorization = await credentials.authorization();
  const response = await sendAs(authorization);
  if (response.status !== 401) return response;
  const renewed = await credentials.renew(authorization);
  return renewed === undefined ? response : sendAs(renewed);
}
