import type { CheckUp, PersonSignIn } from '../../ports/backend.js';
import { isBackendFailure } from '../../ports/errors.js';
import type { PersonSignInOptions, Provider, TokenForm } from './openid.js';

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

/** What the settings of a server say of in whose name it is spoken to. */
interface SpokenTo {
  readonly signalAs: 'service' | 'person';
  readonly personSignIn?:
    | Omit<PersonSignInOptions, keyof Provider | 'clientSecret' | 'usernameOf'>
    | undefined;
}

/**
 * Creates the sign-in of people; undefined where a server is spoken to in the bot's own name.
 *
 * Throws if the client's secret is missing.
 */
export function personSignInOf(
  { signalAs, personSignIn }: SpokenTo,
  clientSecret: string | undefined,
  provider: () => Provider & Pick<PersonSignInOptions, 'usernameOf'>,
): PersonSignIn | undefined {
  if (personSignIn === undefined || signalAs === 'service') return undefined;
  if (!clientSecret) throw new Error('The secret of the client with which people sign in is missing.');
  return createPersonSignIn({ ...personSignIn, clientSecret, ...provider() });
}

/** Checks that people can sign in: whether the identity provider is found and describes itself. */
export async function checkPersonSignIn(
  system: string,
  signIn: PersonSignIn | undefined,
): Promise<readonly CheckUp[]> {
  if (!signIn) return [];
  const name = `${system}: people sign in`;
  try {
    const { url } = await signIn.beginSignIn({
      redirectUri: 'https://localhost/link/callback',
      state: 'check',
    });
    return [{ name, verdict: 'good', detail: `at ${new URL(url).origin}` }];
  } catch (error) {
    if (!isBackendFailure(error)) throw error;
    const fix =
      'see that personSignIn.issuer is right, and that this machine reaches it and trusts its certificate (authCaCert)';
    return [{ name, verdict: 'bad', detail: error.message, fix }];
  }
}

function createPersonSignIn(options: PersonSignInOptions): PersonSignIn {
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
