import type { KeyfactorSecrets } from '../settings.js';
import type { IssuedToken } from './fetch-token.js';
import type { AuthSettings, OAuthSettings } from './settings.js';
import { createTokenSource } from './token-source.js';

/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws `BackendError` when signing in fails. */
  authorization(): Promise<string>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws `BackendError`. */
  renew(rejected: string): Promise<string | undefined>;
}

/** Creates the credentials a server is configured with. */
export function createCredentials(
  auth: AuthSettings,
  secrets: KeyfactorSecrets,
  deps: {
    readonly fetchToken: (auth: OAuthSettings, clientSecret: string) => Promise<IssuedToken>;
    readonly now: () => number;
  },
): Credentials {
  switch (auth.kind) {
    case 'basic':
      return fixed(basicHeader(userName(auth), needed(secrets.password, 'password')));
    case 'token':
      return fixed(`Bearer ${needed(secrets.accessToken, 'access token')}`);
    case 'oauth': {
      const clientSecret = needed(secrets.clientSecret, 'client secret');
      return createTokenSource({ fetchToken: () => deps.fetchToken(auth, clientSecret), now: deps.now });
    }
  }
}

/** Writes a Basic header. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

function userName({ username, domain }: Extract<AuthSettings, { kind: 'basic' }>): string {
  return domain === undefined || /[\\@]/.test(username) ? username : `${domain}\\${username}`;
}

function fixed(header: string): Credentials {
  return { authorization: async () => header, renew: async () => undefined };
}

function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}
