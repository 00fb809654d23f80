import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { TokenPair, TokenPairRepository } from '../ports/chat.js';
import type { Log, SecretBox } from '../ports/runtime.js';
import type { Store } from '../ports/store.js';
import { asError } from '../shared/language.js';
import { fenced, LeaseLost } from '../use-cases/leases.js';

/** What Slack gave out for an app whose tokens rotate. */
export interface TokenRotationSecrets {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Works once; the one of the last refresh takes its place. */
  readonly refreshToken: string;
}

/** Has every call to Slack made with the bot token that is in force. */
interface RotatingToken {
  /** Makes calls with that token wherever the stand-in for it was given to the client. */
  authorize(fetchFrom: webApi.FetchFunction): webApi.FetchFunction;
  /** Refreshes the token where it is about to expire; never throws. */
  renew(): Promise<void>;
}

/** Stands where a bot token is wanted that is not known yet; Slack never sees it. */
export const tokenStandIn = 'xoxe.xoxb-rotating';

/** Slack's tokens live twelve hours; a refresh that fails has this long to be tried again. */
const renewBeforeMs = 2 * 3_600_000;

/** A token that is about to expire may be over when it arrives. */
const marginMs = 30_000;

/** What Slack refused is not tried again before this. */
const restMs = 60_000;

const refreshTimeoutMs = 10_000;

/** What Slack says to a token that is over. */
const endings = ['token_expired', 'token_revoked', 'invalid_auth'];

const refreshed = z.object({
  ok: z.literal(true),
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** Slack said no to a refresh, in its own word. */
class RefreshRefused extends Error {
  override readonly name = 'RefreshRefused';
}

/**
 * Creates what keeps a rotating bot token in force, also where several bots share it.
 *
 * One bot at a time refreshes, since a refresh token works once. The new pair is stored at once; as long as the store
 * refuses it, this bot goes by it and tries to store it again, and nobody refreshes.
 */
export function createRotatingToken(options: {
  readonly secrets: TokenRotationSecrets;
  readonly pairs: TokenPairRepository;
  readonly apiUrl?: string | undefined;
  readonly fetch: webApi.FetchFunction;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): RotatingToken {
  const { pairs, log, now } = options;
  let held: TokenPair | undefined;
  /** What the store has not taken yet: the only way to the next pair, since the token it came from works once. */
  let unsaved: { readonly pair: TokenPair; readonly usedToken: string } | undefined;
  let flight: Promise<void> | undefined;
  let forcedAtMs = Number.NEGATIVE_INFINITY;
  let refusal: { readonly atMs: number; readonly error: RefreshRefused } | undefined;

  const lasts = (pair: TokenPair | undefined, ms: number) =>
    pair !== undefined && pair.expiresAtMs - now() > ms;

  async function refreshAlone(isDue: (pair: TokenPair | undefined) => boolean): Promise<void> {
    const stored = unsaved ? undefined : await pairs.read();
    if (stored && !isDue(stored)) {
      held = stored;
      return;
    }
    if (!unsaved && refusal && now() - refusal.atMs < restMs) throw refusal.error;
    let done: TokenPair | undefined;
    try {
      done = await pairs.alone((write) => replace(isDue, write));
    } catch (error) {
      if (!unsaved) throw error;
      const text =
        'The new Slack token could not be stored and would be lost with this process; it is tried again';
      log.error({ err: asError(error) }, text);
      if (!lasts(unsaved.pair, marginMs)) throw error;
    }
    // Another bot is at it; what is stored is good for as long as it lasts.
    const known = done ?? unsaved?.pair ?? stored;
    if (!known || !lasts(known, marginMs))
      throw new Error('Another bot refreshes the token of Slack just now');
    held = known;
    if (done) log.info({ until: new Date(done.expiresAtMs).toISOString() }, 'The Slack token is in effect');
  }

  /** Stores what is not stored yet, and refreshes what is due after that. */
  async function replace(
    isDue: (pair: TokenPair | undefined) => boolean,
    write: (pair: TokenPair) => Promise<void>,
  ): Promise<TokenPair> {
    const save = async (pair: TokenPair): Promise<void> => {
      await write(pair);
      unsaved = undefined;
    };
    const latest = await pairs.read();
    // Another pair came from the same token meanwhile, or this one was stored although that seemed to fail.
    if (unsaved && latest && latest.refreshToken !== unsaved.usedToken) unsaved = undefined;
    const current = unsaved?.pair ?? latest;
    if (unsaved) await save(unsaved.pair);
    if (current && !isDue(current)) return current;
    const usedToken = current?.refreshToken ?? options.secrets.refreshToken;
    const pair = await refresh(usedToken);
    unsaved = { pair, usedToken };
    // Slack has ended the one before, so nothing is gained by waiting for the store.
    held = pair;
    await save(pair);
    return pair;
  }

  async function refresh(refreshToken: string): Promise<TokenPair> {
    const { apiUrl = 'https://slack.com/api/', fetch: fetchFrom, secrets } = options;
    const form = new URLSearchParams({
      client_id: secrets.clientId,
      client_secret: secrets.clientSecret,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    const atMs = now();
    const response = await fetchFrom(new URL('oauth.v2.access', apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal: AbortSignal.timeout(refreshTimeoutMs),
    });
    const said: unknown = await response.json();
    const parsed = refreshed.safeParse(said);
    if (!parsed.success) {
      const word = wordIn(said);
      if (word === undefined || response.status !== 200)
        throw new Error(`Slack answered ${response.status} to a refresh`);
      refusal = { atMs, error: new RefreshRefused(word) };
      throw refusal.error;
    }
    const { access_token: accessToken, refresh_token: next, expires_in: seconds } = parsed.data;
    return { accessToken, refreshToken: next, expiresAtMs: atMs + seconds * 1000 };
  }

  /** Lets everybody in this process wait for the same refresh. */
  function refreshWhere(isDue: (pair: TokenPair | undefined) => boolean): Promise<void> {
    flight ??= refreshAlone(isDue).finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function current(): Promise<string> {
    if (!lasts(held, marginMs)) await refreshWhere((pair) => !lasts(pair, marginMs));
    return held?.accessToken ?? '';
  }

  /** Gives the token that took the place of one Slack does not take any more. */
  async function instead(used: string): Promise<string> {
    if (held?.accessToken !== used) return held?.accessToken ?? '';
    // What is wrong may not be the token: then another one would be refused as well, and the next one.
    if (now() - forcedAtMs < restMs) return used;
    forcedAtMs = now();
    await refreshWhere((pair) => !pair || pair.accessToken === used);
    return held.accessToken;
  }

  return {
    authorize:
      (fetchFrom) =>
      async (url, init = {}) => {
        const { headers = {} } = init;
        if (headers.Authorization !== `Bearer ${tokenStandIn}`) return fetchFrom(url, init);
        const send = (token: string) =>
          fetchFrom(url, { ...init, headers: { ...headers, Authorization: `Bearer ${token}` } });
        try {
          const used = await current();
          const { response, word } = await readWord(await send(used));
          if (word === undefined || !endings.includes(word)) return response;
          // Slack did nothing with a token it does not take, so nothing is done twice.
          return await send(await instead(used));
        } catch (error) {
          if (!(error instanceof RefreshRefused)) throw error;
          const text = `Slack refuses to refresh the token (${error.message}); install the app again and set SLACK_REFRESH_TOKEN`;
          log.error({ word: error.message }, text);
          return Response.json({ ok: false, error: 'token_expired' });
        }
      },
    async renew() {
      try {
        if (unsaved || !lasts(held, renewBeforeMs)) await refreshWhere((pair) => !lasts(pair, renewBeforeMs));
      } catch (error) {
        log.error({ err: asError(error) }, 'The Slack token could not be refreshed; it is tried again');
      }
    },
  };
}

type SlackResponse = Awaited<ReturnType<webApi.FetchFunction>>;

/** Reads the word of a refusal, and gives the response as if nobody had read it. */
async function readWord(
  response: SlackResponse,
): Promise<{ readonly response: SlackResponse; readonly word: string | undefined }> {
  const bytes = await response.arrayBuffer();
  const { status, statusText } = response;
  const headers = Object.fromEntries(response.headers.entries());
  // What was unpacked on the way must not be unpacked again.
  for (const name of ['content-encoding', 'content-length']) delete headers[name];
  const again = new Response(status === 204 ? null : bytes, { status, statusText, headers });
  let word: string | undefined;
  try {
    word = wordIn(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // Whoever called says what to make of this.
  }
  return { response: again, word };
}

function wordIn(said: unknown): string | undefined {
  const { success, data } = z.object({ ok: z.literal(false), error: z.string() }).safeParse(said);
  return success ? data.error : undefined;
}

const noteKey = 'slack:token-pair';

const leaseName = 'slack-token';

/** Longer than the chat may take to answer: two at the same time with one refresh token can end the installation. */
const leaseMs = 60_000;

/** A pair as it is stored: under lock, and of which installation it comes. */
interface StoredPair {
  readonly origin: string;
  readonly keyId: string;
  readonly text: string;
}

/**
 * Creates the place where the tokens of the chat are kept, under lock, for every bot on the store.
 *
 * `origin` names the installation the settings speak of: a pair that comes from another one is passed over, so that
 * installing the app again begins anew.
 */
export function createTokenPairs(options: {
  readonly store: Store;
  readonly secretBox: SecretBox;
  readonly origin: string;
  readonly replicaId: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Passes the time between two attempts to write. */
  readonly pause?: (ms: number) => Promise<unknown>;
}): TokenPairRepository {
  const { store, secretBox, origin, replicaId, now, pause = sleep } = options;
  const bound = `${noteKey}/${origin}`;
  const read = async (): Promise<TokenPair | undefined> => {
    const note = await store.getNote(noteKey);
    if (note === undefined) return undefined;
    const stored: StoredPair = JSON.parse(note);
    const kept = stored.origin === origin ? secretBox.unlock(stored, bound) : undefined;
    return kept === undefined ? undefined : JSON.parse(kept);
  };
  const take = () => store.acquireLease({ name: leaseName, replicaId, nowMs: now(), leaseMs });
  const write = async (pair: TokenPair, fence: number): Promise<void> => {
    const { keyId, text } = secretBox.lock(JSON.stringify(pair), bound);
    const stored: StoredPair = { origin, keyId, text };
    for (let left = writeAttempts; ; left -= 1) {
      try {
        // A slow store would let the right run out between two attempts.
        await take();
        return await fenced(store, { name: leaseName, fence }).putNote(noteKey, JSON.stringify(stored));
      } catch (error) {
        if (left <= 1 || error instanceof LeaseLost) throw error;
        await pause(1_000);
      }
    }
  };
  let isUnsaved = false;
  return {
    read,
    async alone(work) {
      const taken = await take();
      if (!taken) return undefined;
      try {
        const done = await work(async (pair) => {
          isUnsaved = true;
          await write(pair, taken.fence);
          isUnsaved = false;
        });
        isUnsaved = false;
        return done;
      } finally {
        // Whoever got the right now would use again the refresh token that the pair not stored came from.
        if (!isUnsaved) await store.releaseLease(leaseName, replicaId);
      }
    },
  };
}

/** Few, since whoever has the pair keeps it and tries again. */
const writeAttempts = 5;

/** Names an installation by the refresh token it began with, which it does not give away. */
export function originOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken, 'utf8').digest('hex');
}
