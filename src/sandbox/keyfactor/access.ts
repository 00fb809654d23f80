import { type ClientCredentials, createTokens } from '../shared/client-credentials.js';
import { createTrust } from '../shared/trusted-provider.js';

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

/** The access strings the routes ask for. */
export const access = {
  readAll: '/workflows/instances/read/',
  readPending: '/workflows/instances/read/pending/',
  readMine: '/workflows/instances/read/mine/',
  manage: '/workflows/instances/manage/',
  readDefinitions: '/workflows/definitions/read/',
  readTemplates: '/certificate_templates/read/',
  readAuthorities: '/certificate_authorities/read/',
} as const;

/** Tells whether an identity holds an access string or one that contains it. */
export function holds(identity: Identity, wanted: string): boolean {
  return identity.permissions.some((held) => wanted.toLowerCase().startsWith(held.toLowerCase()));
}

/** Creates a server that knows nobody; names are compared without regard to case, as Windows does. */
export function createAccess(now: () => number, newId: () => string) {
  const identities = new Map<string, Identity>();
  const roleIds = new Map<string, number>();
  const { trust, nameIn } = createTrust(now);
  const tokens = createTokens<{ readonly name: string }>(now, newId);
  const byName = (name: string): Identity | undefined => identities.get(name.toLowerCase());
  /** Number of a role as the API prints it; a role unknown so far gets the next one. */
  const roleId = (role: string): number => {
    const id = roleIds.get(role) ?? roleIds.size + 1;
    roleIds.set(role, id);
    return id;
  };
  return {
    tokens,
    byName,
    roleId,
    add(identity: Identity): void {
      identities.set(identity.name.toLowerCase(), identity);
      for (const role of identity.roles) roleId(role);
    },
    byClientId: (clientId: string) => [...identities.values()].find((one) => one.clientId === clientId),
    trust,
    /** Whoever a trusted provider vouches for is let in; without an entry of their own they hold no role. */
    async bearerOf(token: string): Promise<Identity | undefined> {
      const issuedHere = byName(tokens.ownerOf(token)?.name ?? '');
      if (issuedHere !== undefined) return issuedHere;
      const name = await nameIn(token);
      return name === undefined ? undefined : (byName(name) ?? { name, roles: [], permissions: [] });
    },
  };
}

/** One visit to the token endpoint. */
export interface TokenRequest extends Omit<ClientCredentials, 'clientSecret'> {
  readonly scope: string | null;
  readonly audience: string | null;
  readonly granted: boolean;
  readonly at: number;
}
