import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultName } from '../../../src/sandbox/shared/faults.js';
import type { Bench } from './start-bench.js';
import { ann, place, startBench, startBody } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.tasks.stop());

describe('an ordered fault that answers', () => {
  it.each<[FaultName, number, boolean]>([
    ['http-401', 401, false],
    ['http-500', 500, false],
    ['http-400-after-effect', 400, true],
    ['http-500-after-effect', 500, true],
    ['http-503', 503, false],
    ['html-404', 404, false],
    ['not-json', 200, false],
    ['slow', 200, true],
  ])('%s answers %i and took effect: %s', async (fault, status, tookEffect) => {
    bench.tasks.fail({ path: '/execute', fault, delayMs: 5 });
    const response = await bench.post('execute', startBody);
    expect(response.status).toBe(status);
    expect(bench.tasks.executions()).toHaveLength(tookEffect ? 1 : 0);
    if (fault === 'http-503') expect(response.headers.get('retry-after')).toBe('1');
    if (fault === 'not-json') expect(response.body).toBeUndefined();
    expect(bench.tasks.requests).toMatchObject([{ method: 'POST', status, sent: startBody }]);
  });
});

describe('an ordered fault that does not answer', () => {
  it.each<[FaultName, boolean]>([
    ['drop-before-effect', false],
    ['drop-after-effect', true],
    ['hang-before-effect', false],
    ['hang-after-effect', true],
  ])('%s took effect: %s', async (fault, tookEffect) => {
    bench.tasks.fail({ method: 'POST', fault });
    const response = bench.post('execute', startBody).then(
      () => 'answered',
      () => 'cut off',
    );
    await bench.tasks.waitFor(() => bench.tasks.requests.length > 0);
    expect(bench.tasks.requests).toMatchObject([{ status: 'none' }]);
    expect(bench.tasks.executions()).toHaveLength(tookEffect ? 1 : 0);
    if (fault.startsWith('hang-')) await bench.tasks.stop();
    expect(await response).toBe('cut off');
  });
});

it('happens as often as ordered, and only to the calls it was ordered for', async () => {
  bench.tasks.startExecution({ ...place, user: ann });
  bench.tasks.fail({ method: 'get', path: /status$/, times: 2, fault: 'http-500' });
  const statuses: number[] = [];
  for (const operation of ['lastinstance', 'status', 'status', 'status']) {
    const query = { repo: 'Plant', workflow: 'Leave WF', executionid: '1001' };
    statuses.push((await bench.get(operation, query)).status);
  }
  expect(statuses).toEqual([200, 500, 500, 200]);
});

it('is forgotten on request', async () => {
  bench.tasks.fail({ fault: 'http-500', times: 9 });
  bench.tasks.clearFaults();
  expect((await bench.post('execute', startBody)).status).toBe(200);
});

it('can befall a token endpoint', async () => {
  bench.tasks.fail({ path: '/connect/token', fault: 'http-503' });
  expect((await bench.askForToken(bench.tokenUrl, {})).status).toBe(503);
  expect(bench.tasks.tokenRequests).toEqual([]);
});

it('refuses connections while it is down and remembers everything when it comes back', async () => {
  await bench.post('execute', startBody);
  await bench.tasks.goDown();
  await expect(bench.post('execute', startBody)).rejects.toThrow();
  await bench.tasks.comeBack();
  expect((await bench.get('status', { repo: 'Plant', executionid: '1001' })).body).toBe('SL');
});

it('tells the time of its own clock', async () => {
  bench.advanceClock(86_400_000);
  const response = await bench.post('execute', startBody);
  expect(response.headers.get('date')).toBe('Wed, 05 Mar 2025 05:06:07 GMT');
});

it('says what it waited for in vain', async () => {
  await expect(bench.tasks.waitFor(() => bench.tasks.requests.length > 99, 10)).rejects.toThrow('> 99');
});
