import { createHash } from 'node:crypto';
import {
  createIdentityProvider,
  type IdentityProvider,
  type IdentityProviderOptions,
} from '../../../src/sandbox/identity-provider/identity-provider.js';

/** An answer of the provider with its body read. */
interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; empty where it is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A running provider with a clock turned by hand and a client as thin as can be. */
export interface Bench {
  readonly provider: IdentityProvider;
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly now: () => number;
  advanceClock(byMs: number): void;
  /** Address to sign in at; an empty value leaves a parameter out. */
  authorizeUrl(change?: Readonly<Record<string, string>>): string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Seen>;
  post(path: string, form: Readonly<Record<string, string>> | string, authorization?: string): Promise<Seen>;
  /** Signs Jane in and gives the code. */
  code(change?: Readonly<Record<string, string>>): Promise<string>;
  /** Exchanges a code; an empty value leaves a field out. */
  exchange(code: string, change?: Readonly<Record<string, string>>): Promise<Seen>;
  refresh(token: unknown, change?: Readonly<Record<string, string>>): Promise<Seen>;
}

export const jane = 'KEYEXAMPLE\\jsmith';
const verifier = 'a-verifier-of-some-length-that-nobody-guesses-1';
export const redirectUri = 'https://bot.example.com/link/return';
export const client = { client_id: 'countersign', client_secret: 's3cret+/%' };

/** Starts a provider; the caller stops it. */
export async function startBench(options: IdentityProviderOptions = {}): Promise<Bench> {
  let nowMs = Date.parse('2025-03-04T05:06:07.080Z');
  const now = () => nowMs;
  const provider = createIdentityProvider({ now, ...options });
  const { client_id: clientId, client_secret: clientSecret } = client;
  provider.addClient({ clientId, clientSecret, redirectUris: [redirectUri] });
  provider.addClient({ clientId: 'other', clientSecret: 'x', redirectUris: ['https://other.example.com/'] });
  provider.addClient({ clientId: 'robot', clientSecret: 'y', serviceAccount: 'svc-robot' });
  provider.addPerson({ username: jane, name: 'Jane "J" <Smith>' });
  const { issuer, jwksUrl } = await provider.start();
  const post: Bench['post'] = async (path, form, authorization) =>
    seen(
      await fetch(`${issuer}${path}`, {
        method: 'POST',
        body: new URLSearchParams(typeof form === 'string' ? form : given(form)),
        headers: authorization === undefined ? {} : { authorization },
      }),
    );
  const authorizeUrl: Bench['authorizeUrl'] = (change = {}) => {
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const parameters = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid profile offline_access',
      state: 'st&te',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...change,
    };
    return `${issuer}/authorize?${new URLSearchParams(given(parameters))}`;
  };
  return {
    provider,
    issuer,
    jwksUrl,
    now,
    advanceClock(byMs) {
      nowMs += byMs;
    },
    authorizeUrl,
    get: async (path, headers = {}) => seen(await fetch(`${issuer}${path}`, { headers, redirect: 'manual' })),
    post,
    async code(change) {
      const sentTo = new URL(await provider.signIn(jane, authorizeUrl(change)));
      return sentTo.searchParams.get('code') ?? '';
    },
    exchange: (code, change = {}) =>
      post('/token', {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        ...client,
        ...change,
      }),
    refresh: (token, change = {}) =>
      post('/token', {
        grant_type: 'refresh_token',
        refresh_token: String(token),
        ...client,
        ...change,
      }),
  };
}

function given(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

async function seen(response: Response): Promise<Seen> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  } catch {
    return {};
  }
}
