import { afterEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { approvalStep, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const requirement = async (id: string) => bench.backend.requirementOf(await bench.found(id));

describe('what a step needs', () => {
  it('is how many, who, and what comes next', async () => {
    bench = await startBench();
    const id = bench.startRun([
      approvalStep({ minimumApprovals: 2, roles: ['Approvers', 'Security'], roleTokens: ['$(ownerrole)'] }),
      { extensionName: 'NOOPStep', uniqueName: 'Nothing' },
      { extensionName: 'Email', uniqueName: 'Off', enabled: false },
      { extensionName: 'EnrollStep', uniqueName: 'Enroll', displayName: 'Enroll at the authority' },
    ]);
    expect(await requirement(id)).toEqual({
      needed: 2,
      roles: ['Approvers', 'Security', '$(ownerrole)'],
      nextStep: 'Enroll at the authority',
    });
  });

  it('numbers roles where the server does not name them', async () => {
    bench = await startBench({ settings: { apiVersion: { definitions: '1' } } });
    const id = bench.startRun();
    expect((await requirement(id)).roles).toEqual([`role ${bench.command.roleId('Approvers')}`]);
  });

  it('names no next step before the end', async () => {
    bench = await startBench();
    expect(await requirement(bench.startRun())).not.toHaveProperty('nextStep');
  });

  it('is told by its place where several steps ask people, one after another', async () => {
    bench = await startBench();
    const steps = [
      approvalStep({ uniqueName: 'First' }),
      { extensionName: 'NOOPStep', uniqueName: 'Nothing' },
      { extensionName: 'Email', uniqueName: 'Off', enabled: false },
      approvalStep({ uniqueName: 'Second' }),
      { extensionName: 'EnrollStep', uniqueName: 'Enroll' },
    ];
    expect((await requirement(bench.startRun(steps))).place).toEqual({ at: 1, of: 3 });
  });

  it.each<[string, Parameters<typeof approvalStep>[0]]>([
    ['conditions may leave a step out', { uniqueName: 'Second', conditions: ['True'] }],
    ['no other step asks people', { uniqueName: 'Second', enabled: false }],
  ])('is told without its place where %s', async (_why, second) => {
    bench = await startBench();
    const steps = [approvalStep({ uniqueName: 'First' }), approvalStep(second)];
    expect(await requirement(bench.startRun(steps))).not.toHaveProperty('place');
  });

  it('comes from the version the instance follows, not from the latest', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep({ minimumApprovals: 1 })]);
    const { definitionId } = bench.command.instance(id);
    bench.command.addVersion(definitionId, [approvalStep({ minimumApprovals: 9 })]);
    bench.command.publish(definitionId);
    expect((await requirement(id)).needed).toBe(1);
  });

  it.each(['RequiredApprovals', 'number of approvals'])('finds how many under %s', async (name) => {
    bench = await startBench({ behaviour: { minimumApprovalsParameter: name } });
    expect((await requirement(bench.startRun([approvalStep({ minimumApprovals: 3 })]))).needed).toBe(3);
  });

  it('tells the rest when only the number cannot be found out', async () => {
    bench = await startBench({
      behaviour: { minimumApprovalsParameter: null },
      retryOptions: { retries: 0 },
    });
    const id = bench.startRun();
    bench.command.fail({ fault: 'http-500', path: 'RequireApproval', times: 9 });
    expect(await requirement(id)).toEqual({ roles: ['Approvers'] });
  });

  it('is read once for a version', async () => {
    bench = await startBench();
    const id = bench.startRun();
    await requirement(id);
    const read = bench.requests('Definitions');
    await requirement(id);
    expect(bench.requests('Definitions')).toBe(read);
  });

  it('stays untold where definitions may not be read, and is asked for again after a minute', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/'] });
    const id = bench.startRun();
    expect(await requirement(id)).toEqual({ roles: [] });
    await requirement(id);
    expect(bench.requests('Definitions')).toBe(1);
    bench.advanceClock(60_000);
    await requirement(id);
    expect(bench.requests('Definitions')).toBe(2);
    expect(bench.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { status: 403, correlationId: expect.any(String) } },
    ]);
  });

  it('fails when the server does', async () => {
    bench = await startBench({ retryOptions: { retries: 0 } });
    const instance = await bench.found(bench.startRun());
    bench.command.fail({ fault: 'http-500' });
    expect(await bench.failure(bench.backend.requirementOf(instance))).toMatchObject({
      code: 'server-error',
    });
  });
});
