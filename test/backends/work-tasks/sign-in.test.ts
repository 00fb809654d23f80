import { afterEach, describe, expect, it } from '@jest/globals';
import { createIdentityProvider } from '../../../src/sandbox/identity-provider/identity-provider.js';
import { defined } from '../../../src/shared/language.js';
import type { Bench } from './start-bench.js';
import { ann, secrets, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const pauseOf = (id: string) => ({ kind: 'pause', instance: { system: 'plant-hr', id } }) as const;

describe('signing in', () => {
  it('asks the identity manager for the scope that Work Tasks wants, once', async () => {
    bench = await startBench();
    const ref = bench.begin();
    await Promise.all([bench.found(ref), bench.found(ref), bench.found(ref)]);
    expect(bench.workTasks.tokenRequests).toMatchObject([
      { issuer: 'aim', scope: 'system', clientAuthentication: 'client_secret_post', granted: true },
    ]);
  });

  it('asks for no scope where the settings name none', async () => {
    bench = await startBench();
    const auth = { kind: 'aim', tokenUrl: bench.tokenUrl, clientId: 'countersign', scope: '' };
    await bench.another({ settings: { auth } })[0]?.getInstance(bench.begin());
    expect(bench.workTasks.tokenRequests).toMatchObject([{ scope: null, granted: true }]);
  });

  it('asks Entra for the scope of the application', async () => {
    bench = await startBench({ behaviour: { trusts: 'entra' } });
    const auth = { kind: 'entra', tokenUrl: bench.entraTokenUrl, clientId: 'countersign' };
    const [backend] = bench.another({ settings: { auth } });
    expect(await backend?.getInstance(bench.begin())).toMatchObject({ kind: 'found' });
    expect(bench.workTasks.tokenRequests).toMatchObject([
      { issuer: 'entra', scope: 'api://countersign/worktasks/.default' },
    ]);
  });

  it('takes a token that was issued beforehand, and never renews it', async () => {
    bench = await startBench();
    const ref = bench.begin();
    const accessToken = bench.workTasks.issueToken(ann.identity);
    const [backend] = bench.another({ settings: { auth: { kind: 'token' } }, secrets: { accessToken } });
    expect(await backend?.getInstance(ref)).toMatchObject({ kind: 'found' });
    bench.workTasks.revokeTokens();
    expect(await bench.failure(backend?.getInstance(ref) ?? Promise.resolve())).toMatchObject({
      code: 'sign-in',
      retryable: false,
    });
    expect(bench.workTasks.tokenRequests).toHaveLength(0);
  });

  it('needs no token where the repository asks for none', async () => {
    bench = await startBench({ behaviour: { credentials: 'none' } });
    const [backend] = bench.another({ settings: { auth: { kind: 'none' } }, secrets: {} });
    expect(await backend?.getInstance(bench.begin())).toMatchObject({ kind: 'found' });
    expect(bench.workTasks.requests[0]?.caller).toBeNull();
  });

  it('sends the extra header only where the settings say so', async () => {
    bench = await startBench();
    const ref = bench.begin();
    await bench.found(ref);
    const [backend] = bench.another({ settings: { extraAccessTokenHeader: true } });
    await backend?.getInstance(ref);
    expect(bench.workTasks.requests.map(({ accessTokenHeader }) => accessTokenHeader)).toEqual([
      'absent',
      'same',
    ]);
  });

  it('asks for a new token a minute before the old one expires', async () => {
    bench = await startBench({ behaviour: { tokenLifetimeSeconds: 300 } });
    const ref = bench.begin();
    await bench.found(ref);
    bench.advanceClock(239_000);
    await bench.found(ref);
    expect(bench.workTasks.tokenRequests).toHaveLength(1);
    bench.advanceClock(1_000);
    await bench.found(ref);
    expect(bench.workTasks.tokenRequests).toHaveLength(2);
  });

  it('signs in once more when a token is refused before its time, and makes the change once', async () => {
    bench = await startBench();
    const ref = bench.begin();
    await bench.found(ref);
    bench.workTasks.revokeTokens();
    expect(await bench.change(pauseOf(ref.id))).toEqual({ kind: 'accepted' });
    expect(bench.workTasks.tokenRequests).toHaveLength(2);
    expect(bench.requests('pause').map(({ status }) => status)).toEqual([401, 200]);
  });

  it('gives up after one new token: a read fails and a change is refused', async () => {
    bench = await startBench();
    const ref = bench.begin();
    bench.workTasks.fail({ fault: 'http-401', path: '/api/', times: 4 });
    expect(await bench.failure(bench.backend.getInstance(ref))).toMatchObject({ code: 'sign-in' });
    expect(await bench.change(pauseOf(ref.id))).toMatchObject({ kind: 'refused', reason: 'sign-in' });
    expect(bench.workTasks.tokenRequests.length).toBeLessThanOrEqual(3);
  });

  it('with a wrong secret stops a change before it is sent', async () => {
    bench = await startBench();
    const ref = bench.begin();
    const [backend] = bench.another({ secrets: { clientSecret: `${secrets.clientSecret}-not` } });
    const work = backend?.operations.change?.(pauseOf(ref.id), ann) ?? Promise.resolve();
    const error = await bench.failure(work);
    expect(error).toMatchObject({ code: 'sign-in', applied: 'no', retryable: false });
    expect(error.message).toContain('invalid_client');
    expect(bench.requests('pause')).toHaveLength(0);
  });

  it.each([
    ['a wrong secret', {}, { clientSecret: 'another' }, 'invalid_client, AADSTS7000215'],
    ['a client it does not know', { clientId: 'stranger' }, {}, 'unauthorized_client, AADSTS700016'],
    ['a scope without /.default', { scope: 'api://countersign/worktasks' }, {}, 'AADSTS1002012'],
  ])('repeats the code with which Entra refuses %s, and nothing more of what it says', async (...row) => {
    const [, more, otherSecrets, said] = row;
    bench = await startBench();
    const ref = bench.begin();
    const auth = { kind: 'entra', tokenUrl: bench.entraTokenUrl, clientId: 'countersign', ...more };
    const [backend] = bench.another({ settings: { auth }, secrets: { ...secrets, ...otherSecrets } });
    const { message } = await bench.failure(backend?.getInstance(ref) ?? Promise.resolve());
    expect(message).toContain(said);
    expect(message).not.toMatch(/Trace ID|provided/);
  });

  it('refuses to start without its secret', async () => {
    bench = await startBench();
    expect(() => bench.another({ secrets: {} })).toThrow('The client secret is missing.');
    expect(() => bench.another({ settings: { auth: { kind: 'token' } }, secrets: {} })).toThrow(
      'The access token is missing.',
    );
  });
});

describe('the sign-in of people', () => {
  const redirectUri = 'https://bot.example.com/link/callback';

  async function signedInAs(claim: string, templates: { readonly server?: string; readonly claim?: string }) {
    bench = await startBench();
    const provider = createIdentityProvider();
    provider.addClient({ clientId: 'people', clientSecret: 'x', redirectUris: [redirectUri] });
    provider.addPerson({ username: claim, name: 'Ann' });
    const { issuer } = await provider.start();
    try {
      const [backend] = bench.another({
        settings: {
          signalAs: 'person',
          personSignIn: { issuer, clientId: 'people', ...defined({ userTemplate: templates.claim }) },
          ...defined({ userTemplate: templates.server }),
        },
        secrets: { ...secrets, personClientSecret: 'x' },
      });
      const checks = await backend?.checkUp?.({ changes: true, named: [] });
      const { url = '', verifier = '' } =
        (await backend?.personSignIn?.beginSignIn({ redirectUri, state: 's' })) ?? {};
      const callbackUrl = await provider.signIn(claim, url);
      const result = backend?.personSignIn?.finishSignIn({ callbackUrl, verifier, state: 's' });
      return { checks, issuer, result: await result?.catch((error: unknown) => error) };
    } finally {
      await provider.stop();
    }
  }

  it.each([
    ['activedirectory::ann', {}, 'activedirectory::ann'],
    ['ann@example.com', { server: 'azureactivedirectory::{email}' }, 'azureactivedirectory::ann@example.com'],
    ['CORP\\ann', { claim: 'activedirectory::{name}' }, 'activedirectory::ann'],
  ])('makes of %s, with the templates %j, the user %s', async (claim, templates, username) => {
    const { result } = await signedInAs(claim, templates);
    expect(result).toMatchObject({ kind: 'signed-in', username });
  });

  it('links nobody whom no template makes a user of, and says which setting does', async () => {
    const { result } = await signedInAs('CORP\\ann', {});
    expect(result).toMatchObject({ message: expect.stringContaining('personSignIn.userTemplate') });
  });

  it('is checked by the doctor', async () => {
    const { checks, issuer } = await signedInAs('activedirectory::ann', {});
    expect(checks).toContainEqual({
      name: 'plant-hr: people sign in',
      verdict: 'good',
      detail: `at ${new URL(issuer).origin}`,
    });
  });
});
