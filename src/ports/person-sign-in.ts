/**
 * Signs people in at the identity provider a system trusts, so that it can be spoken to in their name.
 *
 * Everything throws `BackendError`, whose `applied` is always `no`: nothing here touches a workflow. It throws
 * `ContractError` for an answer nobody can use. Neither carries a token.
 */
export interface PersonSignIn {
  /** Gives the page to send a browser to, and the verifier to keep for `finishSignIn`; it is a secret. */
  beginSignIn(request: {
    /** Where the browser comes back to: registered at the provider letter by letter, without a query. */
    readonly redirectUri: string;
    readonly state: string;
  }): Promise<{ readonly url: string; readonly verifier: string }>;
  /** Exchanges what the browser came back with; good for one attempt. */
  finishSignIn(reply: {
    /** The `redirectUri` of the beginning, with the query the browser brought. */
    readonly callbackUrl: string;
    readonly verifier: string;
    readonly state: string;
  }): Promise<SignInResult>;
  /**
   * Gets a fresh access token.
   *
   * The refresh token in the answer replaces the one that was used, which may be worthless now. Two at the same
   * time with one token can end the link: callers let only one run. When it throws, the provider may have
   * replaced the token all the same; then the next attempt answers `revoked`.
   */
  refresh(refreshToken: string): Promise<RefreshResult>;
  /** Takes a refresh token back; `unsupported` where the provider cannot, so it lives on until it expires. */
  revoke(refreshToken: string): Promise<{ readonly kind: 'revoked' | 'unsupported' }>;
}

/** What lets the bot speak in a person's name. */
export interface PersonTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, in epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** How a sign-in ended. */
export type SignInResult =
  | {
      readonly kind: 'signed-in';
      readonly tokens: PersonTokens;
      /** Names the person at the provider for ever. */
      readonly subject: string;
      /** What the workflow system calls the person. */
      readonly username: string;
    }
  /** The browser brought another state than it was sent with. */
  | { readonly kind: 'wrong-state' }
  /** Nobody signed in. */
  | { readonly kind: 'cancelled' }
  /** What the browser brought is not good any more, or was used before. */
  | { readonly kind: 'expired' };

/** What became of a refresh token; `revoked` also when it expired or was replaced. */
export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly tokens: PersonTokens }
  | { readonly kind: 'revoked' };
