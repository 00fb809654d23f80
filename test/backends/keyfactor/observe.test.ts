import { afterEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { approvalStep, bot, remember, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

describe('observing', () => {
  it('tells of the first before all the others are read', async () => {
    bench = await startBench();
    for (let run = 0; run < 20; run += 1) bench.startRun();
    const { snapshots } = await bench.plain.observe([]);
    for await (const _first of snapshots) break;
    // The first, one in its place, and what was begun with it.
    expect(bench.requests('/Workflow/Instances/') - bench.requests('/AssignedToMe')).toBe(5);
  });

  it('finds what waits for the bot, in full', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep()], { Subject: 'CN=app.example.com, O=Example' });
    const { snapshots } = await bench.backend.observe([]);
    expect(snapshots).toMatchObject([
      {
        kind: 'seen',
        isAssigned: true,
        instance: {
          ref: { system: 'corp', id },
          awaitsApproval: true,
          status: { kind: 'suspended', raw: 'Suspended' },
          step: { uniqueName: 'RequireApproval1', name: 'Security approval' },
          definition: { version: 1, type: 'Enrollment' },
          startedAtMs: bench.now(),
          facts: { requesters: ['CORP\\jsmith'], subject: 'CN=app.example.com, O=Example' },
        },
      },
    ]);
  });

  it('reads nothing again that looks as it did', async () => {
    bench = await startBench();
    bench.startRun();
    const before = remember(await bench.backend.observe([]));
    const seen = bench.command.requests.length;
    expect(await bench.backend.observe(before)).toEqual({ snapshots: [] });
    expect(bench.command.requests.length - seen).toBe(1);
  });

  it('tells what became of runs that are known before those that are new', async () => {
    bench = await startBench();
    const [stays, left, moved] = [
      bench.startRun(),
      bench.startRun(),
      bench.startRun([approvalStep(), approvalStep({ uniqueName: 'Second' })]),
    ];
    const before = remember(await bench.backend.observe([]));
    const fresh = bench.startRun();
    await bench.command.decideInPortal(left, 'CORP\\ann', true, 'fine');
    await bench.command.decideInPortal(moved, 'CORP\\ann', true, 'fine');
    const { snapshots } = await bench.backend.observe(before);
    const ids = snapshots.map((snapshot) => (snapshot.kind === 'seen' ? snapshot.instance.ref.id : ''));
    expect(new Set(ids.slice(0, 2))).toEqual(new Set([left, moved]));
    expect(ids.slice(2)).toEqual([fresh]);
    expect(ids).not.toContain(stays);
  });

  it('tells the same fingerprint from the list and from the instance', async () => {
    bench = await startBench({ behaviour: { dates: 'utc-fraction' } });
    const id = bench.startRun();
    const [{ fingerprint } = { fingerprint: '' }] = remember(await bench.backend.observe([]));
    expect((await bench.found(id)).fingerprint).toBe(fingerprint);
    bench.command.change({ dates: 'utc' });
    expect((await bench.found(id)).fingerprint).toBe(fingerprint);
  });

  it('follows what left the list to where it went', async () => {
    bench = await startBench();
    const id = bench.startRun();
    const before = remember(await bench.backend.observe([]));
    bench.advanceClock(1000);
    await bench.command.decideInPortal(id, 'CORP\\ann', true, 'fine');
    const { snapshots } = await bench.backend.observe(before);
    expect(snapshots).toMatchObject([
      { kind: 'seen', isAssigned: false, instance: { awaitsApproval: false, status: { kind: 'complete' } } },
    ]);
  });

  it('says that an instance still waits, but no longer for the bot', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    const before = remember(await bench.backend.observe([]));
    bench.advanceClock(1000);
    await bench.backend.sendSignal(await bench.found(id), { verdict: 'approve', comment: 'ok' });
    const after = await bench.backend.observe(before);
    expect(after.snapshots).toMatchObject([{ isAssigned: false, instance: { awaitsApproval: true } }]);
    expect(await bench.backend.observe(remember(after))).toEqual({ snapshots: [] });
  });

  it('names the access it lacks when an instance that left the list may not be read', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/pending/'] });
    const id = bench.startRun();
    const before = remember(await bench.backend.observe([]));
    expect(before).toHaveLength(1);
    await bench.command.decideInPortal(id, 'CORP\\ann', true, 'fine');
    for (const hiddenInstanceStatus of [403, 404] as const) {
      bench.command.change({ hiddenInstanceStatus });
      expect(await bench.backend.observe(before)).toEqual({
        snapshots: [
          {
            kind: 'not-visible',
            ref: { system: 'corp', id },
            missingPermission: '/workflows/instances/read/',
          },
        ],
      });
    }
  });

  it('makes do with the list when a listed instance may not be read, and tries again', async () => {
    bench = await startBench();
    const id = bench.startRun();
    bench.command.fail({ fault: 'http-500', path: id, times: 3 });
    expect(await bench.backend.observe([])).toEqual({ snapshots: [] });
    expect(bench.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { instance: `corp/${id}`, err: { code: 'server-error' } } },
    ]);
    expect((await bench.backend.observe([])).snapshots).toHaveLength(1);
  });

  it('tells the others when one instance cannot be read', async () => {
    bench = await startBench();
    const [bad] = [bench.startRun(), bench.startRun(), bench.startRun()];
    bench.command.fail({ fault: 'not-json', path: bad });
    expect((await bench.backend.observe([])).snapshots).toHaveLength(2);
  });

  it.each([
    ['http-500', 'server-error'],
    ['http-503', 'server-error'],
    ['html-404', 'not-found'],
    ['http-401', 'sign-in'],
    ['drop-before-effect', 'unreachable'],
    ['hang-before-effect', 'timeout'],
  ] as const)('fails as a whole when the list is answered with %s', async (fault, code) => {
    bench = await startBench({ retryOptions: { retries: 1 } });
    bench.startRun();
    bench.command.fail({ fault, times: 9 });
    const error = await bench.failure(bench.backend.observe([]));
    expect(error).toMatchObject({ name: 'BackendError', code, applied: 'no', system: 'corp' });
    if (code === 'not-found') expect(error.message).toContain('check apiPath');
  });

  it.each(['empty-200', 'not-json'] as const)('calls a list answered with %s unknown', async (fault) => {
    bench = await startBench();
    bench.command.fail({ fault });
    expect(await bench.failure(bench.backend.observe([]))).toMatchObject({
      name: 'ContractError',
      paths: ['(root)'],
    });
  });

  it('gets over a short failure by itself', async () => {
    bench = await startBench();
    bench.startRun();
    bench.command.fail({ fault: 'http-500', times: 1 });
    bench.command.fail({ fault: 'drop-before-effect', times: 1 });
    expect((await bench.backend.observe([])).snapshots).toHaveLength(1);
  });

  it('leaves a server alone that failed too often, and comes back to it', async () => {
    bench = await startBench({ retryOptions: { retries: 0, breakAfter: 2, breakForMs: 30 } });
    await bench.command.goDown();
    expect(await bench.failure(bench.backend.observe([]))).toMatchObject({ code: 'unreachable' });
    expect(await bench.failure(bench.backend.observe([]))).toMatchObject({ code: 'unreachable' });
    expect(await bench.failure(bench.backend.observe([]))).toMatchObject({
      code: 'circuit-open',
      retryable: true,
    });
    await bench.command.comeBack();
    const untilMs = Date.now() + 3000;
    while (Date.now() < untilMs) {
      const found = await bench.backend.observe([]).catch(() => undefined);
      if (found !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await bench.backend.observe([])).toEqual({ snapshots: [] });
  });
});

describe('servers that differ', () => {
  it('may write keys in another case, dates without a zone and no total', async () => {
    bench = await startBench({
      behaviour: { keys: 'camel', dates: 'no-zone', totalCountHeader: false },
      settings: { pageSize: 2 },
    });
    for (let count = 0; count < 5; count += 1) bench.startRun();
    const { snapshots } = await bench.backend.observe([]);
    expect(snapshots).toHaveLength(5);
    expect(snapshots).toMatchObject(
      Array(5).fill({ instance: { startedAtMs: bench.now(), awaitsApproval: true } }),
    );
  });

  it.each([
    ['limit', true],
    ['limit', false],
    ['asked', true],
    ['asked', false],
  ] as const)(
    'may cut pages below what was asked, counted by the %s, with a total told: %s',
    async (pagesCountedBy, totalCountHeader) => {
      bench = await startBench({ behaviour: { longestPage: 3, pagesCountedBy, totalCountHeader } });
      for (let count = 0; count < 7; count += 1) {
        bench.startRun();
        bench.advanceClock(1_000);
      }
      expect((await bench.backend.observe([])).snapshots).toHaveLength(7);
      const page = await bench.backend.operations.list?.({ state: 'waiting', page: 1, pageSize: 20 });
      expect(page?.instances).toHaveLength(7);
      expect(page?.hasMore).toBe(false);
    },
  );

  it('that cut pages and tell no total are asked once more only after a page as long as the longest', async () => {
    bench = await startBench({ behaviour: { longestPage: 3, totalCountHeader: false } });
    const [first] = [bench.startRun(), bench.startRun(), bench.startRun()];
    const pagesOfPoll = async () => {
      const before = bench.command.requests.length;
      await bench.backend.observe([]);
      return bench.command.requests.slice(before).filter(({ path }) => path.endsWith('AssignedToMe')).length;
    };
    expect(await pagesOfPoll()).toBe(2);
    await bench.command.decideInPortal(first, 'CORP\\ann', true);
    expect(await pagesOfPoll()).toBe(1);
  });

  it('may write a status as a number, which counts as waiting once it was seen in the list', async () => {
    const permissions = ['/workflows/instances/read/pending/', '/workflows/definitions/read/'];
    bench = await startBench({ behaviour: { statusAs: 'integer' }, permissions });
    const id = bench.startRun();
    expect((await bench.found(id)).awaitsApproval).toBe(false);
    const { snapshots } = await bench.backend.observe([]);
    expect(snapshots).toMatchObject([{ instance: { awaitsApproval: true, status: { kind: 'unknown' } } }]);
    expect((await bench.found(id)).awaitsApproval).toBe(true);
    const reading = await bench.another().getInstance({ system: 'corp', id });
    expect(reading).toMatchObject({ instance: { awaitsApproval: true } });
  });

  it('may write a status as a number, whose name the server itself tells an account that sees every run', async () => {
    bench = await startBench({ behaviour: { statusAs: 'integer' } });
    const id = bench.startRun();
    expect(await bench.found(id)).toMatchObject({ awaitsApproval: true, status: { kind: 'suspended' } });
    await bench.command.decideInPortal(id, 'CORP\\ann', false, 'no');
    expect((await bench.found(id)).awaitsApproval).toBe(false);
  });

  it('may want the old names of paging parameters', async () => {
    bench = await startBench({ settings: { queryPrefix: 'pq', pageSize: 1 } });
    bench.startRun();
    bench.startRun();
    expect((await bench.backend.observe([])).snapshots).toHaveLength(2);
    expect(bench.command.requests[0]?.query).toContain('pq.pageReturned=1');
  });
});

describe('paging', () => {
  it('reads every page, oldest first, and each instance once', async () => {
    bench = await startBench({ settings: { pageSize: 2 } });
    const ids = Array.from({ length: 5 }, () => bench.startRun());
    const { snapshots } = await bench.backend.observe([]);
    const seen = snapshots.map((snapshot) => (snapshot.kind === 'seen' ? snapshot.instance.ref.id : ''));
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(bench.command.requests[0]?.query).toBe(
      'PageReturned=1&ReturnLimit=2&SortField=ReferenceId&SortAscending=0',
    );
  });

  it('does not take an instance for gone because rows moved while pages were read', async () => {
    bench = await startBench({ settings: { pageSize: 2 } });
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      ids.push(bench.startRun());
      bench.advanceClock(1000);
    }
    const before = remember(await bench.backend.observe([]));
    bench.command.fail({ fault: 'slow', path: 'AssignedToMe', delayMs: 150 });
    const first = ids[0] ?? '';
    const observing = bench.backend.observe(before);
    const read = bench.requests('AssignedToMe');
    await bench.command.waitFor(() => bench.requests('AssignedToMe') > read);
    await bench.command.decideInPortal(first, 'CORP\\ann', true, 'fine');
    const { snapshots } = await observing;
    for (const snapshot of snapshots) {
      if (snapshot.kind === 'seen' && snapshot.instance.ref.id !== first)
        expect(snapshot.isAssigned).toBe(true);
    }
  });
});

describe('a restarted instance', () => {
  const restart = async (permissions: readonly string[], settings = {}) => {
    bench = await startBench({ permissions, settings });
    const id = bench.startRun();
    const before = remember(await bench.backend.observe([]));
    bench.advanceClock(60_000);
    const next = bench.command.restartInstance(id, bot);
    return { id, next, observation: await bench.backend.observe(before) };
  };

  it('is told with what it became', async () => {
    const { id, next, observation } = await restart(['/workflows/instances/read/']);
    expect(observation.snapshots).toContainEqual(
      expect.objectContaining({
        isAssigned: false,
        instance: expect.objectContaining({ ref: { system: 'corp', id } }),
        successors: [{ system: 'corp', id: next }],
      }),
    );
  });

  it('is searched for in the list alone when not everything may be read', async () => {
    const permissions = ['/workflows/instances/read/pending/', '/workflows/instances/read/mine/'];
    const { next, observation } = await restart(permissions);
    expect(observation.snapshots).toContainEqual(
      expect.objectContaining({
        isAssigned: true,
        instance: expect.objectContaining({ ref: { system: 'corp', id: next } }),
      }),
    );
  });

  it('is not searched for among all when the settings say that this is no use', async () => {
    const { next, observation } = await restart(['/workflows/instances/read/'], { readAll: 'no' });
    expect(observation.snapshots).toContainEqual(
      expect.objectContaining({ successors: [{ system: 'corp', id: next }] }),
    );
    expect(bench.command.requests.some(({ query }) => query.includes('DefinitionId'))).toBe(false);
  });
});

describe('asking whether an instance is assigned', () => {
  it('is answered from the list', async () => {
    bench = await startBench({ settings: { pageSize: 1 } });
    const ids = [bench.startRun(), bench.startRun()];
    for (const id of ids) expect(await bench.backend.isAssigned({ system: 'corp', id })).toBe(true);
    await bench.command.decideInPortal(ids[1] ?? '', 'CORP\\ann', true, 'fine');
    expect(await bench.backend.isAssigned({ system: 'corp', id: ids[1] ?? '' })).toBe(false);
    expect(await bench.backend.isAssigned({ system: 'corp', id: 'x" OR Id -ne "y' })).toBe(false);
  });
});
