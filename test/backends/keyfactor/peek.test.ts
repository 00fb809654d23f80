import { afterEach, describe, expect, it } from '@jest/globals';
import type { Remembered } from '../../../src/ports/backend.js';
import type { Bench, Change } from './start-bench.js';
import { approvalStep, remember, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

/** A bot that has polled, and its peeks; each comes two seconds after what was done before. */
function startPeeking() {
  const known = new Map<string, Remembered>();
  return {
    async poll() {
      for (const entry of remember(await bench.backend.observe([...known.values()])))
        known.set(entry.ref.id, entry);
    },
    async peek() {
      bench.advanceClock(2_000);
      return bench.backend.peek?.();
    },
  };
}

/** Opens a server with some waiting runs, and a bot that has polled them. */
async function startPolled({
  waiting = 3,
  ...options
}: { readonly waiting?: number } & NonNullable<Parameters<typeof startBench>[0]> & Change = {}) {
  bench = await startBench(options);
  const ids = Array.from({ length: waiting }, () => {
    bench.advanceClock(60_000);
    return bench.startRun();
  });
  const peeking = startPeeking();
  await peeking.poll();
  const { poll, peek } = peeking;
  return { poll, peek, ids };
}

/** Counts the requests some work makes. */
async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = bench.command.requests.length;
  await work();
  return bench.command.requests.length - before;
}

describe('a peek', () => {
  it('is one small request, and finds nothing while nothing changes', async () => {
    const { peek } = await startPolled();
    expect(await requestsOf(async () => expect(await peek()).toBe(false))).toBe(1);
    const { query } = bench.command.requests.at(-1) ?? {};
    expect(query).toContain('ReturnLimit=1');
    expect(query).toContain('SortField=LastModified');
    expect(query).toContain('SortAscending=1');
  });

  it('needs no more permission than seeing what waits', async () => {
    const { peek } = await startPolled({ permissions: ['/workflows/instances/read/pending/'] });
    bench.startRun();
    expect(await peek()).toBe(true);
  });

  it('finds what has come to wait, also where nothing waited', async () => {
    const { peek, poll } = await startPolled({ waiting: 0 });
    expect(await peek()).toBe(false);
    bench.startRun();
    expect(await peek()).toBe(true);
    await poll();
    expect(await peek()).toBe(false);
  });

  it('finds that the run which changed last does not wait any more, and that another does not', async () => {
    const { peek, poll, ids } = await startPolled();
    for (const gone of [ids[2], ids[0]]) {
      await bench.command.decideInPortal(gone ?? '', 'CORP\\ann', true, 'fine');
      expect(await peek()).toBe(true);
      await poll();
      expect(await peek()).toBe(false);
    }
  });

  it('finds a run that waits at another step by now', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep(), approvalStep({ uniqueName: 'Second' })]);
    const { poll, peek } = startPeeking();
    await poll();
    bench.advanceClock(1_000);
    await bench.command.decideInPortal(id, 'CORP\\ann', true, 'fine');
    expect(await peek()).toBe(true);
  });

  it('finds nothing new in what a poll that was due has seen', async () => {
    const { peek, poll } = await startPolled();
    bench.startRun();
    await poll();
    expect(await peek()).toBe(false);
  });

  it('finds what waits where every signal is a person’s, among what waits for anybody', async () => {
    const settings = {
      signalAs: 'person',
      personSignIn: { issuer: 'https://idp.example.com', clientId: 'people' },
    };
    const { peek } = await startPolled({
      settings,
      secrets: { password: 'Tr0ub4dor-and-3', clientSecret: 'oAuth-s3cret-value', personClientSecret: 'x' },
    });
    bench.startRun([approvalStep({ roles: ['Nobody of ours'] })]);
    expect(await peek()).toBe(true);
  });

  it('is not made before a poll, after one that failed, nor where a poll takes many pages', async () => {
    bench = await startBench({ settings: { pageSize: 2 }, retryOptions: { retries: 0 } });
    const { poll, peek } = startPeeking();
    expect(await requestsOf(peek)).toBe(0);
    bench.startRun();
    await poll();
    expect(await requestsOf(peek)).toBe(1);
    bench.command.fail({ fault: 'http-500', path: 'AssignedToMe' });
    await bench.failure(poll());
    expect(await requestsOf(peek)).toBe(0);
    for (let run = 0; run < 9; run += 1) bench.startRun();
    await poll();
    expect(await requestsOf(peek)).toBe(0);
  });
});

describe('a peek at a server', () => {
  it('that does not answer fails nothing, is not repeated, and leaves the server alone for a while', async () => {
    const { peek, poll } = await startPolled();
    bench.command.fail({ fault: 'http-503', path: 'AssignedToMe', times: 50 });
    expect(await requestsOf(async () => expect(await peek()).toBe(false))).toBe(1);
    for (let peeks = 0; peeks < 6; peeks += 1) expect(await requestsOf(peek)).toBe(0);
    bench.command.clearFaults();
    bench.startRun();
    bench.advanceClock(15_000);
    expect(await peek()).toBe(true);
    await poll();
  });

  it('that is down takes nothing from its circuit breaker, so that polls and decisions still try', async () => {
    const { peek, poll } = await startPolled({
      retryOptions: { retries: 0, breakAfter: 2, breakForMs: 60_000 },
    });
    bench.command.fail({ fault: 'http-503', path: 'AssignedToMe', times: 4 });
    for (let peeks = 0; peeks < 4; peeks += 1) {
      bench.advanceClock(60_000);
      expect(await requestsOf(peek)).toBe(1);
    }
    await poll();
  });

  it.each([
    ['refuses the sort', { sortsByChange: false }],
    ['sorts by something else', { sortsByChange: 'ignored' }],
  ] as const)('that %s is given up for ten minutes', async (_how, behaviour) => {
    const { peek } = await startPolled({ waiting: 8, behaviour });
    // What comes first of itself may be the right one now and then.
    let requests = 0;
    for (let peeks = 0; peeks < 60; peeks += 1) requests += await requestsOf(peek);
    expect(requests).toBeLessThan(60);
    expect(await requestsOf(peek)).toBe(0);
    expect(bench.lines.filter(({ sentence }) => sentence.startsWith('Quick checks are off'))).toHaveLength(1);
    bench.command.change({ sortsByChange: true });
    bench.advanceClock(600_000);
    bench.startRun();
    expect(await peek()).toBe(true);
  });

  it('that does not tell when the run changed last is given up', async () => {
    const { peek, ids } = await startPolled({ waiting: 1 });
    bench.command.change({ undated: ids });
    expect(await peek()).toBe(false);
    expect(await requestsOf(peek)).toBe(0);
  });

  it('that is slow comes ten times as long after as it took', async () => {
    const { peek } = await startPolled();
    const under = peek();
    // The bot’s clock goes on while the server takes its time.
    bench.advanceClock(1_000);
    expect(await under).toBe(false);
    for (let peeks = 0; peeks < 4; peeks += 1) expect(await requestsOf(peek)).toBe(0);
    expect(await requestsOf(peek)).toBe(1);
  });

  it('whose lists lag behind finds it once they show it, without a poll in vain', async () => {
    const { peek, poll } = await startPolled();
    const late = bench.startRun();
    bench.command.change({ unlisted: [late] });
    expect(await peek()).toBe(false);
    bench.command.change({ unlisted: [] });
    expect(await peek()).toBe(true);
    await poll();
    expect(await peek()).toBe(false);
  });

  it('whose answers come from copies that differ is polled in vain ever more seldom', async () => {
    const { peek, poll } = await startPolled();
    const late = bench.startRun();
    let polls = 0;
    for (let peeks = 0; peeks < 300; peeks += 1) {
      bench.command.change({ unlisted: [] });
      if (!(await peek())) continue;
      polls += 1;
      bench.command.change({ unlisted: [late] });
      await poll();
    }
    // Ten minutes long a peek sees what no poll does.
    expect(polls).toBeLessThan(8);
  });

  it.each([
    ['that tells no number of rows', { totalCountHeader: false }],
    ['whose clock is behind', {}],
  ])('%s finds what has come to wait, and is still after that', async (how, behaviour) => {
    const { peek, poll } = await startPolled({ behaviour });
    if (how.includes('clock')) bench.skewBot(170_000);
    bench.startRun();
    expect(await peek()).toBe(true);
    await poll();
    expect(await peek()).toBe(false);
  });

  it('one of whose clocks is behind finds a run that seems older than what waits already', async () => {
    const { peek } = await startPolled();
    bench.advanceClock(-170_000);
    bench.startRun();
    bench.advanceClock(170_000);
    expect(await peek()).toBe(true);
  });
});
