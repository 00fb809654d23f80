import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { approvalStep, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.command.stop());

const post = (id: string, action: string) => bench.call('POST', `/Workflow/Instances/${id}/${action}`);

/** Starts a run and brings it into a state. */
async function runThatIs(
  state: 'Suspended' | 'Failed' | 'Running' | 'Complete' | 'Rejected',
): Promise<string> {
  const pausing = { extensionName: 'EnrollStep', uniqueName: 'Enroll', pauses: true };
  const id = bench.startRun(state === 'Running' ? [pausing] : [approvalStep()]);
  if (state === 'Failed') bench.command.failInstance(id, 'The CA did not answer.');
  if (state === 'Complete') await bench.signal(id, 'CORP\\ann');
  if (state === 'Rejected') await bench.signal(id, 'CORP\\ann', { Approved: false });
  return id;
}

describe('restart', () => {
  it.each([
    ['Suspended', 204],
    ['Failed', 204],
    ['Running', 400],
    ['Complete', 400],
    ['Rejected', 400],
  ] as const)('of a run that is %s is answered %i', async (state, status) => {
    expect((await post(await runThatIs(state), 'Restart')).status).toBe(status);
  });

  it('gives the new run a new id, tells nobody which, and cancels the old one', async () => {
    const id = await runThatIs('Failed');
    bench.advanceClock(60_000);
    expect(await post(id, 'Restart')).toMatchObject({ status: 204, text: '' });
    const [old, fresh] = bench.command.instances();
    expect(old).toMatchObject({ id, status: 'CanceledForRestart' });
    expect(fresh).toMatchObject({ status: 'Suspended', referenceId: 2, title: old?.title, received: [] });
    expect(fresh?.id).not.toBe(id);
    expect(fresh?.startedAt).toBe((old?.startedAt ?? 0) + 60_000);
  });

  it('uses the published version unless told, and refuses one that does not exist', async () => {
    const id = await runThatIs('Failed');
    const { definitionId } = bench.command.instance(id);
    bench.command.addVersion(definitionId, [approvalStep()]);
    bench.command.publish(definitionId);
    bench.command.addVersion(definitionId, [approvalStep()]);
    expect((await post(id, 'Restart?version=9')).status).toBe(400);
    await post(id, 'Restart');
    expect(bench.command.instances().at(-1)).toMatchObject({ definitionVersion: 2 });
    await post(bench.command.instances().at(-1)?.id ?? '', 'Restart?version=3');
    expect(bench.command.instances().at(-1)).toMatchObject({ definitionVersion: 3 });
  });

  it('reads the version from the query, or from the body on an older server, and never from the other', async () => {
    const id = await runThatIs('Failed');
    const { definitionId } = bench.command.instance(id);
    bench.command.addVersion(definitionId, [approvalStep()]);
    bench.command.publish(definitionId);
    const restart = (run: string, query: string, body?: object) =>
      bench.call('POST', `/Workflow/Instances/${run}/Restart${query}`, { as: 'CORP\\ann', body });
    const latest = () => bench.command.instances().at(-1);
    await restart(id, '', { version: 1 });
    expect(latest()).toMatchObject({ definitionVersion: 2 });
    bench.command.change({ restartVersionIn: 'body' });
    await restart(latest()?.id ?? '', '?version=2', { version: 1 });
    expect(latest()).toMatchObject({ definitionVersion: 1 });
    await restart(latest()?.id ?? '', '?version=1');
    expect(latest()).toMatchObject({ definitionVersion: 2 });
    expect((await restart(latest()?.id ?? '', '', { version: 'latest' })).status).toBe(400);
  });
});

describe('stop', () => {
  it.each([
    ['Suspended', 204, 'Rejected'],
    ['Failed', 400, 'Failed'],
    ['Running', 400, 'Running'],
    ['Complete', 400, 'Complete'],
  ] as const)('of a run that is %s is answered %i and leaves it %s', async (state, status, after) => {
    const id = await runThatIs(state);
    expect((await post(id, 'Stop')).status).toBe(status);
    expect(bench.command.instance(id).status).toBe(after);
  });
});

describe('paths', () => {
  it('never take the number people see for an id', async () => {
    bench.startRun();
    expect((await bench.get('/Workflow/Instances/1')).status).toBe(400);
  });

  it('do not care about case', async () => {
    const id = bench.startRun();
    expect((await bench.get(`/workflow/INSTANCES/${id.toUpperCase()}`)).status).toBe(200);
  });

  it('that do not exist are answered with a page', async () => {
    expect(await bench.get('/Workflow/Nothing')).toMatchObject({ status: 404, body: undefined });
    const outside = await fetch(`${new URL(bench.url).origin}/Elsewhere/Workflow/Instances`);
    expect(outside.status).toBe(404);
  });

  it('can live where containers put them', async () => {
    const other = await startBench({ basePath: '/Keyfactor/API/' });
    expect(other.url).toMatch(/\/Keyfactor\/API$/);
    expect((await other.get('/Status/Endpoints')).status).toBe(200);
    await other.command.stop();
  });
});

it('refuses to delete and remembers who tried', async () => {
  const id = bench.startRun();
  expect((await bench.call('DELETE', `/Workflow/Instances/${id}`)).status).toBe(405);
  expect(bench.command.instance(id).status).toBe('Suspended');
  expect(bench.command.audit).toMatchObject([
    { action: 'started', instance: id },
    { action: 'delete-refused', instance: id, identity: 'CORP\\reader' },
  ]);
});

it('refuses to change definitions', async () => {
  expect((await bench.call('POST', '/Workflow/Definitions', { body: {} })).status).toBe(405);
});

it('changes LastModified with everything that happens to a run', async () => {
  const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
  const start = bench.command.instance(id).modifiedAt;
  const elapsed = () => bench.command.instance(id).modifiedAt - start;
  bench.advanceClock(1000);
  bench.command.changeData(id, { note: 'x' });
  expect(elapsed()).toBe(1000);
  bench.advanceClock(1000);
  await bench.signal(id, 'CORP\\ann');
  expect(elapsed()).toBe(2000);
  bench.advanceClock(1000);
  await post(id, 'Stop');
  expect(elapsed()).toBe(3000);
});
