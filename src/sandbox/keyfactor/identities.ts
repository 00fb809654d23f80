import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** The access strings the workflow routes ask for. */
export const access = {
  readAll: '/workflows/instances/read/',
  readPending: '/workflows/instances/read/pending/',
  readMine: '/workflows/instances/read/mine/',
  manage: '/workflows/instances/manage/',
  readDefinitions: '/workflows/definitions/read/',
} as const;

/** Tells whether an identity holds an access string or one that contains it. */
export function holds(identity: Identity, wanted: string): boolean {
  return identity.permissions.some((held) => wanted.toLowerCase().startsWith(held.toLowerCase()));
}

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

/** Somebody or something the server knows, with what it may see and which roles it holds. */
export interface Identity {
  /** `DOMAIN\user`, or an opaque name without a domain for OAuth clients. */
  readonly name: string;
  readonly password?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Names of security roles; a role exists from its first mention. */
  readonly roles: readonly string[];
  /** Access strings such as `/workflows/instances/read/pending/`; a shorter one grants all below it. */
  readonly permissions: readonly string[];
}

/** Everybody the server knows and the numbers of their roles. */
export interface Directory {
  add(identity: Identity): void;
  byName(name: string): Identity | undefined;
  byClientId(clientId: string): Identity | undefined;
  /** Number of a role as the API prints it; a role unknown so far gets the next one. */
  roleId(role: string): number;
}

/** Creates a directory with nobody in it; names are compared without regard to case, as Windows does. */
export function createDirectory(): Directory {
  const identities = new Map<string, Identity>();
  const roleIds = new Map<string, number>();
  const roleId = (role: string): number => {
    const id = roleIds.get(role) ?? roleIds.size + 1;
    roleIds.set(role, id);
    return id;
  };
  return {
    add(identity) {
      identities.set(identity.name.toLowerCase(), identity);
      for (const role of identity.roles) roleId(role);
    },
    byName: (name) => identities.get(name.toLowerCase()),
    byClientId: (clientId) => [...identities.values()].find((identity) => identity.clientId === clientId),
    roleId,
  };
}
