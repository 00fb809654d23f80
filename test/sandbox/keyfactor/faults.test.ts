import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultName } from '../../../src/sandbox/shared/faults.js';
import type { Bench } from './start-bench.js';
import { startBench } from './start-bench.js';

let bench: Bench;
let id: string;

beforeEach(async () => {
  bench = await startBench();
  id = bench.startRun();
});

afterEach(() => bench.command.stop());

describe('an ordered fault that answers', () => {
  it.each<[FaultName, number, boolean]>([
    ['http-401', 401, false],
    ['http-500', 500, false],
    ['http-400-after-effect', 400, true],
    ['http-500-after-effect', 500, true],
    ['http-503', 503, false],
    ['html-404', 404, false],
    ['empty-200', 200, false],
    ['not-json', 200, false],
    ['slow', 204, true],
  ])('%s answers %i and took effect: %s', async (fault, status, tookEffect) => {
    bench.command.fail({ path: '/Signals', fault, delayMs: 5 });
    const response = await bench.signal(id, 'CORP\\ann');
    expect(response.status).toBe(status);
    expect(bench.command.effectiveSignals).toHaveLength(tookEffect ? 1 : 0);
    if (fault === 'http-503') expect(response.headers.get('retry-after')).toBe('1');
    if (fault === 'not-json') expect(response.body).toBeUndefined();
    expect(bench.command.requests.at(-1)).toMatchObject({ method: 'POST', status });
  });
});

describe('an ordered fault that does not answer', () => {
  it.each<[FaultName, boolean]>([
    ['drop-before-effect', false],
    ['drop-after-effect', true],
    ['hang-before-effect', false],
    ['hang-after-effect', true],
  ])('%s took effect: %s', async (fault, tookEffect) => {
    bench.command.fail({ method: 'POST', fault });
    const response = bench.signal(id, 'CORP\\ann').then(
      () => 'answered',
      () => 'cut off',
    );
    await bench.command.waitFor(() => bench.command.requests.length > 0);
    expect(bench.command.requests).toMatchObject([{ status: 'none' }]);
    expect(bench.command.effectiveSignals).toHaveLength(tookEffect ? 1 : 0);
    if (fault.startsWith('hang-')) await bench.command.stop();
    expect(await response).toBe('cut off');
  });
});

it('happens as often as ordered, and only to the calls it was ordered for', async () => {
  bench.command.fail({ method: 'get', path: /Instances$/, times: 2, fault: 'http-500' });
  const statuses: number[] = [];
  for (const path of [
    '/Workflow/Definitions',
    '/Workflow/Instances',
    '/Workflow/Instances',
    '/Workflow/Instances',
  ]) {
    statuses.push((await bench.get(path)).status);
  }
  expect(statuses).toEqual([200, 500, 500, 200]);
});

it('is forgotten on request', async () => {
  bench.command.fail({ fault: 'http-500', times: 9 });
  bench.command.clearFaults();
  expect((await bench.get('/Workflow/Instances')).status).toBe(200);
});

it('refuses connections while it is down and remembers everything when it comes back', async () => {
  await bench.command.goDown();
  await expect(bench.get('/Workflow/Instances')).rejects.toThrow();
  await bench.command.comeBack();
  expect((await bench.get(`/Workflow/Instances/${id}`)).status).toBe(200);
});

it('records who called what, and with which query', async () => {
  await bench.get('/Workflow/Instances?ReturnLimit=1', 'CORP\\ann');
  expect(bench.command.requests).toMatchObject([
    {
      method: 'GET',
      path: '/KeyfactorAPI/Workflow/Instances',
      query: 'ReturnLimit=1',
      identity: 'CORP\\ann',
      status: 200,
    },
  ]);
});

it('says what it waited for in vain', async () => {
  await expect(bench.command.waitFor(() => bench.command.requests.length > 99, 10)).rejects.toThrow('> 99');
});
