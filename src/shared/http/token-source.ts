import type { Credentials } from './credentials.js';

/** An access token and how long it is good for. */
export interface IssuedToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** A token is not used any more this long before it expires. */
const marginMs = 60_000;

interface Held {
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
  let held: Held | undefined;
  let fetching: Promise<Held> | undefined;

  async function fetchHeld(): Promise<Held> {
    const askedAtMs = deps.now();
    const { token, lifetimeMs } = await deps.fetchToken();
    held = {
      header: `Bearer ${token}`,
      freshUntilMs: askedAtMs + Math.max(lifetimeMs - marginMs, lifetimeMs / 2),
    };
    return held;
  }

  async function fetchOnce(): Promise<string> {
    fetching ??= fetchHeld().finally(() => {
      fetching = undefined;
    });
    return (await fetching).header;
  }

  return {
    async authorization() {
      return held !== undefined && deps.now() < held.freshUntilMs ? held.header : fetchOnce();
    },
    async renew(rejected) {
      if (held !== undefined && held.header !== rejected) return held.header;
      return fetchOnce();
    },
  };
}
