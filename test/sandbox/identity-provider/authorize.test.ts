import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { jane, redirectUri, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.provider.stop());

const open = (url: string) => bench.get(url.slice(bench.issuer.length));
const parametersOf = (url: string | null) => Object.fromEntries(new URL(url ?? '').searchParams);

describe('the sign-in page', () => {
  it('lists people with a button each, whatever is in their names', async () => {
    const page = await open(bench.authorizeUrl());
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.text).toContain('Jane &quot;J&quot; &lt;Smith&gt;');
    expect(page.text).toContain('value="KEYEXAMPLE\\jsmith"');
    expect(page.text).not.toContain('<Smith>');
  });

  it('sends back a code, the state as it came and the issuer', async () => {
    const url = await bench.provider.signIn(jane, bench.authorizeUrl());
    expect(url.startsWith(`${redirectUri}?`)).toBe(true);
    expect(parametersOf(url)).toEqual({
      code: expect.stringMatching(/^code\./),
      state: 'st&te',
      iss: bench.issuer,
    });
  });

  it('sends nothing but an error back when nobody signs in', async () => {
    const url = await bench.provider.cancelSignIn(bench.authorizeUrl());
    expect(parametersOf(url)).toMatchObject({ error: 'access_denied', state: 'st&te' });
    expect(parametersOf(url)).not.toHaveProperty('code');
  });

  it('knows only its own people', async () => {
    await expect(bench.provider.signIn('KEYEXAMPLE\\nobody', bench.authorizeUrl())).rejects.toThrow(
      'Nobody of that name',
    );
  });
});

describe('a request to sign in', () => {
  it.each<[string, Record<string, string>]>([
    ['an application that is not known', { client_id: 'stranger' }],
    ['no application', { client_id: '' }],
    ['no address', { redirect_uri: '' }],
    ['an address that is not registered', { redirect_uri: 'https://evil.example.com/' }],
    ['a longer address', { redirect_uri: `${redirectUri}/more` }],
    ['an address with a query', { redirect_uri: `${redirectUri}?x=1` }],
    ['another application’s address', { redirect_uri: 'https://other.example.com/' }],
  ])('with %s is answered with a page and leads nowhere', async (_what, change) => {
    const response = await open(bench.authorizeUrl(change));
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(response.text).toContain('Sign-in is not possible');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no response type', { response_type: '' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no challenge', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['no method of the challenge', { code_challenge_method: '' }, 'invalid_request'],
    ['the verifier itself as challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge of another form', { code_challenge: 'short' }, 'invalid_request'],
    ['a scope nobody knows', { scope: 'openid everything' }, 'invalid_scope'],
  ])('with %s is sent back with an error and its state', async (_what, change, error) => {
    const response = await open(bench.authorizeUrl(change));
    expect(response.status).toBe(303);
    expect(parametersOf(response.headers.get('location'))).toMatchObject({ error, state: 'st&te' });
  });

  it('with a parameter twice is sent back', async () => {
    const response = await open(`${bench.authorizeUrl()}&state=other`);
    expect(parametersOf(response.headers.get('location'))).toMatchObject({ error: 'invalid_request' });
  });

  it('is judged again when the page is answered', async () => {
    const form = new URL(bench.authorizeUrl({ redirect_uri: 'https://evil.example.com/' })).searchParams;
    form.set('signed_in_as', jane);
    const response = await bench.post('/authorize', form.toString());
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });
});

describe('the description of the provider', () => {
  it('lies below the issuer and names every endpoint', async () => {
    const { body } = await bench.get('/.well-known/openid-configuration');
    expect(body).toMatchObject({
      issuer: bench.issuer,
      authorization_endpoint: `${bench.issuer}/authorize`,
      token_endpoint: `${bench.issuer}/token`,
      revocation_endpoint: `${bench.issuer}/revoke`,
      jwks_uri: bench.jwksUrl,
      code_challenge_methods_supported: ['S256'],
    });
    const elsewhere = await fetch(`${new URL(bench.issuer).origin}/.well-known/openid-configuration`);
    expect(elsewhere.status).toBe(404);
  });
});
