import type { Credentials } from '../../../shared/http/credentials.js';
import { createTokenSource, type IssuedToken } from '../../../shared/http/token-source.js';
import type { KeyfactorSecrets } from '../settings.js';
import { basicHeader } from './basic-header.js';
import type { AuthSettings, OAuthSettings } from './settings.js';

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
      return fixedToken(needed(secrets.accessToken, 'access token'));
    case 'oauth': {
      const clientSecret = needed(secrets.clientSecret, 'client secret');
      return createTokenSource({ fetchToken: () => deps.fetchToken(auth, clientSecret), now: deps.now });
    }
  }
}

/** Creates credentials of a token that is never renewed. */
export function fixedToken(accessToken: string): Credentials {
  return fixed(`Bearer ${accessToken}`);
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
