import type { Credentials } from '../../../shared/http/credentials.js';
import { createTokenSource, type IssuedToken } from '../../../shared/http/token-source.js';
import type { AuthSettings } from '../settings/auth.js';
import type { WorkTasksSecrets } from '../settings.js';
import type { TokenForm } from './fetch-token.js';

/** Creates the credentials a server is configured with; undefined if it takes none. Throws if a secret is missing. */
export function createCredentials(
  auth: AuthSettings,
  secrets: WorkTasksSecrets,
  deps: {
    readonly fetchToken: (form: TokenForm) => Promise<IssuedToken>;
    readonly now: () => number;
  },
): Credentials | undefined {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'token': {
      const header = `Bearer ${needed(secrets.accessToken, 'access token')}`;
      return { authorization: async () => header, renew: async () => undefined };
    }
    case 'aim':
    case 'entra': {
      const form = tokenForm(auth, needed(secrets.clientSecret, 'client secret'));
      return createTokenSource({ fetchToken: () => deps.fetchToken(form), now: deps.now });
    }
  }
}

function tokenForm(auth: Extract<AuthSettings, { kind: 'aim' | 'entra' }>, clientSecret: string): TokenForm {
  const { clientId } = auth;
  if (auth.kind === 'aim') return { tokenUrl: auth.tokenUrl, clientId, clientSecret, scope: auth.scope };
  const usualUrl = `https://login.microsoftonline.com/${auth.tenant ?? ''}/oauth2/v2.0/token`;
  return {
    tokenUrl: auth.tokenUrl ?? usualUrl,
    clientId,
    clientSecret,
    scope: auth.scope ?? `api://${clientId}/worktasks/.default`,
  };
}

function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}
