import type { PersonSignIn } from '../../ports/backend.js';
import type { PersonSignInOptions, TokenForm } from './openid.js';

/** Values of the `Authorization` header. */
export interface Credentials {
  /** Gives the current one. Throws what the token's source throws when signing in fails. */
  authorization(): Promise<string>;
  /** Loads what signing in needs, so that the first call's time is not spent on that. */
  prepare(): Promise<void>;
  /** Gives another one after `rejected` was refused; undefined if there is none. Throws alike. */
  renew(rejected: string): Promise<string | undefined>;
}

/** Creates credentials that are always the same, and never renewed. */
export function fixedCredentials(header: string): Credentials {
  return {
    prepare: async () => {},
    authorization: async () => header,
    renew: async () => undefined,
  };
}

/** A token is not used any more this long before it expires. */
const marginMs = 60_000;

/**
 * Creates credentials that get tokens by client credentials, and keep each until shortly before it expires.
 *
 * Whoever asks while a token is being fetched waits for that one. A token that lives less than two minutes is
 * used for half its life. Throws `BackendError` and `ContractError`.
 */
export function clientCredentials(form: TokenForm): Credentials {
  let cached: { readonly header: string; readonly freshUntilMs: number } | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchHeader(): Promise<string> {
    const { fetchToken } = await import('./openid.js');
    const requestedAtMs = form.now();
    const { token, lifetimeMs } = await fetchToken(form);
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
    prepare: async () => {
      // Loaded only where there is a token to get: the library is heavy, and so is the runtime's fetch it needs.
      await import('./openid.js');
      Response.json({});
    },
    authorization: async () =>
      cached !== undefined && form.now() < cached.freshUntilMs ? cached.header : fetchOnce(),
    renew: async (rejected) =>
      cached !== undefined && cached.header !== rejected ? cached.header : fetchOnce(),
  };
}

/** Creates the sign-in of people. */
export function createPersonSignIn(options: PersonSignInOptions): PersonSignIn {
  let opening: Promise<PersonSignIn> | undefined;
  const open = () => {
    opening ??= import('./openid.js').then(({ openPersonSignIn }) => openPersonSignIn(options));
    return opening;
  };
  return {
    beginSignIn: async (request) => (await open()).beginSignIn(request),
    finishSignIn: async (reply) => (await open()).finishSignIn(reply),
    refresh: async (refreshToken) => (await open()).refresh(refreshToken),
    revoke: async (refreshToken) => (await open()).revoke(refreshToken),
  };
}

/** Gives a secret the settings need. Throws if it is missing. */
export function needed(secret: string | undefined, what: string): string {
  if (secret === undefined || secret === '') throw new Error(`The ${what} is missing.`);
  return secret;
}
