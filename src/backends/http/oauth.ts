import type { PersonSignIn } from '../../ports/backend.js';
import type { PersonSignInOptions, Provider, TokenForm } from './openid.js';
import type { Credentials } from './sign-in.js';

/** A token is not used any more this long before it expires. */
const marginMs = 60_000;

/**
 * Creates credentials that get tokens by client credentials, and keep each until shortly before it expires.
 *
 * Whoever asks while a token is being fetched waits for that one. A token that lives less than two minutes is
 * used for half its life. Throws `BackendError` and `ContractError`.
 */
export function clientCredentials(form: TokenForm, provider: Provider): Credentials {
  let cached: { readonly header: string; readonly freshUntilMs: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchHeader(): Promise<string> {
    // Loaded only where there is a token to get: the library is heavy.
    const { fetchToken } = await import('./openid.js');
    const requestedAtMs = provider.now();
    const { token, lifetimeMs } = await fetchToken(form, provider);
    const usedForMs = Math.max(lifetimeMs - marginMs, lifetimeMs / 2);
    cached = { header: `Bearer ${token}`, freshUntilMs: requestedAtMs + usedForMs };
    return cached.header;
  }

  function fetchOnce(): Promise<string> {
    fetching ??= fetchHeader().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return {
    authorization: async () =>
      cached !== undefined && provider.now() < cached.freshUntilMs ? cached.header : fetchOnce(),
    renew: async (rejected) =>
      cached !== undefined && cached.header !== rejected ? cached.header : fetchOnce(),
  };
}

/** Creates the sign-in of people. */
export function createPersonSignIn(options: PersonSignInOptions): PersonSignIn {
  let loading: Promise<PersonSignIn> | undefined;
  const load = () => {
    loading ??= import('./openid.js').then(({ openPersonSignIn }) => openPersonSignIn(options));
    return loading;
  };
  return {
    beginSignIn: async (request) => (await load()).beginSignIn(request),
    finishSignIn: async (reply) => (await load()).finishSignIn(reply),
    refresh: async (refreshToken) => (await load()).refresh(refreshToken),
    revoke: async (refreshToken) => (await load()).revoke(refreshToken),
  };
}
