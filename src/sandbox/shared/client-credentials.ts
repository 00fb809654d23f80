/** How an application said who it is. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic';
}

/** Reads how an application proves itself to a token endpoint: in the header, or else in the form. */
export function readClientCredentials(
  form: URLSearchParams,
  authorization: string | undefined,
): ClientCredentials {
  const basic = /^basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) {
    return {
      clientId: form.get('client_id') ?? '',
      clientSecret: form.get('client_secret') ?? '',
      clientAuthentication: 'client_secret_post',
    };
  }
  const { user, secret } = readBasic(basic);
  // Ids and secrets are form-encoded inside the Basic header (RFC 6749, section 2.3.1).
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? text;
  return {
    clientId: decode(user),
    clientSecret: decode(secret),
    clientAuthentication: 'client_secret_basic',
  };
}

/** Reads `user:secret` out of its base64 form; only the first colon separates. */
export function readBasic(credentials: string): { readonly user: string; readonly secret: string } {
  const [user = '', ...rest] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return { user, secret: rest.join(':') };
}

/** The bearer tokens in circulation, each with its owner. */
export type Tokens<Owner extends TokenOwner> = ReturnType<typeof createTokens<Owner>>;

interface TokenOwner {
  readonly name: string;
}

/** Creates an empty set of tokens that expire by the given clock. */
export function createTokens<Owner extends TokenOwner>(now: () => number, newId: () => string) {
  const issued = new Map<string, { readonly owner: Owner; readonly expiresAt: number }>();
  return {
    issue(owner: Owner, lifetimeSeconds: number): string {
      const token = `simulated.${newId()}`;
      issued.set(token, { owner, expiresAt: now() + lifetimeSeconds * 1000 });
      return token;
    },
    /** Owner of a token that is still good. */
    ownerOf(token: string): Owner | undefined {
      const found = issued.get(token);
      return found !== undefined && found.expiresAt > now() ? found.owner : undefined;
    },
    /** Makes tokens worthless at once: those of one name, or all. */
    revoke(name?: string): void {
      for (const [token, { owner }] of issued) {
        if (name === undefined || owner.name === name) issued.delete(token);
      }
    },
  };
}
