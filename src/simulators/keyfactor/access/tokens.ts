import type { Identity } from './directory.js';

/** One visit to the token endpoint. */
export interface TokenRequest {
  readonly clientId: string;
  readonly scope: string | null;
  readonly audience: string | null;
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic';
  readonly granted: boolean;
  readonly at: number;
}

/** The bearer tokens in circulation. */
export interface Tokens {
  issue(identity: string, lifetimeSeconds: number): string;
  /** Name of the identity behind a token that is still good. */
  identityOf(token: string): string | undefined;
  /** Makes tokens worthless at once: those of one identity, or all. */
  revoke(identity?: Identity['name']): void;
}

/** Creates an empty set of tokens that expire by the given clock. */
export function createTokens(now: () => number, newId: () => string): Tokens {
  const issued = new Map<string, { identity: string; expiresAt: number }>();
  return {
    issue(identity, lifetimeSeconds) {
      const token = `simulated.${newId()}`;
      issued.set(token, { identity, expiresAt: now() + lifetimeSeconds * 1000 });
      return token;
    },
    identityOf(token) {
      const found = issued.get(token);
      return found !== undefined && found.expiresAt > now() ? found.identity : undefined;
    },
    revoke(identity) {
      for (const [token, owner] of issued) {
        if (identity === undefined || owner.identity === identity) issued.delete(token);
      }
    },
  };
}
