/** An application that may fetch tokens for itself. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The `provider::id` it may act as where the server compares. */
  readonly user?: string;
}

/** One visit to a token endpoint. */
export interface TokenRequest {
  readonly issuer: 'aim' | 'entra';
  readonly clientId: string;
  readonly scope: string | null;
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic';
  readonly granted: boolean;
  readonly at: number;
}
