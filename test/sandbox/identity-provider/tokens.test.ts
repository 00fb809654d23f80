import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Bench } from './start-bench.js';
import { client, jane, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.provider.stop());

const signIn = async () => (await bench.exchange(await bench.code())).body;
const verify = async (token: unknown, audience: string) => {
  const keys = createRemoteJWKSet(new URL(bench.jwksUrl));
  const currentDate = new Date(bench.now());
  return (await jwtVerify(String(token), keys, { issuer: bench.issuer, audience, currentDate })).payload;
};
const invalidGrant = { status: 400, body: { error: 'invalid_grant' } };

describe('a code', () => {
  it('is exchanged for tokens that name the person', async () => {
    const response = await bench.exchange(await bench.code({ nonce: 'once' }));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid profile offline_access',
    });
    const { access_token: access, id_token: id } = response.body;
    const claims = await verify(access, 'keyfactor-command');
    expect(claims).toMatchObject({ preferred_username: jane, client_id: 'countersign' });
    expect(claims.exp).toBe(Math.floor(bench.now() / 1000) + 300);
    expect(decodeProtectedHeader(String(access))).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(await verify(id, 'countersign')).toMatchObject({
      sub: claims.sub,
      nonce: 'once',
      preferred_username: jane,
    });
    expect(bench.provider.issuedTokens.map(({ kind, username }) => [kind, username])).toEqual([
      ['refresh', jane],
      ['access', jane],
      ['id', jane],
    ]);
  });

  it('is good for a minute', async () => {
    const [early, late] = [await bench.code(), await bench.code()];
    bench.advanceClock(59_999);
    expect((await bench.exchange(early)).status).toBe(200);
    bench.advanceClock(1);
    expect(await bench.exchange(late)).toMatchObject(invalidGrant);
  });

  it('is good once, and its second use ends what the first one began', async () => {
    const code = await bench.code();
    const { refresh_token: token } = (await bench.exchange(code)).body;
    expect(await bench.exchange(code)).toMatchObject(invalidGrant);
    expect(await bench.refresh(token)).toMatchObject(invalidGrant);
  });

  it.each<[string, Record<string, string>]>([
    ['another verifier', { code_verifier: 'another-verifier-of-some-length-that-nobody-guesses' }],
    ['no verifier', { code_verifier: '' }],
    ['another address', { redirect_uri: 'https://bot.example.com/else' }],
    ['no address', { redirect_uri: '' }],
    ['another application', { client_id: 'other', client_secret: 'x' }],
  ])('is refused with %s, and used up', async (_what, change) => {
    const code = await bench.code();
    expect(await bench.exchange(code, change)).toMatchObject(invalidGrant);
    expect(await bench.exchange(code)).toMatchObject(invalidGrant);
    expect(bench.provider.issuedTokens).toEqual([]);
  });

  it('brings a refresh token and a name only to those who ask for them', async () => {
    const bare = (await bench.exchange(await bench.code({ scope: 'openid' }))).body;
    expect(bare).not.toHaveProperty('refresh_token');
    expect(await verify(bare.id_token, 'countersign')).not.toHaveProperty('preferred_username');
    const nothing = (await bench.exchange(await bench.code({ scope: '' }))).body;
    expect(nothing).not.toHaveProperty('id_token');
    bench.provider.change({ refreshTokens: 'always' });
    const always = (await bench.exchange(await bench.code({ scope: 'openid' }))).body;
    expect(always).toHaveProperty('refresh_token');
  });
});

describe('a client', () => {
  const grant = { grant_type: 'refresh_token', refresh_token: 'x' };
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

  it('with a wrong secret in the form is refused', async () => {
    const response = await bench.post('/token', { ...grant, ...client, client_secret: 'wrong' });
    expect(response).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('with a wrong secret in the header is refused and told how to prove itself', async () => {
    const response = await bench.post('/token', grant, basic('countersign', 'wrong'));
    expect(response).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it('may prove itself in the header', async () => {
    const response = await bench.post('/token', grant, basic(client.client_id, client.client_secret));
    expect(response).toMatchObject(invalidGrant);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['nobody', { grant_type: 'client_credentials' }, 401, 'invalid_client'],
    ['a client without a grant', { ...client }, 400, 'invalid_request'],
    ['another grant', { ...client, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no code', { ...client, grant_type: 'authorization_code' }, 400, 'invalid_request'],
    ['no refresh token', { ...client, grant_type: 'refresh_token' }, 400, 'invalid_request'],
    ['no service account', { ...client, grant_type: 'client_credentials' }, 400, 'unauthorized_client'],
  ])('is refused with %s', async (_what, form, status, error) => {
    expect(await bench.post('/token', form)).toMatchObject({ status, body: { error } });
  });

  it('is refused when it says something twice or proves itself twice', async () => {
    const twice = await bench.post('/token', 'grant_type=refresh_token&grant_type=refresh_token');
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const both = await bench.post('/token', { ...grant, ...client }, basic('countersign', 's3cret+/%'));
    expect(both).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('with a service account signs in for itself, without a refresh token', async () => {
    const robot = { client_id: 'robot', client_secret: 'y' };
    const { body } = await bench.post('/token', { grant_type: 'client_credentials', ...robot });
    expect(body).not.toHaveProperty('refresh_token');
    expect(await verify(body.access_token, 'keyfactor-command')).toMatchObject({
      preferred_username: 'svc-robot',
    });
  });
});

describe('a refresh token', () => {
  it('is exchanged for a new one, and the old one ends the session', async () => {
    const first = await signIn();
    const second = (await bench.refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await verify(second.access_token, 'keyfactor-command')).toMatchObject({
      preferred_username: jane,
    });
    expect(await bench.refresh(first.refresh_token)).toMatchObject(invalidGrant);
    expect(await bench.refresh(second.refresh_token)).toMatchObject(invalidGrant);
  });

  it('stays the same where the provider does not rotate', async () => {
    bench.provider.change({ rotatesRefreshTokens: false });
    const first = await signIn();
    expect((await bench.refresh(first.refresh_token)).body).not.toHaveProperty('refresh_token');
    expect((await bench.refresh(first.refresh_token)).status).toBe(200);
  });

  it('expires by the clock or by hand', async () => {
    bench.provider.change({ refreshTokenLifetimeSeconds: 60 });
    const first = await signIn();
    bench.advanceClock(60_000);
    expect(await bench.refresh(first.refresh_token)).toMatchObject(invalidGrant);
    const second = await signIn();
    bench.provider.expireRefreshTokens(jane);
    expect(await bench.refresh(second.refresh_token)).toMatchObject(invalidGrant);
  });

  it('is worth nothing to another application, and stays good', async () => {
    const { refresh_token: token } = await signIn();
    const other = { client_id: 'other', client_secret: 'x' };
    expect(await bench.refresh(token, other)).toMatchObject(invalidGrant);
    expect((await bench.refresh(token)).status).toBe(200);
  });

  it('is worth nothing once a person is signed out everywhere', async () => {
    const { refresh_token: token } = await signIn();
    bench.provider.revokeRefreshTokens(jane);
    expect(await bench.refresh(token)).toMatchObject(invalidGrant);
  });

  it('is taken back by its application only', async () => {
    const { refresh_token: token } = await signIn();
    const form = { token: String(token) };
    const stranger = await bench.post('/revoke', { ...form, client_id: 'other', client_secret: 'x' });
    expect(stranger.status).toBe(400);
    expect((await bench.post('/revoke', form)).status).toBe(401);
    expect((await bench.refresh(token)).status).toBe(200);
    expect((await bench.post('/revoke', { ...form, ...client })).status).toBe(200);
    expect((await bench.post('/revoke', { ...form, ...client })).status).toBe(200);
    expect(await bench.refresh(token)).toMatchObject(invalidGrant);
  });

  it('that nobody knows is taken back all the same; an access token cannot be', async () => {
    const { access_token: access } = await signIn();
    expect((await bench.post('/revoke', { token: 'x', ...client })).status).toBe(200);
    expect(await bench.post('/revoke', { token: String(access), ...client })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_token_type' },
    });
    expect((await bench.post('/revoke', client)).body).toMatchObject({ error: 'invalid_request' });
  });
});

describe('user info', () => {
  const ask = (token: unknown) => bench.get('/userinfo', { authorization: `Bearer ${String(token)}` });

  it('names the person while the session lasts', async () => {
    const { access_token: access, refresh_token: refresh } = await signIn();
    expect(await ask(access)).toMatchObject({ status: 200, body: { preferred_username: jane } });
    await bench.post('/revoke', { token: String(refresh), ...client });
    const ended = await ask(access);
    expect(ended.status).toBe(401);
    expect(ended.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('says nothing to expired, foreign or missing tokens', async () => {
    const { access_token: access, id_token: id } = await signIn();
    expect((await ask(id)).status).toBe(401);
    expect((await ask(`${String(access)}x`)).status).toBe(401);
    expect((await bench.get('/userinfo')).status).toBe(401);
    bench.advanceClock(300_000);
    expect((await ask(access)).status).toBe(401);
  });
});

describe('trouble', () => {
  it('happens to the token endpoint as ordered, and no longer', async () => {
    const { refresh_token: token } = await signIn();
    bench.provider.fail({ fault: 'http-503' });
    expect((await bench.refresh(token)).status).toBe(503);
    bench.provider.fail({ fault: 'not-json' });
    expect((await bench.refresh(token)).text).toContain('<!--');
    bench.provider.fail({ fault: 'drop-before-effect' });
    await expect(bench.refresh(token)).rejects.toThrow('fetch failed');
    bench.provider.fail({ fault: 'slow', delayMs: 1 });
    expect((await bench.refresh(token)).status).toBe(200);
  });

  it('can cost the only answer that had the next token in it', async () => {
    const { refresh_token: token } = await signIn();
    bench.provider.fail({ fault: 'drop-after-effect' });
    await expect(bench.refresh(token)).rejects.toThrow('fetch failed');
    expect(await bench.refresh(token)).toMatchObject(invalidGrant);
  });
});
