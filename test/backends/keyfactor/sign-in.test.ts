import { afterEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { secrets, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const withClient = async (change: Readonly<Record<string, unknown>> = {}, behaviour = {}) => {
  bench = await startBench({ behaviour });
  const auth = { kind: 'oauth', tokenUrl: bench.tokenUrl, clientId: 'countersign', ...change };
  return bench.another({ settings: { auth } });
};

describe('client credentials', () => {
  it.each(['post', 'basic'])(
    'are sent by %s, with scopes and audience where there are any',
    async (clientAuth) => {
      const backend = await withClient({ clientAuth, scopes: ['a', 'b'], audience: 'keyfactor' });
      expect(await backend.observe([])).toEqual({ snapshots: [] });
      expect(bench.command.tokenRequests).toMatchObject([{ scope: 'a b', audience: 'keyfactor' }]);
    },
  );

  it('leave out scopes and audience where there are none', async () => {
    const backend = await withClient();
    await backend.observe([]);
    expect(bench.command.tokenRequests[0]?.scope).not.toBe('');
    expect(bench.command.tokenRequests[0]?.audience).not.toBe('');
  });

  it('are used once for many calls at the same time', async () => {
    const backend = await withClient();
    for (let count = 0; count < 6; count += 1) bench.startRun();
    await Promise.all([backend.observe([]), backend.observe([]), backend.observe([])]);
    expect(bench.command.tokenRequests).toHaveLength(1);
  });

  it('are used again a minute before the token expires', async () => {
    const backend = await withClient({}, { tokenLifetimeSeconds: 300 });
    await backend.observe([]);
    bench.advanceClock(239_000);
    await backend.observe([]);
    expect(bench.command.tokenRequests).toHaveLength(1);
    bench.advanceClock(1_000);
    await backend.observe([]);
    expect(bench.command.tokenRequests).toHaveLength(2);
  });

  it('are used again, once, when a token is refused before its time', async () => {
    const backend = await withClient();
    await backend.observe([]);
    bench.command.revokeTokens();
    await Promise.all([backend.observe([]), backend.observe([])]);
    expect(bench.command.tokenRequests).toHaveLength(2);
  });

  it('deliver a signal once when its token was refused', async () => {
    const backend = await withClient();
    const instance = await bench.found(bench.startRun());
    await backend.observe([]);
    bench.command.revokeTokens();
    expect(await backend.sendSignal(instance, { verdict: 'approve', comment: 'ok' })).toEqual({
      kind: 'accepted',
    });
    expect(bench.command.effectiveSignals).toHaveLength(1);
  });

  it('fail after one new token when the server refuses that too', async () => {
    const backend = await withClient();
    bench.command.fail({ fault: 'http-401', path: 'AssignedToMe', times: 9 });
    expect(await bench.failure(backend.observe([]))).toMatchObject({ code: 'sign-in', retryable: false });
    expect(bench.command.tokenRequests).toHaveLength(2);
  });

  it('that are wrong stop a signal before it is sent', async () => {
    const backend = await withClient({ clientId: 'somebody-else' });
    const instance = await bench.found(bench.startRun());
    const error = await bench.failure(backend.sendSignal(instance, { verdict: 'approve', comment: 'ok' }));
    expect(error).toMatchObject({ code: 'sign-in', applied: 'no', retryable: false });
    expect(error.message).toContain('invalid_client');
    expect(bench.requests('Signals')).toBe(0);
  });

  it.each([
    ['hang-before-effect', 'timeout'],
    ['http-500', 'server-error'],
    ['drop-before-effect', 'unreachable'],
  ] as const)(
    'cannot be used while the provider answers with %s; nothing is applied then',
    async (fault, code) => {
      const backend = await withClient();
      const instance = await bench.found(bench.startRun());
      bench.command.fail({ fault, path: '/oauth/token', times: 9 });
      const error = await bench.failure(backend.sendSignal(instance, { verdict: 'approve', comment: 'ok' }));
      expect(error).toMatchObject({ code, applied: 'no', retryable: true });
      expect(bench.requests('Signals')).toBe(0);
    },
  );
});

describe('other ways of signing in', () => {
  it('takes a token that was issued beforehand, and never renews it', async () => {
    bench = await startBench();
    const accessToken = bench.command.issueToken('f81d4fae-bot');
    const backend = bench.another({ settings: { auth: { kind: 'token' } }, secrets: { accessToken } });
    expect(await backend.observe([])).toEqual({ snapshots: [] });
    bench.command.revokeTokens();
    expect(await bench.failure(backend.observe([]))).toMatchObject({ code: 'sign-in' });
  });

  it.each(['CORP\\svc-countersign', 'svc-countersign'])('takes the user name %s', async (username) => {
    bench = await startBench();
    const backend = bench.another({ settings: { auth: { kind: 'basic', username, domain: 'CORP' } } });
    expect(await backend.observe([])).toEqual({ snapshots: [] });
  });

  it('says that a password is wrong without saying it', async () => {
    bench = await startBench();
    const wrong = bench.another({ secrets: { password: `${secrets.password}-not` } });
    expect(await bench.failure(wrong.observe([]))).toMatchObject({ code: 'sign-in', applied: 'no' });
  });

  it('refuses to start without its secret', async () => {
    bench = await startBench();
    expect(() => bench.another({ secrets: {} })).toThrow('The password is missing.');
  });
});
