import { afterEach, describe, expect, it } from '@jest/globals';
import type { Remembered } from '../../../../src/ports/backend.js';
import type { Bench } from '../start-bench.js';
import { approvalStep, bot, remember, startBench } from '../start-bench.js';
import { sinceOf, startQuietRun } from './polling.js';

let bench: Bench;

afterEach(() => bench.stop());

const minute = 60_000;

/** A bot that remembers what it saw and where it stopped, as the use case does. */
function startBot() {
  const known = new Map<string, Remembered>();
  let mark: string | undefined;
  return {
    /** Looks once; gives how many requests it took, and which runs it told of. */
    async poll({ isFull = false, isKept = true } = {}) {
      bench.advanceClock(15_000);
      const before = bench.command.requests.length;
      const seen = await bench.backend.observe([...known.values()], sinceOf({ mark, isFull }));
      const requests = bench.command.requests.length - before;
      if (isKept) {
        if (seen.changes?.kind === 'read') mark = seen.changes.mark;
        for (const entry of remember(seen)) known.set(entry.ref.id, entry);
      }
      return { requests, reported: seen.snapshots.length };
    },
  };
}

/** Opens a server with more waiting runs than fit on a few pages, and a bot that has looked until all is still. */
async function startUnchanged(waiting = 30) {
  bench = await startBench({ settings: { pageSize: 5, timeout: '10s' } });
  const ids = Array.from({ length: waiting }, () => {
    bench.advanceClock(10 * minute);
    return bench.startRun();
  });
  const fixed = startBot();
  for (let polls = 0; polls < 4; polls += 1) await fixed.poll();
  return { bot: fixed, ids };
}

describe('going through what waits', () => {
  it('is spared while nothing changes on the server', async () => {
    const { bot: unchanged } = await startUnchanged();
    for (let polls = 0; polls < 3; polls += 1) {
      bench.advanceClock(minute);
      expect(await unchanged.poll()).toEqual({ requests: 1, reported: 0 });
    }
  });

  it('takes one request when ten thousand runs wait unchanged', async () => {
    bench = await startBench({ settings: { pageSize: 1000, timeout: '30s' } });
    const definition = bench.command.addDefinition({
      displayName: 'Web server',
      workflowType: 'Enrollment',
      steps: [approvalStep()],
    });
    for (let run = 0; run < 10_000; run += 1) {
      bench.advanceClock(1000);
      bench.command.startInstance({ definition, title: `Run ${run}`, initiator: 'CORP\\jsmith' });
    }
    const accessToken = bench.command.issueToken(bot);
    const waiting = (await bench.backend.waitingFor?.({ accessToken })) ?? [];
    const known = waiting.map(({ ref, fingerprint }) => {
      return { ref, fingerprint: fingerprint.replace(/ as listed$/, ''), isAssigned: true };
    });
    expect(known).toHaveLength(10_000);
    let mark: string | undefined;
    for (let polls = 0; polls < 4; polls += 1) {
      bench.advanceClock(15_000);
      const { changes } = await bench.backend.observe(known, sinceOf({ mark }));
      if (changes?.kind === 'read') mark = changes.mark;
    }
    const before = bench.command.requests.length;
    expect((await bench.backend.observe(known, sinceOf({ mark }))).snapshots).toEqual([]);
    expect(bench.command.requests.length - before).toBe(1);
  }, 180_000);

  it('is done again once anything has changed, until a look after that', async () => {
    const { bot: unchanged, ids } = await startUnchanged();
    bench.advanceClock(minute);
    await bench.command.decideInPortal(ids[7] ?? '', 'CORP\\ann', true, 'fine');
    expect((await unchanged.poll()).reported).toBe(1);
    expect((await unchanged.poll()).requests).toBeGreaterThan(5);
    expect(await unchanged.poll()).toEqual({ requests: 1, reported: 0 });
  });

  it('finds what has come to wait', async () => {
    const { bot: unchanged } = await startUnchanged();
    bench.advanceClock(minute);
    bench.startRun();
    expect((await unchanged.poll()).reported).toBe(1);
  });

  it('tells again what was not kept, without going through it again', async () => {
    const { bot: unchanged } = await startUnchanged();
    bench.advanceClock(minute);
    bench.startRun();
    expect((await unchanged.poll({ isKept: false })).reported).toBe(1);
    expect((await unchanged.poll({ isKept: false })).reported).toBe(1);
    expect((await unchanged.poll()).reported).toBe(1);
    expect((await unchanged.poll()).reported).toBe(0);
  });

  it('is done for a full look, which sees roles that were given or taken', async () => {
    const { bot: unchanged } = await startUnchanged();
    const permissions = ['/workflows/instances/read/'];
    bench.command.addIdentity({ name: bot, password: 'Tr0ub4dor-and-3', roles: [], permissions });
    expect((await unchanged.poll()).reported).toBe(0);
    expect((await unchanged.poll({ isFull: true })).reported).toBe(30);
  });

  it('is done always where it takes no more than a few requests', async () => {
    const { bot: unchanged } = await startUnchanged(20);
    const permissions = ['/workflows/instances/read/'];
    bench.command.addIdentity({ name: bot, password: 'Tr0ub4dor-and-3', roles: [], permissions });
    expect((await unchanged.poll()).reported).toBe(20);
  });

  it('is done always while a run tells no time of its last change', async () => {
    const { bot: unchanged, ids } = await startUnchanged();
    bench.command.change({ undated: ids.slice(3, 4) });
    await unchanged.poll({ isFull: true });
    for (let polls = 0; polls < 4; polls += 1) expect((await unchanged.poll()).requests).toBeGreaterThan(5);
  });

  it('is done by a bot that was started again', async () => {
    await startUnchanged();
    bench.command.requests.length = 0;
    await bench.another().observe([], sinceOf({ mark: new Date(bench.now()).toISOString() }));
    expect(bench.requests('AssignedToMe')).toBeGreaterThan(5);
  });

  it('reads runs that wait for others once, until something changes', async () => {
    bench = await startBench();
    const ids = Array.from({ length: 8 }, () => bench.startRun([approvalStep({ minimumApprovals: 2 })]));
    bench.advanceClock(10 * minute);
    const unchanged = startBot();
    await unchanged.poll();
    for (const id of ids) {
      await bench.backend.sendSignal(await bench.found(id), { verdict: 'approve', comment: 'ok' });
    }
    for (let polls = 0; polls < 4; polls += 1) await unchanged.poll();
    expect(await unchanged.poll()).toEqual({ requests: 1, reported: 0 });
    bench.advanceClock(minute);
    await bench.command.decideInPortal(ids[2] ?? '', 'CORP\\ann', true, 'fine');
    expect((await unchanged.poll()).reported).toBe(1);
  });

  it('is spared as well while alerts are off, but for one walk in fifteen minutes', async () => {
    bench = await startBench({ settings: { pageSize: 5, timeout: '10s' } });
    const known = new Map<string, Remembered>();
    const poll = async () => {
      bench.advanceClock(15_000);
      const before = bench.command.requests.length;
      const seen = await bench.backend.observe([...known.values()]);
      for (const entry of remember(seen)) known.set(entry.ref.id, entry);
      expect(seen.changes).toBeUndefined();
      return { requests: bench.command.requests.length - before, reported: seen.snapshots.length };
    };
    for (let run = 0; run < 30; run += 1) {
      bench.advanceClock(10 * minute);
      bench.startRun();
    }
    bench.command.failInstance(startQuietRun(bench), 'The mail server is away.');
    for (let polls = 0; polls < 16; polls += 1) await poll();
    // Once the server has been still for three minutes.
    expect(await poll()).toEqual({ requests: 1, reported: 0 });
    bench.startRun();
    expect((await poll()).reported).toBe(1);
    const permissions = ['/workflows/instances/read/'];
    const withoutTrace = async () => {
      bench.command.addIdentity({ name: bot, password: 'Tr0ub4dor-and-3', roles: [], permissions });
      for (let polls = 1; ; polls += 1) if ((await poll()).reported > 0) return polls;
    };
    for (let polls = 0; polls < 16; polls += 1) await poll();
    const polls = await withoutTrace();
    expect(polls).toBeGreaterThan(30);
    expect(polls).toBeLessThanOrEqual(61);
  });

  it('is done always while alerts are off where the account may not read every run', async () => {
    bench = await startBench({
      settings: { pageSize: 5 },
      permissions: ['/workflows/instances/read/pending/'],
    });
    for (let run = 0; run < 30; run += 1) bench.startRun();
    const known = remember(await bench.backend.observe([]));
    for (let polls = 0; polls < 4; polls += 1) {
      bench.advanceClock(15_000);
      const before = bench.requests('AssignedToMe');
      await bench.backend.observe(known);
      expect(bench.requests('AssignedToMe') - before).toBeGreaterThan(5);
    }
    expect(bench.command.requests.filter(({ path }) => path.endsWith('/Workflow/Instances'))).toHaveLength(1);
  });
});
