import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { approvalStep, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.command.stop());

const statuses = (replies: readonly { status: number }[]) => replies.map(({ status }) => status);

describe('two signals for one run at the same moment', () => {
  it('are both accepted, but only one is counted and the run stays where it is', async () => {
    const id = bench.startRun();
    bench.command.holdNextSignals(2);
    const replies = await Promise.all([bench.signal(id, 'CORP\\ann'), bench.signal(id, 'CORP\\bob')]);
    expect(statuses(replies)).toEqual([204, 204]);
    expect(bench.command.effectiveSignals).toHaveLength(1);
    expect(bench.command.ignoredSignals).toMatchObject([
      { instance: id, step: 'Security', reason: 'lock-conflict' },
    ]);
    expect(bench.command.instance(id)).toMatchObject({ status: 'Suspended', stepName: 'Security' });
  });

  it('are moved on by the daily task when what was counted suffices', async () => {
    const id = bench.startRun();
    bench.command.holdNextSignals(2);
    await Promise.all([bench.signal(id, 'CORP\\ann'), bench.signal(id, 'CORP\\bob')]);
    bench.command.runDailyTask();
    expect(bench.command.instance(id).status).toBe('Complete');
  });

  it('leave a two-approval step one short, and the one who was lost may signal again', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    bench.command.holdNextSignals(2);
    await Promise.all([bench.signal(id, 'CORP\\ann'), bench.signal(id, 'CORP\\bob')]);
    bench.command.runDailyTask();
    expect(bench.command.instance(id).status).toBe('Suspended');
    const lost = bench.command.ignoredSignals[0]?.identity ?? '';
    expect((await bench.signal(id, lost)).status).toBe(204);
    expect(bench.command.instance(id).status).toBe('Complete');
  });

  it('let the run move on where the server is told to', async () => {
    bench.command.change({ lockConflictAdvances: true });
    const id = bench.startRun();
    bench.command.holdNextSignals(2);
    await Promise.all([bench.signal(id, 'CORP\\ann'), bench.signal(id, 'CORP\\bob')]);
    expect(bench.command.instance(id).status).toBe('Complete');
    expect(bench.command.ignoredSignals).toHaveLength(1);
  });

  it('meet as well when one of them comes from the portal', async () => {
    const id = bench.startRun();
    bench.command.holdNextSignals(2);
    const portal = bench.command.decideInPortal(id, 'CORP\\bob', false);
    expect((await bench.signal(id, 'CORP\\ann')).status).toBe(204);
    expect(await portal).toBe('counted');
    expect(bench.command.ignoredSignals).toMatchObject([{ identity: 'CORP\\ann', reason: 'lock-conflict' }]);
    bench.command.runDailyTask();
    expect(bench.command.instance(id).status).toBe('Rejected');
  });

  it('meet when the second arrives while the first is being handled', async () => {
    bench.command.change({ signalWindowMs: 100 });
    const id = bench.startRun();
    const replies = await Promise.all([bench.signal(id, 'CORP\\ann'), bench.signal(id, 'CORP\\bob')]);
    expect(statuses(replies)).toEqual([204, 204]);
    expect(bench.command.instance(id)).toMatchObject({ status: 'Suspended', received: [{ approved: true }] });
  });

  it('do not make a refused one acceptable', async () => {
    const id = bench.startRun();
    bench.command.holdNextSignals(2);
    const replies = await Promise.all([bench.signal(id, 'CORP\\ann'), bench.signal(id, 'CORP\\carol')]);
    expect(statuses(replies)).toEqual([204, 403]);
    expect(bench.command.instance(id).status).toBe('Complete');
  });
});

it('lets signals for different runs through side by side', async () => {
  const [one, other] = [bench.startRun(), bench.startRun()];
  bench.command.holdNextSignals(2);
  await Promise.all([bench.signal(one, 'CORP\\ann'), bench.signal(other, 'CORP\\ann')]);
  expect([bench.command.instance(one).status, bench.command.instance(other).status]).toEqual([
    'Complete',
    'Complete',
  ]);
});

it('handles a held signal alone when it is released', async () => {
  const id = bench.startRun();
  bench.command.holdNextSignals(2);
  const response = bench.signal(id, 'CORP\\ann');
  await bench.command.waitFor(() => bench.command.waitingSignals() === 1);
  expect(bench.command.effectiveSignals).toEqual([]);
  bench.command.releaseSignals();
  expect((await response).status).toBe(204);
  expect(bench.command.instance(id).status).toBe('Complete');
});
