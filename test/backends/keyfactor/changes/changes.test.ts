import { afterEach, describe, expect, it } from '@jest/globals';
import type { Bench } from '../start-bench.js';
import { startBench } from '../start-bench.js';
import { idsOf, poll, sinceOf, startQuietRun } from './polling.js';

let bench: Bench;

afterEach(() => bench.stop());

const minute = 60_000;

/** Starts runs a minute apart. */
function startRuns(count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    bench.advanceClock(minute);
    return startQuietRun(bench);
  });
}

describe('the first look', () => {
  it('tells every run that stands failed, and where to go on', async () => {
    bench = await startBench({ settings: { pageSize: 2 } });
    const [a = '', b = '', c = ''] = startRuns(5);
    bench.advanceClock(minute);
    bench.command.failInstances([a, b, c], 'The CA said no.');
    const { instances, mark } = await poll(bench.backend);
    expect([...idsOf(instances)].sort()).toEqual([a, b, c].sort());
    expect(instances[0]).toMatchObject({
      status: { kind: 'failed' },
      statusMessage: 'The CA said no.',
      step: { uniqueName: 'Mail1' },
      isPartial: true,
    });
    expect(Date.parse(mark)).toBe(bench.now());
  });

  it('gives a place to go on from on a server without any run', async () => {
    bench = await startBench();
    const { instances, mark } = await poll(bench.backend);
    expect(instances).toEqual([]);
    expect(mark).not.toBe('');
    const id = startQuietRun(bench);
    bench.command.failInstance(id, 'Boom');
    expect(idsOf((await poll(bench.backend, { mark })).instances)).toEqual([id]);
  });

  it('leaves what failed after its place to go on was read to the next look', async () => {
    bench = await startBench();
    const [id = ''] = startRuns(1);
    const polling = poll(bench.backend);
    await bench.command.waitFor(() => bench.requests('/Workflow/Instances') === 2);
    bench.advanceClock(minute);
    bench.command.failInstance(id, 'Boom');
    const first = await polling;
    expect(first.instances).toEqual([]);
    expect(idsOf((await poll(bench.backend, { mark: first.mark })).instances)).toEqual([id]);
  });
});

describe('a later look', () => {
  it('tells failures, recoveries and restarts, each run once, as it is now', async () => {
    bench = await startBench();
    const [a = '', b = '', c = ''] = startRuns(30);
    bench.command.failInstance(a, 'Boom');
    const { mark } = await poll(bench.backend);
    bench.advanceClock(10 * minute);
    const next = bench.command.restartInstance(a, 'CORP\\ann');
    bench.command.advance(b);
    bench.command.failInstance(c, 'Bang');
    const { instances } = await poll(bench.backend, { mark });
    const found = Object.fromEntries(instances.map(({ ref, status }) => [ref.id, status.kind]));
    expect(found).toMatchObject({
      [a]: 'canceled-for-restart',
      [next]: 'running',
      [b]: 'complete',
      [c]: 'failed',
    });
    expect(new Set(idsOf(instances)).size).toBe(instances.length);
  });

  it('goes back three minutes, and no further', async () => {
    bench = await startBench();
    const ids = startRuns(8);
    const { mark } = await poll(bench.backend);
    bench.advanceClock(10 * minute);
    const late = startQuietRun(bench);
    const { instances } = await poll(bench.backend, { mark });
    expect([...idsOf(instances)].sort()).toEqual([...ids.slice(-4), late].sort());
  });

  it('asks with one request, and only for what changed', async () => {
    bench = await startBench();
    startRuns(30);
    const { mark } = await poll(bench.backend);
    const before = bench.command.requests.length;
    await poll(bench.backend, { mark });
    const requested = bench.command.requests
      .slice(before)
      .filter(({ path }) => path.endsWith('/Workflow/Instances'));
    expect(requested).toHaveLength(1);
    expect(decodeURIComponent(requested[0]?.query ?? '')).toContain(
      'LastModified -ge "2026-01-05T09:27:00.000Z"',
    );
  });

  it('tells every standing failure in a full look, old ones and those without a date', async () => {
    bench = await startBench({ settings: { pageSize: 3 } });
    const [old = '', undated = ''] = startRuns(2);
    bench.command.failInstance(old, 'Boom');
    const { mark } = await poll(bench.backend);
    bench.advanceClock(60 * minute);
    startRuns(10);
    bench.command.failInstance(undated, 'Bang');
    bench.command.change({ undated: [undated] });
    expect(idsOf((await poll(bench.backend, { mark })).instances)).not.toContain(undated);
    const { instances } = await poll(bench.backend, { mark, isFull: true });
    expect(idsOf(instances)).toEqual(expect.arrayContaining([old, undated]));
  });

  it('stops reading an old storm again once it is over for a while', async () => {
    bench = await startBench({ settings: { pageSize: 10, timeout: '10s' } });
    for (let minutes = 0; minutes < 3; minutes += 1) {
      bench.advanceClock(minute / 2);
      for (let run = 0; run < 20; run += 1) startQuietRun(bench);
    }
    bench.advanceClock(1000);
    startQuietRun(bench);
    let { mark } = await poll(bench.backend);
    const reported: number[] = [];
    for (let polls = 0; polls < 8; polls += 1) {
      bench.advanceClock(minute);
      const read = await poll(bench.backend, { mark });
      mark = read.mark;
      reported.push(read.instances.length);
    }
    expect(reported).toEqual([61, 61, 61, 61, 61, 1, 1, 1]);
  });

  it('sees through a mark from a clock that ran ahead', async () => {
    bench = await startBench();
    const [a = '', b = ''] = startRuns(2);
    bench.advanceClock(365 * 24 * 60 * minute);
    bench.command.failInstance(a, 'Boom');
    const { mark } = await poll(bench.backend);
    bench.advanceClock(-365 * 24 * 60 * minute);
    const next = await poll(bench.backend, { mark });
    bench.advanceClock(minute);
    bench.command.failInstance(b, 'Bang');
    expect(idsOf((await poll(bench.backend, { mark: next.mark })).instances)).toContain(b);
  });

  it('goes on from a mark without a zone in the same words', async () => {
    bench = await startBench({ behaviour: { dates: 'no-zone' } });
    startRuns(5);
    const { mark } = await poll(bench.backend);
    expect(mark).toBe('2026-01-05T09:05:00.000');
    expect((await poll(bench.backend, { mark })).instances).toHaveLength(4);
    expect(decodeURIComponent(bench.command.requests.at(-1)?.query ?? '')).toContain(
      '"2026-01-05T09:02:00.000"',
    );
  });
});

describe('a server of another mind', () => {
  it.each(['ignored', 'refused', 'late'] as const)(
    'is read newest first when queries are %s',
    async (how) => {
      bench = await startBench({ behaviour: { queriesByChange: how }, settings: { pageSize: 5 } });
      startRuns(40);
      const { mark } = await poll(bench.backend);
      bench.advanceClock(10 * minute);
      const [a = '', b = ''] = [startQuietRun(bench), startQuietRun(bench)];
      bench.command.failInstances([a, b], 'Boom');
      const { instances, mark: next } = await poll(bench.backend, { mark });
      expect(idsOf(instances)).toEqual(expect.arrayContaining([a, b]));
      expect(instances).toHaveLength(6);
      bench.advanceClock(10 * minute);
      const before = bench.requests('/Workflow/Instances');
      expect((await poll(bench.backend, { mark: next })).instances).toHaveLength(2);
      // One page of all runs; the other request is for what waits.
      expect(bench.requests('/Workflow/Instances') - before).toBe(2);
    },
  );

  it('is believed no more, after a restart neither, once it left changes out', async () => {
    bench = await startBench({ behaviour: { queriesByChange: 'late' } });
    startRuns(3);
    const { mark } = await poll(bench.backend);
    await poll(bench.backend, { mark });
    expect(bench.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    const before = bench.command.requests.length;
    await poll(bench.another(), { mark });
    const queries = bench.command.requests.slice(before).map(({ query }) => query);
    expect(queries.filter((query) => query.includes('LastModified%20-ge'))).toEqual([]);
  });

  it('is asked with the query where it does not sort by change', async () => {
    bench = await startBench({ behaviour: { sortsByChange: false }, settings: { pageSize: 5 } });
    const ids = startRuns(20);
    const { mark } = await poll(bench.backend);
    bench.advanceClock(10 * minute);
    bench.command.failInstance(ids[3] ?? '', 'Boom');
    expect(idsOf((await poll(bench.backend, { mark })).instances)).toContain(ids[3]);
  });

  it('is still believed when the run its mark came from has been deleted', async () => {
    bench = await startBench();
    startRuns(3);
    const mark = '2026-01-05T09:04:00Z';
    expect((await poll(bench.backend, { mark })).mark).toBe(mark);
    expect(bench.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('leaves approvals alone when it takes neither a query nor an order', async () => {
    bench = await startBench({ behaviour: { sortsByChange: false, queriesByChange: 'refused' } });
    bench.startRun();
    const observation = await bench.backend.observe([], sinceOf({ mark: '2026-01-05T09:00:00Z' }));
    expect(observation.snapshots).toHaveLength(1);
    expect(observation.changes).toBeUndefined();
    expect(bench.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});
