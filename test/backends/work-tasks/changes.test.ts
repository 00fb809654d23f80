import { afterEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/change.js';
import type { InstanceRef } from '../../../src/domain/instance.js';
import type { Bench } from './start-bench.js';
import { ann, numberOf, privateNote, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const shapes = [
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
  'empty',
  'no-content',
] as const;

const start = (...variables: readonly { name: string; value: string }[]): Change => ({
  kind: 'execute',
  system: 'plant-hr',
  definition: 'Leave WF',
  variables: variables.map((one) => ({ ...one, type: 'string' })),
});

/** The execution the server holds under our name for it. */
const held = (ref: InstanceRef) => bench.workTasks.execution({ repository: 'HR', id: numberOf(ref) });

describe('starting a workflow', () => {
  it.each(shapes.flatMap((shape) => [[shape, 0] as const, [shape, 1] as const]))(
    'is understood when the answer is %s (%d variables)',
    async (shape, count) => {
      bench = await startBench({ behaviour: { shape } });
      const variables = count === 0 ? [] : [{ name: 'Note', value: privateNote }];
      const response = await bench.change(start(...variables));
      const isStated = shape !== 'empty' && shape !== 'no-content';
      const started = { system: 'plant-hr', id: 'Leave WF#1001' };
      expect(response).toEqual({ kind: 'accepted', ...(isStated ? { started } : {}) });
      expect(bench.workTasks.executions('HR')).toHaveLength(1);
      expect(bench.requests(count === 0 ? 'execute' : 'executewithvariables')).toHaveLength(1);
    },
  );

  it('gives the workflow its variables', async () => {
    bench = await startBench();
    await bench.change(start({ name: 'Days', value: '5' }, { name: 'Note', value: privateNote }));
    const [execution] = bench.workTasks.executions('HR');
    expect(execution).toMatchObject({ initiator: ann.identity, data: '<data/>' });
    expect(execution?.variables).toContainEqual(
      expect.objectContaining({ name: 'Note', value: privateNote }),
    );
  });

  it.each<[object, string]>([
    [{ engine: 'stopped' }, 'engine-down'],
    [{ engine: 'stopped', errors: 'json-detailed' }, 'engine-down'],
    [{ engine: 'stopped', errors: 'html' }, 'engine-down'],
    [{ engine: 'stopped', errors: 'ok-object' }, 'engine-down'],
    [{ engine: 'stopped', errors: 'ok-failure' }, 'engine-down'],
    [{ engine: 'stopped', errors: 'ok-minus-one' }, 'bad-request'],
  ])('is refused under %j as %s', async (behaviour, reason) => {
    bench = await startBench({ behaviour });
    expect(await bench.change(start())).toMatchObject({ kind: 'refused', reason });
    expect(bench.requests('execute')).toHaveLength(1);
  });

  it.each([{ published: false }, { enabled: false }])('is refused when it is %j', async (change) => {
    bench = await startBench();
    bench.workTasks.changeWorkflow('HR', 'Leave WF', change);
    expect(await bench.change(start())).toMatchObject({ kind: 'refused', reason: 'not-published' });
  });

  it('is refused without a user, and nothing is sent', async () => {
    bench = await startBench();
    expect(await bench.operations.change(start(), {})).toMatchObject({
      kind: 'refused',
      reason: 'not-sendable',
      said: 'the settings name no user there for this person',
    });
    expect(bench.workTasks.requests).toHaveLength(0);
  });

  it('is refused when the token belongs to somebody else', async () => {
    bench = await startBench({ behaviour: { userMustMatchToken: true } });
    const bo = { identity: 'activedirectory::bo' };
    expect(await bench.operations.change(start(), bo)).toMatchObject({ reason: 'no-permission' });
  });

  it('that fails in words nobody knows may have happened all the same', async () => {
    bench = await startBench({ settings: { repositories: [withUnknownVariable] } });
    const error = await bench.failure(bench.change(start({ name: 'Unknown here', value: privateNote })));
    expect(error).toMatchObject({ code: 'server-error', applied: 'unknown' });
  });
});

const withUnknownVariable = {
  repository: 'HR',
  workflows: [{ name: 'Leave WF', variables: [{ name: 'Unknown here' }] }],
};

describe('controlling an execution', () => {
  it.each(shapes)('is understood when the answer is %s', async (shape) => {
    bench = await startBench();
    const instance = bench.begin();
    bench.workTasks.change({ shape });
    expect(await bench.change({ kind: 'pause', instance })).toEqual({ kind: 'accepted' });
    expect(held(instance).status).toBe('PA');
    expect(await bench.change({ kind: 'resume', instance, afterError: false })).toEqual({ kind: 'accepted' });
    expect(held(instance).status).toBe('SL');
    expect(await bench.change({ kind: 'abort', instance })).toEqual({ kind: 'accepted' });
    expect(held(instance).status).toBe('AB');
  });

  it('goes on after an error by the call for that', async () => {
    bench = await startBench();
    const instance = bench.begin();
    bench.workTasks.failWithError({ repository: 'HR', id: numberOf(instance) }, 'The web call failed');
    expect(await bench.change({ kind: 'resume', instance, afterError: true })).toEqual({ kind: 'accepted' });
    expect(held(instance).status).toBe('SL');
    expect(bench.requests('resumeworkflowwitherrors')).toHaveLength(1);
  });

  it.each<[object]>([
    [{}],
    [{ illegalControl: 'false' }],
    [{ engineMessages: 'one-for-all' }],
    [{ errors: 'html' }],
    [{ errors: 'ok-object' }],
    [{ errors: 'ok-failure' }],
    [{ errors: 'ok-minus-one' }],
  ])('in the wrong state is told as that under %j', async (behaviour) => {
    bench = await startBench({ behaviour });
    const instance = bench.begin();
    bench.workTasks.finish({ repository: 'HR', id: numberOf(instance) });
    expect(await bench.change({ kind: 'pause', instance })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-state',
    });
  });

  it('tells a stopped engine from a wrong state', async () => {
    bench = await startBench({ behaviour: { engineMessages: 'one-for-all' } });
    const instance = bench.begin();
    bench.workTasks.engineDown();
    expect(await bench.change({ kind: 'pause', instance })).toMatchObject({ reason: 'engine-down' });
  });

  it('of an execution that does not exist is refused as that', async () => {
    bench = await startBench();
    const instance = { system: 'plant-hr', id: 'Leave WF#9' };
    expect(await bench.change({ kind: 'abort', instance })).toMatchObject({ reason: 'not-found' });
  });

  it('finds the right execution of a workflow with a number sign in its name', async () => {
    bench = await startBench();
    const instance = bench.begin('Night #1 & more');
    expect(await bench.change({ kind: 'abort', instance })).toEqual({ kind: 'accepted' });
    expect(held(instance).status).toBe('AB');
  });
});

describe('alerting an activity', () => {
  const alert = (instance: InstanceRef, activityId: string): Change => ({
    kind: 'alert',
    instance,
    activityId,
    output: 'Approved',
  });
  const sleeping = (ref: InstanceRef) =>
    String(bench.workTasks.sleepingAt({ repository: 'HR', id: numberOf(ref) })?.executionDetailsId);

  it.each(shapes)('moves it on and is understood when the answer is %s', async (shape) => {
    bench = await startBench();
    const instance = bench.begin();
    bench.workTasks.change({ shape });
    expect(await bench.change(alert(instance, sleeping(instance)))).toEqual({ kind: 'accepted' });
    expect(bench.workTasks.alerts).toMatchObject([
      { output: 'Approved', status: 'Completed', user: ann.identity, data: '<data/>', hasMoved: true },
    ]);
    expect(held(instance).status).toBe('FN');
  });

  it('of one that does not sleep any more is refused', async () => {
    bench = await startBench();
    const instance = bench.begin();
    const activityId = sleeping(instance);
    await bench.change(alert(instance, activityId));
    expect(await bench.change(alert(instance, activityId))).toMatchObject({ reason: 'wrong-state' });
  });
});

describe('what is sent', () => {
  it('has the keys and paths that AVEVA prints, letter by letter', async () => {
    bench = await startBench({ behaviour: { caseInsensitiveKeys: false, caseSensitivePaths: true } });
    const instance = bench.begin();
    await bench.change(start());
    await bench.change(start({ name: 'Note', value: privateNote }));
    await bench.change({ kind: 'pause', instance });
    await bench.change({ kind: 'resume', instance, afterError: false });
    await bench.change({ kind: 'resume', instance, afterError: true });
    await bench.change({ kind: 'alert', instance, activityId: '50001', output: 'Approved' });
    await bench.change({ kind: 'abort', instance });
    await bench.operations.last('Leave WF');
    await bench.operations.output(instance, 'ManagerApproval');
    await bench.operations.variable(instance, 'Days');
    const posts = bench.workTasks.requests.filter(({ method }) => method === 'POST');
    expect(posts.every(({ contentType }) => contentType === 'application/json; charset=utf-8')).toBe(true);
    const four = ['repository', 'workflow', 'executionid', 'user'];
    const spelt = bench.workTasks.requests.map(({ path, sent }) => [path, Object.keys(sent)]);
    const base = '/Workflow.WebAPI/api/workflow';
    const expected = [
      [`${base}/execute`, ['repository', 'workflow', 'version', 'user']],
      [`${base}/executewithvariables`, ['repository', 'workflow', 'user', 'data', 'variables']],
      [`${base}/pause`, four],
      [`${base}/resume`, four],
      [`${base}/resumeworkflowwitherrors`, four],
      [
        `${base}/AlertEngine`,
        ['repository', 'workflow', 'executiondetailsid', 'user', 'data', 'output', 'status'],
      ],
      [`${base}/abort`, four],
      [`${base}/lastinstance`, ['repo', 'workflow']],
      [`${base}/status`, ['repo', 'executionid']],
      [`${base}/activityoutput`, ['repo', 'executionid', 'activityname']],
      [`${base}/activityoutput`, ['repo', 'executionid', 'variablename']],
    ];
    for (const call of expected) expect(spelt).toContainEqual(call);
  });

  it.each([
    ['number', 'number'],
    ['string', 'string'],
  ] as const)('has ids as a %s where the settings say so', async (ids, idsAs) => {
    bench = await startBench({ behaviour: { idsAs }, settings: { ids } });
    const instance = bench.begin();
    expect(await bench.change({ kind: 'pause', instance })).toEqual({ kind: 'accepted' });
  });

  it('has variables as text where the settings say so', async () => {
    bench = await startBench({
      behaviour: { variablesAs: 'json-string' },
      settings: { variables: 'json-string' },
    });
    expect(await bench.change(start({ name: 'Note', value: privateNote }))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('goes to other paths where the settings say so', async () => {
    bench = await startBench({ settings: { paths: { status: 'api/workflow/lastinstance' } } });
    await bench.failure(bench.backend.getInstance(bench.begin()));
    expect(bench.requests('lastinstance')).toHaveLength(1);
  });
});
