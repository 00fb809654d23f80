import { describe, expect, it } from '@jest/globals';
import { createPolicies, TransportFailure } from '../../../src/backends/http/connection.js';
import { keyfactorDialect } from '../../../src/backends/keyfactor/client.js';

const response = (status: number, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: '',
});

/** Counts attempts, which end one after the other as told; the last one again and again. */
const attempts = (...ends: readonly (ReturnType<typeof response> | Error)[]) => {
  let made = 0;
  return {
    made: () => made,
    run: async () => {
      const end = ends[Math.min(made, ends.length - 1)];
      made += 1;
      if (end === undefined || end instanceof Error) throw end;
      return end;
    },
  };
};

const policies = (change = {}) =>
  createPolicies({ pauseMs: 1, ...change }, keyfactorDialect.retryableStatuses);
const lost = new TransportFailure('connection-lost', 'ECONNRESET');

describe('a read', () => {
  it.each([
    ['lost connections', lost, 3],
    ['refused connections', new TransportFailure('no-connection', 'ECONNREFUSED'), 3],
    ['answers that took too long', new TransportFailure('timeout', 'late'), 1],
    ['answers that are too large', new TransportFailure('too-large', 'large'), 1],
    ['bugs', new TypeError('bug'), 1],
  ])('after %s is tried so often', async (_what, end, times) => {
    const { run, made } = attempts(end);
    await expect(policies().read(run)).rejects.toBe(end);
    expect(made()).toBe(times);
  });

  it.each([
    [200, 1],
    [400, 1],
    [401, 1],
    [404, 1],
    [429, 3],
    [500, 3],
    [501, 1],
    [503, 3],
  ])('answered %d is tried so often: %d', async (status, times) => {
    const { run, made } = attempts(response(status));
    expect(await policies().read(run)).toMatchObject({ status });
    expect(made()).toBe(times);
  });

  it('waits as long as the server asks', async () => {
    const { run } = attempts(response(503, { 'retry-after': '1' }), response(200));
    const startedMs = performance.now();
    expect(await policies().read(run)).toMatchObject({ status: 200 });
    expect(performance.now() - startedMs).toBeGreaterThan(900);
  });

  it('is not tried again when the server asks for more patience than there is', async () => {
    const { run, made } = attempts(response(503, { 'retry-after': '60' }));
    expect(await policies().read(run)).toMatchObject({ status: 503 });
    expect(made()).toBe(1);
  });

  it('never runs beside more others than allowed', async () => {
    const { read } = policies({ concurrentReads: 2 });
    let running = 0;
    let most = 0;
    const slow = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return response(200);
    };
    await Promise.all(Array.from({ length: 9 }, () => read(slow)));
    expect(most).toBe(2);
  });
});

describe('a write', () => {
  it.each([
    ['a lost connection', lost],
    ['a refused connection', new TransportFailure('no-connection', 'ECONNREFUSED')],
  ])('is made once, whatever comes of it: %s', async (_what, end) => {
    const { run, made } = attempts(end);
    await expect(policies().write(run)).rejects.toBe(end);
    expect(made()).toBe(1);
  });

  it.each([429, 500, 503])('is made once, whatever comes of it: %d', async (status) => {
    const { run, made } = attempts(response(status));
    expect(await policies().write(run)).toMatchObject({ status });
    expect(made()).toBe(1);
  });

  it('is not made while the server is left alone', async () => {
    const { read, write } = policies({ retries: 0, breakAfter: 1 });
    await expect(read(attempts(lost).run)).rejects.toBe(lost);
    const { run, made } = attempts(response(204));
    await expect(write(run)).rejects.toMatchObject({ isBrokenCircuitError: true });
    expect(made()).toBe(0);
  });

  it('is not held up by one request that always fails', async () => {
    const { read, write } = policies({ retries: 0, breakAfter: 2 });
    for (let count = 0; count < 5; count += 1) await read(attempts(response(500)).run);
    expect(await write(attempts(response(204)).run)).toMatchObject({ status: 204 });
  });
});
