import type { Credentials } from './credentials.js';

/** An access token and how long it is good for. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** A token is not used any more this long before it expires. */
const marginMs = 60_000;

interface CachedToken {
  readonly header: string;
  readonly freshUntilMs: number;
}

/**
 * Creates credentials that keep a token until shortly before it expires.
 *
 * Whoever asks while a token is being fetched waits for that one. A token that lives less than two minutes is
 * used for half its life.
 */
export function createTokenSource(deps: {
  readonly fetchToken: () => Promise<IssuedToken>;
  readonly now: () => number;
}): Credentials {
  let cachedToken: CachedToken | undefined;
  let fetching: Promise<CachedToken> | undefined;

  async function fetchCached(): Promise<CachedToken> {
    const requestedAtMs = deps.now();
    const { token, lifetimeMs } = await deps.fetchToken();
    cachedToken = {
      header: `Bearer ${token}`,
      freshUntilMs: requestedAtMs + Math.max(lifetimeMs - marginMs, lifetimeMs / 2),
    };
    return cachedToken;
  }

  async function fetchOnce(): Promise<string> {
    fetching ??= fetchCached().finally(() => {
      fetching = undefined;
    });
    return (await fetching).header;
  }

  return {
    async authorization() {
      return cachedToken !== undefined && deps.now() < cachedToken.freshUntilMs
        ? cachedToken.header
        : fetchOnce();
    },
    async renew(rejected) {
      if (cachedToken !== undefined && cachedToken.header !== rejected) return cachedToken.header;
      return fetchOnce();
    },
  };
}
