import { afterEach, describe, expect, it } from '@jest/globals';
import type { Bench } from '../start-bench.js';
import { startBench } from '../start-bench.js';
import { poll, sinceOf, startQuietRun } from './polling.js';

let bench: Bench;

afterEach(() => bench.stop());

const pendingOnly = ['/workflows/instances/read/pending/'];
const blind = { kind: 'not-permitted', permission: '/workflows/instances/read/' };
const everyInstance = /\/Workflow\/Instances$/;
const requested = () => bench.command.requests.filter(({ path }) => everyInstance.test(path)).length;

describe('an account that may not see every instance', () => {
  it('is told what it lacks, looks at approvals all the same, and asks again after a while', async () => {
    bench = await startBench({ permissions: pendingOnly });
    bench.startRun();
    for (let polls = 0; polls < 3; polls += 1) {
      const { changes, snapshots } = await bench.backend.observe([], sinceOf());
      expect(changes).toEqual(blind);
      expect(snapshots).toHaveLength(1);
    }
    expect(requested()).toBe(1);
    bench.advanceClock(600_000);
    await bench.backend.observe([], sinceOf());
    expect(requested()).toBe(2);
  });

  it('is not asked for when the settings say so', async () => {
    bench = await startBench({ settings: { readAll: 'no' } });
    expect((await bench.backend.observe([], sinceOf())).changes).toEqual(blind);
    expect(requested()).toBe(0);
  });

  it('is one that is refused that list with a 401 as well', async () => {
    bench = await startBench();
    bench.command.fail({ fault: 'http-401', path: everyInstance, times: 9 });
    expect((await bench.backend.observe([], sinceOf())).changes).toEqual(blind);
  });
});

describe('a list of changes that fails', () => {
  it.each(['http-500', 'drop-before-effect', 'not-json'] as const)(
    'spoils no approval: %s',
    async (fault) => {
      bench = await startBench();
      bench.startRun();
      bench.command.fail({ fault, path: everyInstance, times: 3 });
      const observation = await bench.backend.observe([], sinceOf());
      expect(observation.snapshots).toHaveLength(1);
      expect(observation.changes).toBeUndefined();
      expect(bench.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
      bench.command.clearFaults();
      expect((await poll(bench.backend)).mark).not.toBe('');
    },
  );

  it('is left alone for a while when approvals had to wait for it', async () => {
    bench = await startBench({ retryOptions: { retries: 0 } });
    bench.startRun();
    bench.command.fail({ fault: 'hang-before-effect', path: everyInstance });
    const polling = bench.backend.observe([], sinceOf());
    await bench.command.waitFor(() => bench.requests('/Workflow/Instances') >= 2);
    bench.advanceClock(30_000);
    expect((await polling).snapshots).toHaveLength(1);
    const before = requested();
    bench.advanceClock(290_000);
    expect((await bench.backend.observe([], sinceOf())).changes).toBeUndefined();
    expect(requested()).toBe(before);
    bench.advanceClock(20_000);
    expect((await poll(bench.backend)).mark).not.toBe('');
  });
});

describe('the system itself', () => {
  it('is away when approvals cannot be looked at, whatever the changes say', async () => {
    bench = await startBench({ retryOptions: { retries: 0 } });
    bench.command.fail({ fault: 'http-500', path: 'AssignedToMe' });
    const error = await bench.failure(bench.backend.observe([], sinceOf()));
    expect(error).toMatchObject({ code: 'server-error' });
  });

  it('is asked nothing about changes while nobody wants them', async () => {
    bench = await startBench();
    startQuietRun(bench);
    expect(await bench.backend.observe([])).toEqual({ snapshots: [] });
    expect(requested()).toBe(0);
  });
});
