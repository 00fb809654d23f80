import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { approvalStep, column, member, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.command.stop());

describe('a run that waits for people', () => {
  it('is suspended at the approval step and says how many approvals are missing', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    const { body } = await bench.get(`/Workflow/Instances/${id}`);
    expect(body).toMatchObject({
      Status: 'Suspended',
      CurrentStepUniqueName: 'Security',
      StatusMessage: 'Awaiting 2 more approval(s) from approval roles.',
      Signals: [{ SignalName: 'ApprovalStatus', SignalReceived: false }],
    });
  });

  it('fails right after its approval where a later step cannot be done', async () => {
    const enroll = { extensionName: 'EnrollStep', uniqueName: 'Enroll', failsWith: 'The CA did not answer.' };
    const id = bench.startRun([approvalStep(), enroll]);
    expect(await bench.signal(id, 'CORP\\ann')).toMatchObject({ status: 204 });
    const { body } = await bench.get(`/Workflow/Instances/${id}`);
    expect(body).toMatchObject({
      Status: 'Failed',
      CurrentStepUniqueName: 'Enroll',
      StatusMessage: 'The CA did not answer.',
    });
  });

  it('completes with one approval where one is asked', async () => {
    const id = bench.startRun();
    bench.advanceClock(1000);
    expect(await bench.signal(id, 'CORP\\ann')).toMatchObject({ status: 204, text: '' });
    expect(bench.command.instance(id)).toMatchObject({ status: 'Complete', stepName: 'EndNOOP' });
    const { body } = await bench.get(`/Workflow/Instances/${id}`);
    expect(body).toMatchObject({
      LastModified: '2025-03-04T05:06:08.08Z',
      StartDate: '2025-03-04T05:06:07.08Z',
    });
    expect(bench.command.effectiveSignals).toEqual([
      { instance: id, step: 'Security', identity: 'CORP\\ann', approved: true, comment: 'fine', via: 'api' },
    ]);
  });

  it('moves to the next approval step and forgets the signals of the one before', async () => {
    const id = bench.startRun([
      approvalStep(),
      { extensionName: 'Email', uniqueName: 'Tell' },
      approvalStep({ uniqueName: 'Operations', roles: ['Operations'] }),
      { extensionName: 'EnrollStep', uniqueName: 'Enroll' },
    ]);
    await bench.signal(id, 'CORP\\ann');
    expect(bench.command.instance(id)).toMatchObject({
      status: 'Suspended',
      stepName: 'Operations',
      received: [],
    });
    await bench.signal(id, 'CORP\\carol', { Approved: true }, 'Operations');
    expect(bench.command.instance(id).status).toBe('Complete');
  });

  it('needs as many different people as the step asks for', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await bench.signal(id, 'CORP\\ann');
    expect((await bench.signal(id, 'CORP\\ann')).status).toBe(400);
    const { body } = await bench.get(`/Workflow/Instances/${id}`);
    expect(body).toMatchObject({
      Status: 'Suspended',
      StatusMessage: 'Awaiting 1 more approval(s) from approval roles.',
      Signals: [{ SignalReceived: true }],
    });
    await bench.signal(id, 'CORP\\bob');
    expect(bench.command.instance(id).status).toBe('Complete');
  });

  it('is rejected by one denial', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await bench.signal(id, 'CORP\\ann', { Approved: 'False', Comment: 'not ours' });
    expect(bench.command.instance(id)).toMatchObject({
      status: 'Rejected',
      stateData: { approvalsignalcmnts: 'not ours' },
    });
  });

  it('leaves the list of whoever has signalled and stays in the list of the others', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await bench.signal(id, 'CORP\\ann');
    const assigned = async (as: string) =>
      column(await bench.get('/Workflow/Instances/AssignedToMe', as), 'Id');
    expect(await assigned('CORP\\ann')).toEqual([]);
    expect(await assigned('CORP\\bob')).toEqual([id]);
    expect(await assigned('CORP\\carol')).toEqual([]);
  });

  it('lets a role token name the approving role at run time', async () => {
    const id = bench.startRun([approvalStep({ roles: [], roleTokens: ['$(OwnerRole)'] })]);
    expect((await bench.signal(id, 'CORP\\carol')).status).toBe(403);
    bench.command.changeData(id, { ownerrole: 'Operations' });
    expect((await bench.signal(id, 'CORP\\carol')).status).toBe(204);
  });

  it('takes a decision from the portal like one from the API', async () => {
    const id = bench.startRun();
    expect(await bench.command.decideInPortal(id, 'CORP\\bob', true, 'seen')).toBe('counted');
    expect(bench.command.effectiveSignals).toMatchObject([{ identity: 'CORP\\bob', via: 'portal' }]);
    expect((await bench.signal(id, 'CORP\\ann')).status).toBe(400);
  });

  it('keeps the version it started with when a newer one is published', async () => {
    const id = bench.startRun();
    const definition = bench.command.instance(id).definitionId;
    bench.command.addVersion(definition, [approvalStep({ roles: ['Operations'] })]);
    bench.command.publish(definition);
    expect(member((await bench.get(`/Workflow/Instances/${id}`)).body, 'Definition')).toMatchObject({
      Version: 1,
    });
    expect((await bench.signal(id, 'CORP\\carol')).status).toBe(403);
  });

  it('stays running at a pausing step until it is advanced', () => {
    const id = bench.startRun([{ extensionName: 'EnrollStep', uniqueName: 'Enroll', pauses: true }]);
    expect(bench.command.instance(id)).toMatchObject({ status: 'Running', stepName: 'Enroll' });
    bench.command.advance(id);
    expect(bench.command.instance(id).status).toBe('Complete');
  });

  it('skips steps that are switched off or whose condition is false', () => {
    const id = bench.startRun([
      approvalStep({ enabled: false }),
      approvalStep({ uniqueName: 'Second', conditions: ['False'] }),
      approvalStep({ uniqueName: 'Third', conditions: ['True'] }),
    ]);
    expect(bench.command.instance(id).stepName).toBe('Third');
  });
});

describe('what a signal may be', () => {
  const refusals: readonly [string, number, Readonly<Record<string, unknown>>][] = [
    ['Approved is missing', 400, { Comment: 'x' }],
    ['Approved is a number', 400, { Approved: 1 }],
    ['Approved is another word', 400, { Approved: 'yes' }],
    ['the comment has 501 characters', 400, { Approved: 'True', Comment: 'x'.repeat(501) }],
    ['251 emoji are 502 UTF-16 units', 400, { Approved: 'True', Comment: '😀'.repeat(251) }],
    ['the comment has 500 characters', 204, { Approved: 'True', Comment: 'x'.repeat(500) }],
    ['Approved is a boolean', 204, { Approved: true }],
    ['Approved is lower case text', 204, { Approved: 'true' }],
  ];

  it.each(refusals)('when %s the answer is %i', async (_why, status, data) => {
    const id = bench.startRun();
    expect((await bench.signal(id, 'CORP\\ann', data)).status).toBe(status);
    expect(bench.command.effectiveSignals).toHaveLength(status === 204 ? 1 : 0);
  });

  it('takes only the form of Approved it is told to take', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 3 })]);
    bench.command.change({ approvedAs: 'boolean-only' });
    expect((await bench.signal(id, 'CORP\\ann', { Approved: 'True' })).status).toBe(400);
    expect((await bench.signal(id, 'CORP\\ann', { Approved: true })).status).toBe(204);
    bench.command.change({ approvedAs: 'string-only' });
    expect((await bench.signal(id, 'CORP\\bob', { Approved: true })).status).toBe(400);
    expect((await bench.signal(id, 'CORP\\bob', { Approved: 'True' })).status).toBe(204);
  });

  it.each([
    ['an earlier or later step', 'Other', 'CORP\\ann', 400],
    ['a caller without the role', 'Security', 'CORP\\carol', 403],
    ['a caller without any permission but with no role either', 'Security', 'CORP\\nobody', 403],
  ])('refuses a signal for %s', async (_what, step, as, status) => {
    const id = bench.startRun();
    const seen = await bench.signal(id, as, { Approved: 'True' }, step);
    expect(seen).toMatchObject({ status, body: { ErrorCode: '0xA0110008', Message: expect.any(String) } });
  });

  it('refuses a signal name it does not know, a body that is no signal and a body that is no JSON', async () => {
    const id = bench.startRun();
    const post = (body: unknown, headers = {}) =>
      bench.call('POST', `/Workflow/Instances/${id}/Signals`, { as: 'CORP\\ann', body, headers });
    expect((await post({ SignalKey: 'Security.Approve', Data: { Approved: true } })).status).toBe(400);
    expect((await post([{ SignalKey: 'Security.ApprovalStatus' }])).status).toBe(400);
    expect((await post({}, { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('answers as configured where the vendor documents nothing', async () => {
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await bench.signal(id, 'CORP\\ann');
    bench.command.change({
      wrongKeyStatus: 409,
      noRoleStatus: 401,
      secondSignalStatus: 204,
      unknownInstanceStatus: 400,
    });
    expect((await bench.signal(id, 'CORP\\bob', { Approved: true }, 'Other')).status).toBe(409);
    expect((await bench.signal(id, 'CORP\\carol')).status).toBe(401);
    expect((await bench.signal('0b9f8a3e-0000-4000-8000-000000000000', 'CORP\\ann')).status).toBe(400);
    expect((await bench.signal(id, 'CORP\\ann')).status).toBe(204);
    expect(bench.command.ignoredSignals).toMatchObject([{ identity: 'CORP\\ann', reason: 'second-signal' }]);
  });
});
