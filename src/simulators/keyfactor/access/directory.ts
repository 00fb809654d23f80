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
