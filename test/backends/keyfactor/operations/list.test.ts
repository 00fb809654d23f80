import { afterEach, describe, expect, it } from '@jest/globals';
import type { InstanceFilter } from '../../../../src/ports/backend.js';
import { approvalStep, type Bench, bot, startBench } from '../start-bench.js';
import { idsOf, narrow, operationsOf, queriesAt, startRuns } from './an-operations-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const list = (filter: Partial<InstanceFilter> = {}) =>
  operationsOf(bench).list({ state: 'any', page: 1, pageSize: 10, ...filter });

const define = (displayName: string, steps = [approvalStep()]) =>
  bench.command.addDefinition({ displayName, workflowType: 'Enrollment', steps });

const start = (definition: string, title = 'T', initiator = 'CORP\\jsmith') => {
  bench.advanceClock(1_000);
  return bench.command.startInstance({ definition, title, initiator });
};

/** One run in each state. */
function startEach() {
  const failed = start(
    define('F', [{ extensionName: 'EnrollStep', uniqueName: 'E', failsWith: 'CA is offline.' }]),
  );
  const running = start(define('R', [{ extensionName: 'EnrollStep', uniqueName: 'E', pauses: true }]));
  const waiting = start(define('W'));
  const complete = start(define('C', []));
  return { failed, running, waiting, complete };
}

describe('a list by state', () => {
  it.each(['string', 'integer'] as const)(
    'shows what is asked for, with states told as %s',
    async (statusAs) => {
      bench = await startBench({ behaviour: { statusAs } });
      const { failed, running, waiting, complete } = startEach();
      const ids = async (state: InstanceFilter['state']) => idsOf((await list({ state })).instances);
      expect(await ids('waiting')).toEqual([waiting]);
      expect(await ids('failed')).toEqual([failed]);
      expect(await ids('running')).toEqual([running]);
      expect(await ids('any')).toEqual([complete, waiting, running, failed]);
    },
  );

  it('learns which number stands for which state, and says so only of what the server itself showed', async () => {
    bench = await startBench({ behaviour: { statusAs: 'integer' } });
    startEach();
    const { instances } = await list({ state: 'any' });
    const kinds = instances.map(({ status }) => status.kind);
    expect(kinds).toEqual(['complete', 'suspended', 'running', 'failed']);
    const checks = (await bench.backend.checkUp?.({ changes: false, named: [] })) ?? [];
    expect(checks.map(({ name }) => name).join()).not.toContain('tells failures');
  });

  it('keeps what it learned while nothing stands in that state any more', async () => {
    bench = await startBench({ behaviour: { statusAs: 'integer' } });
    const waiting = define('W');
    const first = start(waiting);
    start(define('R', [{ extensionName: 'EnrollStep', uniqueName: 'E', pauses: true }]));
    bench.command.failInstance(first, 'CA is offline.');
    expect((await list({ state: 'failed' })).instances[0]?.status.kind).toBe('failed');
    bench.command.restartInstance(first, 'CORP\\jsmith');
    // An unknown number has it learn again, while nothing stands failed.
    bench.command.change({ statusOverride: { Running: '77' } });
    for (let read = 0; read < 60; read += 1) await list();
    const second = start(waiting);
    bench.command.failInstance(second, 'CA is offline.');
    const { instances } = await list();
    expect(instances.find(({ ref }) => ref.id === second)?.status.kind).toBe('failed');
  });

  it('names no number where nothing stands in that state, and the doctor says that alerts are off', async () => {
    bench = await startBench({ behaviour: { statusAs: 'integer' } });
    start(define('W'));
    const { instances } = await list({ state: 'any' });
    expect(instances.map(({ status }) => status.kind)).toEqual(['suspended']);
    const checks = (await bench.backend.checkUp?.({ changes: false, named: [] })) ?? [];
    expect(checks.find(({ name }) => name.endsWith('tells failures'))).toMatchObject({
      verdict: 'bad',
      detail: expect.stringContaining('alerts are off'),
    });
  });

  it('says which permission hides runs where the account does not see all', async () => {
    bench = await startBench({ permissions: narrow });
    start(define('W'));
    expect(await list()).toMatchObject({ missingPermission: '/workflows/instances/read/' });
  });

  it('tells what the rows tell and reads nothing else', async () => {
    bench = await startBench();
    startEach();
    const { instances } = await list({ state: 'failed' });
    expect(instances).toMatchObject([
      {
        definition: { name: 'F' },
        status: { kind: 'failed' },
        statusMessage: 'CA is offline.',
        awaitsApproval: false,
      },
    ]);
    expect(bench.command.requests).toHaveLength(1);
  });
});

describe('a list by who started the run', () => {
  it('shows the runs of that name only', async () => {
    bench = await startBench();
    const definition = define('D');
    const ann = start(definition, 'CORP\\ann is enrolling', 'CORP\\ann');
    const unreported = start(definition, 'Renewal of a certificate is due', 'CORP\\ann');
    start(definition, 'CORP\\bo is enrolling', 'CORP\\bo');
    expect(idsOf((await list({ initiator: 'corp\\ANN' })).instances)).toEqual([unreported, ann]);
  });

  it.each(['" OR Title -contains "', 'CORP\\ann" OR Status -eq "Failed', '%ME%', '', 'a\u0007b'])(
    'shows nothing of %j and does not ask',
    async (initiator) => {
      bench = await startBench();
      start(define('D'), 'T', bot);
      expect(await list({ initiator })).toEqual({ instances: [], hasMore: false });
      expect(bench.command.requests).toHaveLength(0);
    },
  );
});

describe('a list by text', () => {
  it('finds it in titles and in names of definitions', async () => {
    bench = await startBench();
    const byName = start(define('Web server certificates'));
    const byTitle = start(define('Other'), 'for the WEB server app1');
    start(define('Third'), 'web only');
    expect(idsOf((await list({ text: 'web server' })).instances)).toEqual([byTitle, byName]);
  });

  it('goes together with a state and a name', async () => {
    bench = await startBench();
    const web = define('Web', [approvalStep()]);
    const wanted = start(web, 'CORP\\ann is enrolling', 'CORP\\ann');
    start(web, 'CORP\\bo is enrolling', 'CORP\\bo');
    start(define('Web too', []), 'CORP\\ann is enrolling', 'CORP\\ann');
    start(define('Mail'), 'CORP\\ann is enrolling', 'CORP\\ann');
    const found = await list({ state: 'waiting', initiator: 'CORP\\ann', text: 'web' });
    expect(idsOf(found.instances)).toEqual([wanted]);
  });

  it('finds it even if more definitions have that name than can be asked for', async () => {
    bench = await startBench();
    const ids = Array.from({ length: 20 }, (_, index) => start(define(`Web ${index}`)));
    start(define('Mail'));
    const { instances } = await list({ text: 'web', pageSize: 50 });
    expect(idsOf(instances)).toEqual([...ids].reverse());
    expect(queriesAt(bench, /Instances$/)[0]).not.toContain('DefinitionId');
  });

  it('finds it in titles when definitions may not be read', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/'] });
    start(define('Web'));
    const byTitle = start(define('Other'), 'a web thing');
    expect(idsOf((await list({ text: 'web' })).instances)).toEqual([byTitle]);
  });

  it.each(['" OR Title -contains "', '") OR (Status -eq "Suspended', '%', '"'])(
    'is not led astray by %j',
    async (text) => {
      bench = await startBench();
      start(define('D'), 'CORP\\ann is enrolling');
      expect(await list({ text })).toEqual({ instances: [], hasMore: false });
      const unquoted = queriesAt(bench, /Workflow/).map((query) => query.replace(/"[^"]*"/g, '…'));
      expect(unquoted.join()).not.toMatch(/-eq|["%]/);
    },
  );

  it('takes blanks for no text', async () => {
    bench = await startBench();
    const id = start(define('D'));
    expect(idsOf((await list({ text: '  ' })).instances)).toEqual([id]);
  });
});

describe('the pages of a list', () => {
  const titles = Array.from({ length: 7 }, (_, index) => `run ${index}`);

  it.each([true, false])(
    'follow each other, newest first, with a total told: %s',
    async (totalCountHeader) => {
      bench = await startBench({ behaviour: { totalCountHeader } });
      const newest = [...startRuns(bench, titles, define('D'))].reverse();
      const pages = [];
      for (const page of [1, 2, 3, 4]) pages.push(await list({ page, pageSize: 3 }));
      expect(pages.map(({ instances }) => idsOf(instances))).toEqual([
        newest.slice(0, 3),
        newest.slice(3, 6),
        newest.slice(6),
        [],
      ]);
      expect(pages.map(({ hasMore }) => hasMore)).toEqual([true, true, false, false]);
    },
  );

  it('end exactly where the runs end', async () => {
    bench = await startBench();
    startRuns(bench, titles.slice(0, 6), define('D'));
    expect((await list({ page: 2, pageSize: 3 })).hasMore).toBe(false);
  });

  it('tell no run twice that started together with others', async () => {
    bench = await startBench();
    const definition = define('D');
    const ids = titles.map((title) => bench.command.startInstance({ definition, title, initiator: bot }));
    const first = await list({ pageSize: 4 });
    const second = await list({ page: 2, pageSize: 4 });
    expect([...idsOf(first.instances), ...idsOf(second.instances)]).toEqual([...ids].reverse());
  });

  it('leave no run out because others were decided between them', async () => {
    bench = await startBench();
    const ids = startRuns(bench, titles, define('D'));
    const first = await list({ state: 'waiting', pageSize: 3 });
    expect(idsOf(first.instances)).toEqual([ids[6], ids[5], ids[4]]);
    await bench.command.decideInPortal(String(ids[0]), 'CORP\\ann', true);
    bench.advanceClock(1_000);
    const fresh = bench.command.startInstance({ definition: 'D', title: 'new', initiator: bot });
    expect(idsOf((await list({ state: 'waiting', pageSize: 3 })).instances)).toEqual([fresh, ids[6], ids[5]]);
    expect(idsOf((await list({ state: 'waiting', page: 2, pageSize: 3 })).instances)).toEqual([
      ids[4],
      ids[3],
      ids[2],
    ]);
  });

  it('are read at once, however far down they are', async () => {
    bench = await startBench({ settings: { pageSize: 1 } });
    startRuns(bench, titles, define('D'));
    await list({ page: 3, pageSize: 2 });
    expect(bench.command.requests).toHaveLength(1);
  });
});

describe('a list with little access', () => {
  it('shows what waits for the account and what it started', async () => {
    bench = await startBench({ permissions: [...narrow, '/workflows/instances/read/mine/'] });
    const waiting = start(define('A'));
    const own = start(define('B', []), 'T', bot);
    start(define('C', [approvalStep({ roles: ['Others'] })]));
    expect(idsOf((await list()).instances)).toEqual([own, waiting]);
    expect(idsOf((await list({ state: 'waiting' })).instances)).toEqual([waiting]);
    expect(await list({ page: 2, pageSize: 1 })).toMatchObject({
      instances: [{ ref: { id: waiting } }],
      hasMore: false,
    });
  });

  it('works on an old server, whose parameters have other names', async () => {
    bench = await startBench({
      settings: { queryPrefix: 'pq' },
      permissions: [...narrow, '/workflows/instances/read/mine/'],
    });
    const own = start(define('Web'), 'T', bot);
    expect(idsOf((await list({ text: 'web' })).instances)).toEqual([own]);
    expect(queriesAt(bench, /AssignedToMe$/)[0]).toMatch(/^pq\.queryString=/);
    expect(queriesAt(bench, /My$/)[0]).toMatch(/^instanceQuery\.queryString=/);
    expect(queriesAt(bench, /Definitions$/)[0]).toMatch(/^query\.queryString=/);
  });
});
