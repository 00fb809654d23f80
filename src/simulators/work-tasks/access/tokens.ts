/** Who a token was issued to; a service may stand for a user of its own. */
export interface TokenOwner {
  readonly kind: 'person' | 'service';
  /** `provider::id` of a person, client id of a service. */
  readonly name: string;
  /** The `provider::id` it may act as; null when none is known. */
  readonly user: string | null;
  readonly issuer: 'aim' | 'entra';
}

/** The bearer tokens in circulation. */
export interface Tokens {
  issue(owner: TokenOwner, lifetimeSeconds: number): string;
  /** Owner of a token that is still good. */
  ownerOf(token: string): TokenOwner | undefined;
  /** Makes tokens worthless at once: those of one name, or all. */
  revoke(name?: string): void;
}

/** Creates an empty set of tokens that expire by the given clock. */
export function createTokens(now: () => number, newId: () => string): Tokens {
  const issued = new Map<string, { owner: TokenOwner; expiresAt: number }>();
  return {
    issue(owner, lifetimeSeconds) {
      const token = `simulated.${newId()}`;
      issued.set(token, { owner, expiresAt: now() + lifetimeSeconds * 1000 });
      return token;
    },
    ownerOf(token) {
      const found = issued.get(token);
      return found !== undefined && found.expiresAt > now() ? found.owner : undefined;
    },
    revoke(name) {
      for (const [token, { owner }] of issued) {
        if (name === undefined || owner.name === name) issued.delete(token);
      }
    },
  };
}
