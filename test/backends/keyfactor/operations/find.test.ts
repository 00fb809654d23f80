import { afterEach, describe, expect, it } from '@jest/globals';
import { approvalStep, type Bench, bot, startBench } from '../start-bench.js';
import { idsOf, narrow, operationsOf, permit, queriesAt, startRuns, wide } from './an-operations-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const find = (text: string, limit = 10) => operationsOf(bench).find(text, limit);
const anything = /Workflow\/Instances/;

describe('finding by id', () => {
  it('reads the run in full, whatever the case of the id', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep()], { Subject: 'CN=app.example.com' });
    const [found] = await find(` ${id.toUpperCase()} `);
    expect(found).toMatchObject({ ref: { system: 'corp', id }, facts: { subject: 'CN=app.example.com' } });
    expect(bench.command.requests).toHaveLength(1);
  });

  it('finds nothing where nothing is, or nothing for us', async () => {
    bench = await startBench({ permissions: narrow });
    const hidden = bench.startRun([approvalStep({ roles: ['Others'] })]);
    expect(await find('00000000-0000-4000-8000-000000000000')).toEqual([]);
    expect(await find(hidden)).toEqual([]);
  });

  it('does not take a wrong address for nothing', async () => {
    bench = await startBench();
    const id = bench.startRun();
    bench.command.fail({ fault: 'html-404' });
    expect(await bench.failure(find(id))).toMatchObject({ code: 'not-found' });
  });
});

describe('finding by reference number', () => {
  it.each(['2', '#2', '002', ' 2 '])('takes %j for the number', async (text) => {
    bench = await startBench();
    bench.startRun();
    const id = bench.startRun([approvalStep()], { Subject: 'CN=two.example.com' });
    const [found, ...others] = await find(text);
    expect(found).toMatchObject({ ref: { id }, referenceId: '2', facts: { subject: 'CN=two.example.com' } });
    expect(others).toEqual([]);
    expect(queriesAt(bench, /Instances$/)[0]).toContain('ReferenceId -eq 2&');
  });

  it('finds nothing under a number nobody has', async () => {
    bench = await startBench();
    bench.startRun();
    expect(await find('12')).toEqual([]);
  });

  it('looks among what waits for us when nothing else may be read', async () => {
    bench = await startBench({ permissions: narrow });
    bench.startRun([approvalStep({ roles: ['Others'] })]);
    const ours = bench.startRun();
    expect(idsOf(await find('2'))).toEqual([ours]);
    expect(await find('1')).toEqual([]);
  });

  it('looks among what the account started when nothing else may be read', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/mine/'] });
    const definition = bench.command.addDefinition({
      displayName: 'D',
      workflowType: 'Enrollment',
      steps: [approvalStep()],
    });
    bench.command.startInstance({ definition, title: 'not ours', initiator: 'CORP\\jsmith' });
    const own = bench.command.startInstance({ definition, title: 'ours', initiator: bot });
    expect(idsOf(await find('2'))).toEqual([own]);
    expect(await find('1')).toEqual([]);
  });
});

describe('finding by words of the title', () => {
  it('finds runs with all the words in any order and case, newest first', async () => {
    bench = await startBench();
    const definition = bench.command.addDefinition({
      displayName: 'D',
      workflowType: 'Enrollment',
      steps: [approvalStep()],
    });
    const [older, , newer] = startRuns(
      bench,
      ['CORP\\ann wants CN=app1', 'CORP\\bo wants CN=app1', 'CN=APP1 for ANN'],
      definition,
    );
    expect(idsOf(await find('app1 ann'))).toEqual([newer, older]);
  });

  it('gives no more than wanted, and what a row tells without reading further', async () => {
    bench = await startBench();
    const definition = bench.command.addDefinition({
      displayName: 'D',
      workflowType: 'Enrollment',
      steps: [approvalStep()],
    });
    const ids = startRuns(
      bench,
      ['CORP\\ann is a', 'CORP\\ann is b', 'CORP\\ann is c with CN=c.example.com'],
      definition,
    );
    const found = await find('ann', 1);
    expect(idsOf(found)).toEqual([ids[2]]);
    expect(found).toMatchObject([
      {
        status: { kind: 'suspended' },
        awaitsApproval: true,
        facts: { requesters: ['CORP\\ann'], subject: 'CN=c.example.com' },
      },
    ]);
    expect(bench.command.requests).toHaveLength(1);
    expect(await find('ann', 0)).toEqual([]);
  });

  it('reads a single hit in full', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep()], { Subject: 'CN=app.example.com' }, 'A rare title');
    expect(await find('rare')).toEqual([await bench.found(id)]);
  });

  it.each(['" OR Title -contains "', '"', '%ME%', '*', '"\u0000"', 'x" AND Status -eq "Failed'])(
    'never lets %j out of its quotation marks',
    async (text) => {
      bench = await startBench();
      bench.startRun();
      bench.startRun();
      expect(await find(text)).toEqual([]);
      for (const query of queriesAt(bench, anything)) {
        const requested = /QueryString=(.*)&PageReturned/.exec(query)?.[1];
        expect(requested).toMatch(/^Title -contains "[^"%*]+"( AND Title -contains "[^"%*]+")*$/);
      }
    },
  );

  it('asks for nothing when there are no words', async () => {
    bench = await startBench();
    bench.startRun();
    expect([await find(''), await find('  '), await find('"%"')]).toEqual([[], [], []]);
    expect(bench.command.requests).toHaveLength(0);
  });

  it('keeps a long text short enough for an address', async () => {
    bench = await startBench();
    expect(await find(`${'long '.repeat(500)}${'x'.repeat(5_000)}`)).toEqual([]);
    expect(queriesAt(bench, anything)[0]?.length).toBeLessThan(1_500);
  });

  it('does not fail for a word that looks like a step of a path', async () => {
    bench = await startBench();
    bench.startRun([approvalStep()], {}, 'about ../Stop and /etc');
    expect(await find('../Stop')).toHaveLength(1);
  });
});

describe('access while finding', () => {
  it('asks for every run only now and then after it was refused', async () => {
    bench = await startBench({ permissions: narrow });
    bench.startRun();
    await find('enrolling');
    await find('enrolling');
    expect(queriesAt(bench, /Instances$/)).toHaveLength(1);
    bench.advanceClock(300_000);
    await find('enrolling');
    bench.advanceClock(300_001);
    permit(bench, wide);
    await find('enrolling');
    expect(queriesAt(bench, /Instances$/)).toHaveLength(2);
  });

  it('never asks for every run when the settings say no', async () => {
    bench = await startBench({ settings: { readAll: 'no' } });
    const id = bench.startRun();
    expect(idsOf(await find('enrolling'))).toEqual([id]);
    expect(queriesAt(bench, /Instances$/)).toEqual([]);
  });

  it('gives a run once that waits for the account and was started by it', async () => {
    bench = await startBench({ permissions: [...narrow, '/workflows/instances/read/mine/'] });
    const definition = bench.command.addDefinition({
      displayName: 'D',
      workflowType: 'Enrollment',
      steps: [approvalStep()],
    });
    const ours = bench.command.startInstance({ definition, title: 'app', initiator: bot });
    bench.advanceClock(1_000);
    const waiting = bench.command.startInstance({ definition, title: 'app', initiator: 'CORP\\jsmith' });
    expect(idsOf(await find('app'))).toEqual([waiting, ours]);
  });

  it('fails when no list may be read', async () => {
    bench = await startBench({ permissions: [] });
    expect(await bench.failure(find('app'))).toMatchObject({
      code: 'forbidden',
      applied: 'no',
      retryable: false,
    });
  });

  it('fails when the server is down', async () => {
    bench = await startBench();
    await bench.command.goDown();
    expect(await bench.failure(find('app'))).toMatchObject({ code: 'unreachable', applied: 'no' });
  });
});
