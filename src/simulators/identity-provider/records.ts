/** A token that left the provider, whole, so that a test can look where it went. */
export interface IssuedToken {
  readonly kind: 'access' | 'id' | 'refresh';
  readonly token: string;
  readonly by: 'authorization_code' | 'refresh_token' | 'client_credentials' | 'hand';
  readonly username: string;
  readonly clientId: string;
  readonly at: number;
}

/** One HTTP call the provider saw. */
interface SeenRequest {
  readonly method: string;
  /** Path below the issuer. */
  readonly path: string;
  /** What was asked of the token endpoint; null elsewhere. */
  readonly grantType: string | null;
  /** Status that was sent; `none` when the caller never got an answer. */
  readonly status: number | 'none';
  readonly at: number;
}

/** Everything a test may want to look up afterwards. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly issuedTokens: IssuedToken[];
  /** Codes and verifiers that applications brought, so that a test can look where else they went. */
  readonly broughtSecrets: string[];
}

/** Creates empty records. */
export function createRecords(): Records {
  return { requests: [], issuedTokens: [], broughtSecrets: [] };
}
