import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** An identity provider whose tokens the server takes. */
export interface TrustedProvider {
  readonly issuer: string;
  /** Tokens for somebody else are refused. */
  readonly audience: string;
  /** Where the provider publishes its keys. */
  readonly jwksUrl: string;
  /** The claim that names the identity, `preferred_username` unless told. */
  readonly usernameClaim?: string;
}

/** The providers the server trusts. */
export interface TrustedTokens {
  trust(provider: TrustedProvider): void;
  /** Gives the name in a token that a trusted provider signed for this server and that has not expired. */
  nameIn(token: string): Promise<string | undefined>;
}

/** Creates a server that trusts nobody; tokens expire by the given clock. */
export function createTrustedTokens(now: () => number): TrustedTokens {
  const trusted: { readonly provider: TrustedProvider; readonly keys: JWTVerifyGetKey }[] = [];
  return {
    trust(provider) {
      trusted.push({ provider, keys: createRemoteJWKSet(new URL(provider.jwksUrl)) });
    },
    async nameIn(token) {
      for (const { provider, keys } of trusted) {
        const { issuer, audience, usernameClaim = 'preferred_username' } = provider;
        const claims = await claimsIn(token, keys, { issuer, audience, currentDate: new Date(now()) });
        const name = claims?.[usernameClaim];
        if (typeof name === 'string') return name;
      }
      return undefined;
    },
  };
}

async function claimsIn(token: string, keys: JWTVerifyGetKey, wanted: Parameters<typeof jwtVerify>[2]) {
  try {
    return (await jwtVerify(token, keys, wanted)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
