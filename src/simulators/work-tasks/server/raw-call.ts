import type { CredentialHeaders } from '../access/authenticate.js';

/** A call as it came over the wire. */
export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The headers in which a call may carry its token. */
export function credentialHeaders({ headers }: RawCall): CredentialHeaders {
  const [authorization, accessToken] = [headers.authorization, headers.accesstoken];
  return {
    authorization: Array.isArray(authorization) ? authorization[0] : authorization,
    accessToken: Array.isArray(accessToken) ? accessToken[0] : accessToken,
  };
}
