/** What a person agreed to by signing in. */
export interface Consent {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly username: string;
  readonly scope: readonly string[];
  /** The S256 challenge whose verifier only the application has. */
  readonly challenge: string;
  readonly nonce: string | undefined;
  readonly signedInAtMs: number;
}

/** What a code stands for. */
export type Redeemed =
  | { readonly kind: 'fresh'; readonly consent: Consent }
  /** Somebody had it before; whatever it was exchanged for is in doubt. */
  | { readonly kind: 'used-before'; readonly session: string | undefined }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

/** The codes that were handed to browsers. */
export interface Codes {
  issue(consent: Consent, lifetimeSeconds: number): string;
  /** Takes a code, which is good for one attempt, successful or not. */
  redeem(code: string): Redeemed;
  /** Remembers which session a code was exchanged for. */
  noteSession(code: string, session: string): void;
}

/** Creates an empty set of codes that expire by the given clock. */
export function createCodes(now: () => number, newSecret: () => string): Codes {
  const issued = new Map<string, { readonly consent: Consent; readonly expiresAtMs: number }>();
  const used = new Map<string, string | undefined>();
  return {
    issue(consent, lifetimeSeconds) {
      const code = newSecret();
      issued.set(code, { consent, expiresAtMs: now() + lifetimeSeconds * 1000 });
      return code;
    },
    redeem(code) {
      if (used.has(code)) return { kind: 'used-before', session: used.get(code) };
      const found = issued.get(code);
      if (found === undefined) return { kind: 'unknown' };
      used.set(code, undefined);
      return found.expiresAtMs <= now() ? { kind: 'expired' } : { kind: 'fresh', consent: found.consent };
    },
    noteSession(code, session) {
      used.set(code, session);
    },
  };
}
