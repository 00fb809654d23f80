import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** An identity provider whose tokens a server takes. */
export interface TrustedProvider {
  readonly issuer: string;
  /** Tokens for somebody else are refused. */
  readonly audience: string;
  /** Where the provider publishes its keys. */
  readonly jwksUrl: string;
  /** The claim that names the identity, `preferred_username` unless told. */
  readonly usernameClaim?: string;
}

/** Creates the trust of a server in identity providers, none so far. */
export function createTrust(now: () => number) {
  const trusted: { readonly provider: TrustedProvider; readonly keys: JWTVerifyGetKey }[] = [];
  return {
    trust(provider: TrustedProvider): void {
      trusted.push({ provider, keys: createRemoteJWKSet(new URL(provider.jwksUrl)) });
    },
    /** Gives the name in a token that a trusted provider signed for this server and that has not expired. */
    async nameIn(token: string): Promise<string | undefined> {
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
