import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  clientSecret,
  jane,
  li,
  type PeopleBench,
  redirectUri,
  signInOf,
  startPeopleBench,
} from './start-people-bench.js';

let bench: PeopleBench;

afterEach(() => bench.stop());

const requestsTo = (path: string) => bench.provider.requests.filter((request) => request.path === path);

describe('signing a person in', () => {
  it('begins at the provider with a challenge, the scopes and the state', async () => {
    bench = await startPeopleBench();
    const { url, verifier } = await bench.signIn.beginSignIn({ redirectUri, state: 'a&b' });
    const { origin, pathname, searchParams } = new URL(url);
    expect(`${origin}${pathname}`).toBe(`${bench.issuer}/authorize`);
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: 'people',
      redirect_uri: redirectUri,
      scope: 'openid profile offline_access',
      state: 'a&b',
      code_challenge_method: 'S256',
      prompt: 'login',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(verifier).toMatch(/^[\w-]{43,}$/);
    expect(url).not.toContain(verifier);
  });

  it('ends with tokens and the name the workflow system knows', async () => {
    bench = await startPeopleBench();
    const response = await bench.signIn.finishSignIn(await bench.callback());
    expect(response).toEqual({
      kind: 'signed-in',
      subject: expect.stringMatching(/^[0-9a-f-]{36}$/),
      username: jane,
      tokens: {
        accessToken: expect.stringMatching(/^eyJ/),
        refreshToken: expect.stringMatching(/^refresh\./),
        expiresAtMs: bench.now() + 300_000,
      },
    });
  });

  it('finds the name in the user info where the token does not tell it', async () => {
    bench = await startPeopleBench({ namesInIdTokens: false });
    expect(await bench.signIn.finishSignIn(await bench.callback(li))).toMatchObject({ username: li });
  });

  it('describes the provider once, until an hour has passed', async () => {
    bench = await startPeopleBench();
    await Promise.all([bench.callback(), bench.callback()]);
    await bench.tokensOf(li);
    expect(requestsTo('/.well-known/openid-configuration')).toHaveLength(1);
    bench.advanceClock(3_600_000);
    await bench.callback();
    expect(requestsTo('/.well-known/openid-configuration')).toHaveLength(2);
  });

  it('counts only when the provider’s own keys signed who it was', async () => {
    bench = await startPeopleBench();
    const response = await bench.callback();
    bench.provider.fail({ fault: 'not-json', path: '/jwks' });
    expect((await bench.failure(bench.signIn.finishSignIn(response))).name).toBe('ContractError');
    expect((await bench.signIn.finishSignIn(await bench.callback())).kind).toBe('signed-in');
    expect(requestsTo('/jwks')).toHaveLength(2);
  });

  it('describes it again after that failed', async () => {
    bench = await startPeopleBench();
    bench.provider.fail({ fault: 'http-503', path: '/.well-known/openid-configuration', times: 3 });
    expect(await bench.failure(bench.callback())).toMatchObject({ code: 'server-error', retryable: true });
    expect((await bench.signIn.finishSignIn(await bench.callback())).kind).toBe('signed-in');
  });
});

describe('a sign-in that ends otherwise', () => {
  it.each([
    ['another state', (url: string) => url.replace('a-state', 'another')],
    ['no state', (url: string) => url.replace('state=a-state', '')],
    ['two states', (url: string) => `${url}&state=another`],
  ])('tells of %s, and asks the provider nothing', async (_what, change) => {
    bench = await startPeopleBench();
    const response = await bench.callback();
    const changed = { ...response, callbackUrl: change(response.callbackUrl) };
    expect(await bench.signIn.finishSignIn(changed)).toEqual({ kind: 'wrong-state' });
    expect(requestsTo('/token')).toEqual([]);
  });

  it('tells that nobody signed in', async () => {
    bench = await startPeopleBench();
    const { url, verifier } = await bench.signIn.beginSignIn({ redirectUri, state: 's' });
    const callbackUrl = await bench.provider.cancelSignIn(url);
    expect(await bench.signIn.finishSignIn({ callbackUrl, verifier, state: 's' })).toEqual({
      kind: 'cancelled',
    });
  });

  it('tells that it took too long, or was used before', async () => {
    bench = await startPeopleBench();
    const [early, late] = [await bench.callback(), await bench.callback()];
    expect((await bench.signIn.finishSignIn(early)).kind).toBe('signed-in');
    expect(await bench.signIn.finishSignIn(early)).toEqual({ kind: 'expired' });
    bench.advanceClock(60_000);
    expect(await bench.signIn.finishSignIn(late)).toEqual({ kind: 'expired' });
  });

  it('gives nothing for the verifier of somebody else’s sign-in', async () => {
    bench = await startPeopleBench();
    const [one, other] = [await bench.callback(), await bench.callback()];
    const mixed = { ...one, verifier: other.verifier };
    expect(await bench.signIn.finishSignIn(mixed)).toEqual({ kind: 'expired' });
    expect(bench.provider.issuedTokens).toEqual([]);
  });

  it('does not take the answer of another provider', async () => {
    bench = await startPeopleBench();
    const response = await bench.callback();
    const callbackUrl = response.callbackUrl.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example.com');
    const error = await bench.failure(bench.signIn.finishSignIn({ ...response, callbackUrl }));
    expect(error.message).toContain('cannot be used');
    expect(requestsTo('/token')).toEqual([]);
  });

  it('tells the operator that a wrong client secret, scope or claim is to blame', async () => {
    bench = await startPeopleBench();
    const response = await bench.callback();
    const wrong = signInOf(bench.anotherFor({ personClientSecret: 'not-it' }));
    expect(await bench.failure(wrong.finishSignIn(response))).toMatchObject({
      code: 'sign-in',
      applied: 'no',
      retryable: false,
      message: expect.stringContaining('invalid_client'),
    });
    const nameless = signInOf(bench.anotherFor({ personSignIn: { usernameClaim: 'upn' } }));
    expect(await bench.failure(nameless.finishSignIn(await bench.callback()))).toMatchObject({
      paths: ['upn'],
    });
  });

  it('repeats the code by which Microsoft Entra says what is wrong, and nothing else of that', async () => {
    bench = await startPeopleBench({ errorCode: 'AADSTS7000215' });
    const wrong = signInOf(bench.anotherFor({ personClientSecret: 'not-it' }));
    const { message } = await bench.failure(wrong.finishSignIn(await bench.callback()));
    expect(message).toContain('(invalid_client, AADSTS7000215)');
    expect(message).not.toContain('Trace');
  });

  it('ends with an access token alone where the provider grants no refresh', async () => {
    bench = await startPeopleBench();
    const online = signInOf(bench.anotherFor({ personSignIn: { scopes: ['openid', 'profile'] } }));
    const { url, verifier } = await online.beginSignIn({ redirectUri, state: 's' });
    const callbackUrl = await bench.provider.signIn(jane, url);
    expect(await online.finishSignIn({ callbackUrl, verifier, state: 's' })).toMatchObject({
      kind: 'signed-in',
      tokens: { accessToken: expect.stringMatching(/^eyJ/), expiresAtMs: bench.now() + 300_000 },
    });
    expect(bench.provider.issuedTokens.filter(({ kind }) => kind === 'refresh')).toEqual([]);
  });

  it('says that nothing is at the address of the provider', async () => {
    bench = await startPeopleBench();
    const lost = signInOf(bench.anotherFor({ personSignIn: { issuer: new URL(bench.issuer).origin } }));
    expect(await bench.failure(lost.beginSignIn({ redirectUri, state: 's' }))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('personSignIn.issuer'),
    });
  });

  it('refuses to start without the secret', async () => {
    bench = await startPeopleBench();
    expect(() => bench.anotherFor({ personClientSecret: '' })).toThrow('is missing');
  });
});

describe('a refresh token', () => {
  it('is exchanged for fresh tokens, whether or not the provider replaces it', async () => {
    bench = await startPeopleBench();
    const first = await bench.tokensOf(jane);
    bench.advanceClock(240_000);
    const response = await bench.signIn.refresh(first.refreshToken);
    expect(response).toMatchObject({ kind: 'refreshed', tokens: { expiresAtMs: bench.now() + 300_000 } });
    expect(response).not.toMatchObject({ tokens: { refreshToken: first.refreshToken } });
    bench.provider.change({ rotatesRefreshTokens: false });
    const { refreshToken } = await bench.tokensOf(li);
    expect(await bench.signIn.refresh(refreshToken)).toMatchObject({ tokens: { refreshToken } });
  });

  it('that expired, was taken back or was used before is told as revoked', async () => {
    bench = await startPeopleBench();
    const [expired, ended, used] = [
      await bench.tokensOf(jane),
      await bench.tokensOf(li),
      await bench.tokensOf(jane),
    ];
    await bench.signIn.refresh(used.refreshToken);
    bench.provider.expireRefreshTokens(jane);
    bench.provider.revokeRefreshTokens(li);
    for (const { refreshToken } of [expired, ended, used]) {
      expect(await bench.signIn.refresh(refreshToken)).toEqual({ kind: 'revoked' });
    }
  });

  it('is worth nothing once it was given back', async () => {
    bench = await startPeopleBench();
    const { refreshToken } = await bench.tokensOf(jane);
    expect(await bench.signIn.revoke(refreshToken)).toEqual({ kind: 'revoked' });
    expect(await bench.signIn.revoke(refreshToken)).toEqual({ kind: 'revoked' });
    expect(await bench.signIn.refresh(refreshToken)).toEqual({ kind: 'revoked' });
  });

  it('cannot be given back where the provider has no way to', async () => {
    bench = await startPeopleBench({ hasRevocation: false });
    const { refreshToken } = await bench.tokensOf(jane);
    expect(await bench.signIn.revoke(refreshToken)).toEqual({ kind: 'unsupported' });
  });

  it.each([
    ['http-503', 'server-error'],
    ['http-429', 'throttled'],
    ['hang-before-effect', 'timeout'],
    ['drop-before-effect', 'unreachable'],
  ] as const)('is not judged, and used once, while the provider answers with %s', async (fault, code) => {
    bench = await startPeopleBench();
    const { refreshToken } = await bench.tokensOf(jane);
    const before = requestsTo('/token').length;
    bench.provider.fail({ fault });
    expect(await bench.failure(bench.signIn.refresh(refreshToken))).toMatchObject({
      code,
      applied: 'no',
      retryable: true,
    });
    expect(requestsTo('/token')).toHaveLength(before + 1);
    expect((await bench.signIn.refresh(refreshToken)).kind).toBe('refreshed');
  });

  it('is not lost to an answer that is none', async () => {
    bench = await startPeopleBench();
    const { refreshToken } = await bench.tokensOf(jane);
    bench.provider.fail({ fault: 'not-json' });
    expect((await bench.failure(bench.signIn.refresh(refreshToken))).name).toBe('ContractError');
  });
});

describe('an error', () => {
  it('carries no code, token or secret, however deep one looks', async () => {
    bench = await startPeopleBench();
    const response = await bench.callback();
    const { refreshToken } = await bench.tokensOf(jane);
    const nameless = signInOf(bench.anotherFor({ personSignIn: { usernameClaim: 'upn' } }));
    const wrong = signInOf(bench.anotherFor({ personClientSecret: 'not-it' }));
    bench.provider.fail({ fault: 'hang-before-effect' });
    const errors = [
      await bench.failure(bench.signIn.refresh(refreshToken)),
      await bench.failure(wrong.refresh(refreshToken)),
      await bench.failure(nameless.finishSignIn(response)),
    ];
    const said = inspect(errors, { depth: 12, showHidden: true });
    const code = new URL(response.callbackUrl).searchParams.get('code') ?? '';
    const tokens = bench.provider.issuedTokens.map(({ token }) => token);
    expect(tokens.length).toBeGreaterThan(5);
    for (const secret of [...tokens, code, response.verifier, clientSecret])
      expect(said).not.toContain(secret);
  });
});
