import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Control, ExecutionRef, ExecutionStatus } from '../../../src/sandbox/work-tasks/engine.js';
import type { Bench } from './start-bench.js';
import { ann, controlBody, place, startBench, startBody } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.tasks.stop());

const statusOf = (ref: ExecutionRef): ExecutionStatus => bench.tasks.execution(ref).status;

describe('the control of an execution', () => {
  /** Brings an execution into a state, the way it comes about. */
  function inState(status: ExecutionStatus): ExecutionRef {
    bench.tasks.change({ engine: status === 'EP' || status === 'EX' ? 'by-hand' : 'running' });
    const ref = bench.tasks.startExecution({ ...place, user: ann });
    if (status === 'EX') bench.tasks.advance(ref);
    if (status === 'FN') bench.tasks.finish(ref);
    if (status === 'FE') bench.tasks.failWithError(ref, 'no such mailbox');
    return ref;
  }

  async function reach(status: ExecutionStatus): Promise<ExecutionRef> {
    const ref = inState(status);
    if (status === 'PA') await bench.post('pause', controlBody(ref.id));
    if (status === 'AB') await bench.post('abort', controlBody(ref.id));
    expect(statusOf(ref)).toBe(status);
    return ref;
  }

  const states: readonly ExecutionStatus[] = ['EP', 'EX', 'SL', 'PA', 'FE', 'FN', 'AB'];
  const works: Readonly<Record<Control, Partial<Record<ExecutionStatus, ExecutionStatus>>>> = {
    abort: { EX: 'AB', SL: 'AB' },
    pause: { EX: 'PA', SL: 'PA' },
    resume: { PA: 'SL' },
    resumeworkflowwitherrors: { FE: 'SL', EP: 'EP' },
  };
  const table = (['abort', 'pause', 'resume', 'resumeworkflowwitherrors'] as const).flatMap((control) =>
    states.map((from) => [control, from, works[control][from]] as const),
  );

  it.each(table)('%s on %s leads to %s', async (control, from, to) => {
    const ref = await reach(from);
    const response = await bench.post(control, controlBody(ref.id));
    expect(statusOf(ref)).toBe(to ?? from);
    expect([response.status, response.body]).toEqual(
      to === undefined
        ? [500, { Message: `The operation is not possible in the state ${from}.` }]
        : [200, true],
    );
  });

  it.each([
    ['accepted', true],
    ['false', false],
  ] as const)('that is not possible may be %s and change nothing', async (illegalControl, body) => {
    bench.tasks.change({ illegalControl });
    const ref = await reach('FN');
    expect(await bench.post('abort', controlBody(ref.id))).toMatchObject({ status: 200, body });
    expect(statusOf(ref)).toBe('FN');
    expect(bench.tasks.audit.at(-1)).toMatchObject({ action: 'control-ignored', user: ann });
  });

  it('is refused for an execution of another workflow or repository', async () => {
    const { id } = await reach('SL');
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Other' });
    bench.tasks.addRepository({ name: 'Office' });
    bench.tasks.addWorkflow({ repository: 'Office', name: 'Leave WF' });
    expect((await bench.post('abort', { ...controlBody(id), workflow: 'Other' })).status).toBe(500);
    expect((await bench.post('abort', { ...controlBody(id), repository: 'Office' })).status).toBe(500);
    expect((await bench.post('abort', controlBody(id + 1))).status).toBe(500);
  });
});

describe('an execution', () => {
  it('begins as pending, executes and sleeps at a human activity', () => {
    bench.tasks.change({ engine: 'by-hand' });
    const ref = bench.tasks.startExecution({ ...place, user: ann });
    const seen = [statusOf(ref)];
    for (const _ of [1, 2]) {
      bench.tasks.advance(ref);
      seen.push(statusOf(ref));
    }
    expect(seen).toEqual(['EP', 'EX', 'SL']);
    expect(bench.tasks.sleepingAt(ref)).toMatchObject({
      name: 'Manager Approval',
      executionDetailsId: 50_001,
    });
    expect(() => bench.tasks.advance(ref)).toThrow('not on the move');
  });

  it('finishes at once where nobody is asked', async () => {
    bench.tasks.addWorkflow({
      repository: 'Plant',
      name: 'Mail',
      activities: [{ name: 'Send', kind: 'automatic' }],
    });
    const { body } = await bench.post('execute', { ...startBody, workflow: 'Mail' });
    expect(bench.tasks.execution({ repository: 'Plant', id: Number(body) })).toMatchObject({
      status: 'FN',
      runs: [{ name: 'Send', status: 'C', output: 'Completed' }],
    });
  });

  it('that never rests is aborted by the engine', () => {
    const loop = { name: 'Loop', kind: 'automatic', links: { Completed: 'Loop' } } as const;
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Endless', activities: [loop] });
    const ref = bench.tasks.startExecution({ repository: 'Plant', workflow: 'Endless', user: ann });
    expect(statusOf(ref)).toBe('AB');
  });

  it('that failed enters the failed activity again, under a new number', async () => {
    const ref = bench.tasks.startExecution({ ...place, user: ann });
    bench.tasks.failWithError(ref, 'no such mailbox');
    expect(bench.tasks.execution(ref)).toMatchObject({ error: 'no such mailbox', runs: [{ status: 'E' }] });
    await bench.post('resumeworkflowwitherrors', controlBody(ref.id));
    expect(bench.tasks.execution(ref).runs).toMatchObject([
      { executionDetailsId: 50_001, status: 'K' },
      { executionDetailsId: 50_002, status: 'S' },
    ]);
  });

  it('runs the latest published version unless another is asked for', async () => {
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Leave WF' });
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Leave WF', published: false });
    await bench.post('execute', startBody);
    await bench.post('execute', { ...startBody, version: '1' });
    expect(bench.tasks.executions('Plant').map(({ version }) => version)).toEqual([2, 1]);
    for (const version of ['3', '4', '0', 'latest']) {
      expect((await bench.post('execute', { ...startBody, version })).status).toBe(500);
    }
  });

  it('runs a draft as soon as it is published', async () => {
    bench.tasks.addWorkflow({ repository: 'Plant', name: 'Leave WF', published: false });
    await bench.post('execute', startBody);
    bench.tasks.changeWorkflow('Plant', 'Leave WF', { published: true });
    await bench.post('execute', startBody);
    bench.tasks.changeWorkflow('Plant', 'Leave WF', { published: false });
    await bench.post('execute', startBody);
    expect(bench.tasks.executions().map(({ version }) => version)).toEqual([1, 2, 1]);
  });

  it('is counted per repository, so ids meet', () => {
    bench.tasks.addRepository({ name: 'Office' });
    bench.tasks.addWorkflow({ repository: 'Office', name: 'Leave WF' });
    const here = bench.tasks.startExecution({ ...place, user: ann });
    const there = bench.tasks.startExecution({ ...place, repository: 'Office', user: ann });
    expect(here.id).toBe(there.id);
    expect([statusOf(here), statusOf(there)]).toEqual(['SL', 'FN']);
  });
});

describe('a start that cannot be', () => {
  it.each([
    [{ repository: 'Nowhere' }, "The repository 'Nowhere' does not exist."],
    [{ workflow: 'leave wf' }, "The workflow 'leave wf' does not exist."],
  ])('%j is refused', async (change, Message) => {
    expect(await bench.post('execute', { ...startBody, ...change })).toMatchObject({
      status: 500,
      body: { Message },
    });
  });

  it.each([{ enabled: false }, { published: false }])('of a workflow with %j is refused', async (change) => {
    bench.tasks.changeWorkflow('Plant', 'Leave WF', change);
    const response = await bench.post('execute', startBody);
    expect(response).toMatchObject({
      status: 500,
      body: { Message: "The workflow 'Leave WF' is disabled or has not been published." },
    });
  });
});

describe('a stopped engine', () => {
  it('refuses new work but still tells what it knows', async () => {
    const { id } = bench.tasks.startExecution({ ...place, user: ann });
    bench.tasks.engineDown();
    for (const [operation, body] of [
      ['execute', startBody],
      ['abort', controlBody(id)],
    ] as const) {
      const response = await bench.post(operation, body);
      expect(response).toMatchObject({
        status: 500,
        body: { Message: 'The workflow engine service has been stopped.' },
      });
    }
    expect((await bench.get('status', { repo: 'Plant', executionid: `${id}` })).body).toBe('SL');
    expect(bench.tasks.executions()).toHaveLength(1);
  });

  it('may queue work and take it up when it runs again', async () => {
    bench.tasks.change({ stoppedEngine: 'queues' });
    bench.tasks.engineDown();
    const ref = { repository: 'Plant', id: Number((await bench.post('execute', startBody)).body) };
    expect(statusOf(ref)).toBe('EP');
    bench.tasks.engineUp();
    expect(statusOf(ref)).toBe('SL');
  });

  it('sounds like a disabled workflow and a wrong state in old versions', async () => {
    bench.tasks.change({ engineMessages: 'one-for-all' });
    const { id } = bench.tasks.startExecution({ ...place, user: ann });
    const messages = [(await bench.post('resume', controlBody(id))).text];
    bench.tasks.changeWorkflow('Plant', 'Leave WF', { enabled: false });
    messages.push((await bench.post('execute', startBody)).text);
    bench.tasks.engineDown();
    messages.push((await bench.post('pause', controlBody(id))).text);
    expect(new Set(messages)).toEqual(new Set(['{"Message":"The workflow engine is not running."}']));
  });
});
