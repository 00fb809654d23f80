/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws what the token's source throws when signing in fails. */
  authorization(): Promise<string>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws alike. */
  renew(rejected: string): Promise<string | undefined>;
}

/** Creates credentials of a token that is never renewed. */
export function bearer(accessToken: string): Credentials {
  return fixed(`Bearer ${accessToken}`);
}

/** Creates credentials of a user and a password. */
export function basic(user: string, password: string): Credentials {
  return fixed(basicHeader(user, password));
}

/** Writes a Basic header. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function fixed(header: string): Credentials {
  return { authorization: async () => header, renew: async () => undefined };
}

/** Gives a secret the settings need. Throws if it is missing. */
export function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}
