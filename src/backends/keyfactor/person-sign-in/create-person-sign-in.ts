import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomPKCECodeVerifier,
  refreshTokenGrant,
  type TokenEndpointResponse,
  tokenRevocation,
} from 'openid-client';
import { ContractError } from '../../../ports/errors.js';
import type { PersonSignIn, PersonTokens, SignInResult } from '../../../ports/person-sign-in.js';
import { createOpenProvider } from './open-provider.js';
import type { ProviderConnection } from './provider-fetch.js';
import type { PersonSignInSettings } from './settings.js';
import { askProvider, isDenied, isInvalidGrant } from './sign-in-failure.js';

/** Assumed when the provider does not say how long a token lives. */
const assumedLifetimeS = 300;

/** Creates the sign-in of people at the identity provider of one server. */
export function createPersonSignIn(deps: {
  readonly settings: PersonSignInSettings;
  readonly clientSecret: string;
  readonly connection: ProviderConnection;
  readonly now: () => number;
}): PersonSignIn {
  const { settings, connection, now } = deps;
  const { system } = connection;
  const open = createOpenProvider(deps);

  async function exchange(
    url: URL,
    { verifier, state }: Parameters<PersonSignIn['finishSignIn']>[0],
  ): Promise<SignInResult> {
    const requestedAtMs = now();
    const provider = await open();
    enableNonRepudiationChecks(provider);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
    const response = await authorizationCodeGrant(provider, url, checks);
    const claims = response.claims();
    if (response.refresh_token === undefined) throw lacking(system, 'refresh_token');
    const tokens = tokensIn(response, { requestedAtMs, refreshToken: response.refresh_token });
    if (claims === undefined) throw lacking(system, 'id_token');
    const { sub: subject } = claims;
    const username = await nameIn(claims, { provider, settings, subject, accessToken: tokens.accessToken });
    if (username === undefined) throw lacking(system, settings.usernameClaim);
    return { kind: 'signed-in', tokens, subject, username };
  }

  return {
    beginSignIn: ({ redirectUri, state }) =>
      askProvider(system, async () => {
        const verifier = randomPKCECodeVerifier();
        const url = buildAuthorizationUrl(await open(), {
          redirect_uri: redirectUri,
          scope: settings.scopes.join(' '),
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
        });
        return { url: url.href, verifier };
      }),
    async finishSignIn(response) {
      const url = new URL(response.callbackUrl);
      const states = url.searchParams.getAll('state');
      if (states.length !== 1 || states[0] !== response.state) return { kind: 'wrong-state' };
      return askProvider(system, async () => {
        try {
          return await exchange(url, response);
        } catch (thrown) {
          if (isDenied(thrown)) return { kind: 'cancelled' };
          if (isInvalidGrant(thrown)) return { kind: 'expired' };
          throw thrown;
        }
      });
    },
    refresh: (refreshToken) =>
      askProvider(system, async () => {
        const requestedAtMs = now();
        try {
          const response = await refreshTokenGrant(await open(), refreshToken);
          return { kind: 'refreshed', tokens: tokensIn(response, { requestedAtMs, refreshToken }) };
        } catch (thrown) {
          if (isInvalidGrant(thrown)) return { kind: 'revoked' };
          throw thrown;
        }
      }),
    revoke: (refreshToken) =>
      askProvider(system, async () => {
        const provider = await open();
        if (provider.serverMetadata().revocation_endpoint === undefined) return { kind: 'unsupported' };
        await tokenRevocation(provider, refreshToken, { token_type_hint: 'refresh_token' });
        return { kind: 'revoked' };
      }),
  };
}

/** A provider that does not replace the refresh token leaves the one that was used. */
function tokensIn(
  response: TokenEndpointResponse,
  used: { readonly requestedAtMs: number; readonly refreshToken: string },
): PersonTokens {
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? used.refreshToken,
    expiresAtMs: used.requestedAtMs + (response.expires_in ?? assumedLifetimeS) * 1000,
  };
}

/** Reads the name where the provider puts it: in the token of identity, or only in its user info. */
async function nameIn(
  claims: Readonly<Record<string, unknown>>,
  from: {
    readonly provider: Configuration;
    readonly settings: PersonSignInSettings;
    readonly subject: string;
    readonly accessToken: string;
  },
): Promise<string | undefined> {
  const { provider, settings, subject, accessToken } = from;
  const named = text(claims[settings.usernameClaim]);
  if (named !== undefined || provider.serverMetadata().userinfo_endpoint === undefined) return named;
  const info = await fetchUserInfo(provider, accessToken, subject);
  return text(info[settings.usernameClaim]);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function lacking(system: string, what: string): ContractError {
  return new ContractError(`The identity provider did not say ${what}`, { system, paths: [what] });
}
