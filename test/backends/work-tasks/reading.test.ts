import { afterEach, describe, expect, it } from '@jest/globals';
import { noFacts } from '../../../src/domain/request.js';
import type { Bench } from './start-bench.js';
import { numberOf, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

/** Shapes in which an answer can be told at all. */
const reporting = [
  'value',
  'quoted-string',
  'plain-text',
  'camel-object',
  'pascal-object',
  'lower-object',
  'pairs',
  'wrapped-string',
  'wrapped-object',
  'xml',
  'xml-string',
] as const;

const silences = [
  { notFound: 'empty' },
  { notFound: 'null' },
  { errors: 'json' },
  { errors: 'json-detailed' },
  { errors: 'html' },
  { errors: 'ok-object' },
  { errors: 'ok-failure' },
  { errors: 'json', engineErrorStatus: 404 },
  { errors: 'json', engineErrorStatus: 400 },
] as const;

describe('an execution', () => {
  it('is told with what little the API knows of it', async () => {
    bench = await startBench();
    const ref = bench.begin();
    expect(await bench.found(ref)).toEqual({
      ref,
      referenceId: '1001',
      title: 'Leave WF · execution 1001',
      definition: { id: 'Leave WF', name: 'Leave WF', version: 0, type: 'Work Tasks' },
      status: { kind: 'suspended', raw: 'SL' },
      awaitsApproval: false,
      facts: noFacts,
      fingerprint: expect.any(String),
    });
  });

  it.each(
    reporting.flatMap((shape) =>
      (['code', 'lower', 'padded', 'word'] as const).map((statusAs) => [shape, statusAs] as const),
    ),
  )('is understood when its status comes as %s, %s', async (shape, statusAs) => {
    bench = await startBench({ behaviour: { shape, statusAs } });
    const ref = bench.begin();
    expect((await bench.found(ref)).status.kind).toBe('suspended');
    bench.workTasks.failWithError({ repository: 'HR', id: numberOf(ref) }, 'Boom');
    expect((await bench.found(ref)).status.kind).toBe('failed');
  });

  it.each(reporting)('keeps the designer’s status when it comes as %s', async (shape) => {
    bench = await startBench({ behaviour: { shape, statusAs: 'business' } });
    const ref = bench.begin();
    bench.workTasks.setStatusText({ repository: 'HR', id: numberOf(ref) }, 'Waiting for PA & co');
    expect((await bench.found(ref)).status).toEqual({ kind: 'unknown', raw: 'Waiting for PA & co' });
  });

  it('tells the designer’s text beside the code', async () => {
    bench = await startBench({ behaviour: { shape: 'pascal-object', statusAs: 'both' } });
    const ref = bench.begin();
    bench.workTasks.setStatusText({ repository: 'HR', id: numberOf(ref) }, 'Waiting for manager');
    expect(await bench.found(ref)).toMatchObject({
      status: { kind: 'suspended', raw: 'SL' },
      statusMessage: 'Waiting for manager',
    });
  });

  it.each(silences)('that does not exist is not visible under %j', async (behaviour) => {
    bench = await startBench({ behaviour });
    expect(await bench.backend.getInstance({ system: 'plant-hr', id: 'Leave WF#9' })).toEqual({
      kind: 'not-visible',
    });
  });

  it('of a repository that does not exist is a mistake, not a missing execution', async () => {
    bench = await startBench({ settings: { repositories: [{ repository: 'Payroll' }] } });
    const ref = { system: 'plant-payroll', id: 'Leave WF#1001' };
    expect((await bench.failure(bench.backend.getInstance(ref))).message).toContain('Payroll');
  });

  it('is looked at again only where it is remembered, and told when it changed', async () => {
    bench = await startBench();
    const [ref, other, gone] = [bench.begin(), bench.begin(), { system: 'plant-hr', id: 'Leave WF#9' }];
    const remembered = await Promise.all(
      [ref, other].map(async (one) => {
        const { fingerprint } = await bench.found(one);
        return { ref: one, fingerprint, isAssigned: false };
      }),
    );
    bench.workTasks.finish({ repository: 'HR', id: numberOf(other) });
    const poll = [...remembered, { ref: gone, fingerprint: '', isAssigned: false }];
    expect(await bench.backend.observe(poll)).toEqual({
      snapshots: [
        { kind: 'seen', isAssigned: false, instance: await bench.found(other) },
        { kind: 'not-visible', ref: gone },
      ],
    });
    expect(await bench.backend.observe([])).toEqual({ snapshots: [] });
  });

  it('is left out of an observation while it cannot be read, and all of them are a failure', async () => {
    bench = await startBench({ retryOptions: { retries: 0 } });
    const refs = [bench.begin(), bench.begin()].map((ref) => ({ ref, fingerprint: '', isAssigned: false }));
    bench.workTasks.fail({ fault: 'http-503', path: 'status' });
    expect((await bench.backend.observe(refs)).snapshots).toHaveLength(1);
    bench.workTasks.fail({ fault: 'http-503', path: 'status', times: 2 });
    expect(await bench.failure(bench.backend.observe(refs))).toMatchObject({ code: 'server-error' });
  });

  it('takes no signal, waits for nobody and needs nothing', async () => {
    bench = await startBench();
    const instance = await bench.found(bench.begin());
    expect(await bench.backend.sendSignal(instance, { verdict: 'approve', comment: '' })).toEqual({
      kind: 'refused',
      reason: 'bad-request',
      isUnsent: true,
    });
    expect(await bench.backend.isAssigned(instance.ref)).toBe(false);
    expect(await bench.backend.requirementOf(instance)).toEqual({ roles: [] });
  });

  it('has a link where an inbox is configured', async () => {
    bench = await startBench();
    const instance = await bench.found(bench.begin('Night #1 & more'));
    expect(bench.backend.linkTo(instance)).toBeUndefined();
    const inboxUrl = 'https://wt.example.com/{repository}?w={workflow}&e={executionid}';
    const [linked] = bench.another({ settings: { inboxUrl } });
    expect(linked?.linkTo(instance)).toBe('https://wt.example.com/HR?w=Night%20%231%20%26%20more&e=1001');
  });
});

describe('repositories of one server', () => {
  it('are systems of their own that share a token', async () => {
    bench = await startBench({
      settings: { repositories: [{ repository: 'HR' }, { repository: 'QA', name: 'qa' }] },
    });
    const backends = bench.another();
    expect(backends.map(({ system, label }) => [system, label])).toEqual([
      ['plant-hr', 'Work Tasks HR'],
      ['qa', 'Work Tasks QA'],
    ]);
    for (const { system, getInstance } of backends) await getInstance({ system, id: 'Leave WF#9' });
    expect(bench.requests('status').map(({ sent }) => sent.repo)).toEqual(['HR', 'QA']);
    expect(bench.workTasks.tokenRequests).toHaveLength(1);
  });
});

describe('the last execution', () => {
  it.each(reporting)('is found when the answer is %s', async (shape) => {
    bench = await startBench({ behaviour: { shape } });
    bench.begin();
    const ref = bench.begin();
    expect(await bench.operations.last('Leave WF')).toEqual(await bench.found(ref));
  });

  it.each(silences)('is none while there was none, under %j', async (behaviour) => {
    bench = await startBench({ behaviour });
    expect(await bench.operations.last('Leave WF')).toBeUndefined();
    expect(await bench.operations.last('Nothing of the kind')).toBeUndefined();
  });
});

describe('searching', () => {
  it.each(['Leave WF#1001', 'leave wf#1001', ' Leave WF#1001 '])('finds %j', async (text) => {
    bench = await startBench();
    const ref = bench.begin();
    expect(await bench.operations.find(text, 5)).toEqual([await bench.found(ref)]);
  });

  it.each(['Leave WF#9', '1001', 'Leave', 'Leave WF#x', '', '#1001'])(
    'finds nothing for %j',
    async (text) => {
      bench = await startBench();
      bench.begin();
      expect(await bench.operations.find(text, 5)).toEqual([]);
    },
  );

  it('finds a bare number where there is but one workflow', async () => {
    bench = await startBench({
      settings: { repositories: [{ repository: 'HR', workflows: [{ name: 'Leave WF' }] }] },
    });
    const ref = bench.begin();
    expect(await bench.operations.find('1001', 5)).toEqual([await bench.found(ref)]);
  });

  it('lists the workflows of the settings by name or title', async () => {
    bench = await startBench();
    const names = async (text: string) => (await bench.operations.definitions(text)).map(({ name }) => name);
    expect(await names('')).toEqual(['Leave WF', 'Night #1 & more']);
    expect(await names('REQUEST')).toEqual(['Leave WF']);
    expect(await names('payroll')).toEqual([]);
  });
});

describe('values of an execution', () => {
  it.each(reporting)('are read when they come as %s', async (shape) => {
    bench = await startBench({ behaviour: { shape } });
    const ref = bench.begin();
    expect(await bench.operations.output(ref, 'Check')).toEqual({ kind: 'value', text: 'Completed' });
    expect(await bench.operations.variable(ref, 'Days')).toEqual({ kind: 'value', text: '2' });
    expect(await bench.operations.variable(ref, '^Acting users')).toMatchObject({
      kind: 'value',
      text: expect.stringMatching(/ann.*bo/),
    });
  });

  it('are empty while there are none', async () => {
    bench = await startBench();
    const ref = bench.begin();
    expect(await bench.operations.output(ref, 'ManagerApproval')).toEqual({ kind: 'empty' });
    expect(await bench.operations.variable(ref, 'Note')).toEqual({ kind: 'empty' });
  });

  it.each(['json', 'json-detailed', 'html', 'ok-object', 'ok-failure'] as const)(
    'that do not exist are told as that (%s)',
    async (errors) => {
      bench = await startBench({ behaviour: { errors } });
      const ref = bench.begin();
      for (const reading of [
        await bench.operations.output(ref, 'Nowhere'),
        await bench.operations.variable(ref, 'Nothing'),
      ]) {
        expect(reading).toMatchObject({ kind: 'not-found', said: expect.stringContaining('no such') });
      }
    },
  );

  it('are read at the other path where the server has them there, and it is remembered', async () => {
    bench = await startBench({ behaviour: { variablePath: 'variablevalue' } });
    const ref = bench.begin();
    expect(await bench.operations.variable(ref, 'Days')).toEqual({ kind: 'value', text: '2' });
    expect(await bench.operations.variable(ref, 'Days')).toEqual({ kind: 'value', text: '2' });
    expect(bench.requests('activityoutput')).toHaveLength(1);
    expect(bench.requests('variablevalue')).toHaveLength(2);
  });

  it('are none of what is no execution', async () => {
    bench = await startBench();
    const ref = { system: 'plant-hr', id: '1001' };
    expect(await bench.operations.output(ref, 'Check')).toEqual({ kind: 'not-found' });
    expect(await bench.operations.variable(ref, 'Days')).toEqual({ kind: 'not-found' });
    expect(await bench.backend.getInstance(ref)).toEqual({ kind: 'not-visible' });
  });
});
