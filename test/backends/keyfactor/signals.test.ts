import { afterEach, describe, expect, it } from '@jest/globals';
import type { OutgoingSignal } from '../../../src/ports/backend.js';
import type { Bench } from './start-bench.js';
import { approvalStep, bot, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const approval: OutgoingSignal = { verdict: 'approve', comment: 'Approved by Jane via Countersign' };
const denial: OutgoingSignal = { verdict: 'deny', comment: 'no' };

const send = async (id: string, signal = approval) => bench.backend.sendSignal(await bench.found(id), signal);
const posts = () =>
  bench.command.requests.filter(({ method, path }) => method === 'POST' && path.includes('Signals'));

describe('a signal', () => {
  it.each([
    [approval, true, 'Complete'],
    [denial, false, 'Rejected'],
  ])('%j arrives once, with its comment', async (signal, approved, status) => {
    bench = await startBench();
    const id = bench.startRun();
    expect(await send(id, signal)).toEqual({ kind: 'accepted' });
    expect(bench.command.effectiveSignals).toMatchObject([
      { instance: id, step: 'RequireApproval1', identity: bot, approved, comment: signal.comment },
    ]);
    expect(bench.command.instance(id).status).toBe(status);
    expect(posts()).toHaveLength(1);
  });

  it('with a comment that is too long is a mistake of ours and is not sent', async () => {
    bench = await startBench();
    const id = bench.startRun();
    await expect(send(id, { verdict: 'approve', comment: 'x'.repeat(501) })).rejects.toThrow('too long');
    expect(posts()).toHaveLength(0);
  });

  it('is refused for want of a role', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep({ roles: ['Others'] })]);
    expect(await send(id)).toEqual({
      kind: 'refused',
      reason: 'no-role',
      said: 'User does not hold a role that may send this signal.',
    });
  });

  it.each([400, 404])('is refused when nothing waits any more, answered %d', async (notSuspendedStatus) => {
    bench = await startBench({ behaviour: { notSuspendedStatus } });
    const id = bench.startRun();
    const before = await bench.found(id);
    await bench.command.decideInPortal(id, 'CORP\\ann', true, 'first');
    expect(await bench.backend.sendSignal(before, approval)).toEqual({
      kind: 'refused',
      reason: 'not-waiting',
      // After a 400 the run is read, and says so itself.
      ...(notSuspendedStatus === 404 ? { said: 'The workflow instance is not waiting for a signal.' } : {}),
    });
    expect(posts()).toHaveLength(1);
  });

  it('for a step that was left is refused and never meant for the next one', async () => {
    bench = await startBench();
    const id = bench.startRun([approvalStep(), approvalStep({ uniqueName: 'RequireApproval2' })]);
    const before = await bench.found(id);
    await bench.command.decideInPortal(id, 'CORP\\ann', true, 'first');
    expect(await bench.backend.sendSignal(before, approval)).toEqual({
      kind: 'refused',
      reason: 'not-waiting',
    });
    expect(bench.command.effectiveSignals).toHaveLength(1);
  });

  it('is refused when the account may not sign in any more', async () => {
    bench = await startBench();
    const id = bench.startRun();
    bench.command.fail({ fault: 'http-401', method: 'POST' });
    expect(await send(id)).toEqual({ kind: 'refused', reason: 'sign-in' });
    expect(posts()).toHaveLength(1);
  });

  it('that a wrong address swallows is not taken for refused', async () => {
    bench = await startBench();
    const id = bench.startRun();
    bench.command.fail({ fault: 'html-404', method: 'POST' });
    const error = await bench.failure(send(id));
    expect(error).toMatchObject({ code: 'not-found', applied: 'no' });
    expect(error.message).toContain('check apiPath');
  });
});

describe('the form of the answer in a signal', () => {
  it('is found out once and remembered', async () => {
    bench = await startBench({ behaviour: { approvedAs: 'boolean-only' } });
    expect(await send(bench.startRun())).toEqual({ kind: 'accepted' });
    expect(posts()).toHaveLength(2);
    expect(bench.notes.get('keyfactor/corp/signal-form')).toBe('boolean');
    expect(await send(bench.startRun())).toEqual({ kind: 'accepted' });
    expect(posts()).toHaveLength(3);
    expect(bench.command.effectiveSignals).toHaveLength(2);
  });

  it('is found out anew when the server changed its mind', async () => {
    bench = await startBench({ behaviour: { approvedAs: 'string-only' } });
    bench.notes.set('keyfactor/corp/signal-form', 'boolean');
    expect(await send(bench.startRun(), denial)).toEqual({ kind: 'accepted' });
    expect(bench.notes.get('keyfactor/corp/signal-form')).toBe('string');
  });

  it('is not tried again for a request that has changed meanwhile', async () => {
    bench = await startBench({ behaviour: { approvedAs: 'boolean-only' } });
    const id = bench.startRun([approvalStep()], { Subject: 'CN=app.example.com' });
    const before = await bench.found(id);
    bench.command.changeData(id, { Subject: 'CN=other.example.com' });
    const response = await bench.backend.sendSignal(before, approval);
    expect(response).toEqual({ kind: 'refused', reason: 'bad-request' });
    expect(posts()).toHaveLength(1);
  });

  it('is not tried again, nor called unsent, when the request cannot be read after the refusal', async () => {
    bench = await startBench({ behaviour: { approvedAs: 'boolean-only' } });
    const before = await bench.found(bench.startRun());
    bench.command.fail({ fault: 'http-500', method: 'GET', times: 9 });
    const response = await bench.backend.sendSignal(before, approval);
    expect(response).toEqual({ kind: 'refused', reason: 'bad-request' });
    expect(posts()).toHaveLength(1);
  });

  it('may be forgotten without making the signal doubtful', async () => {
    bench = await startBench({ behaviour: { approvedAs: 'boolean-only' } });
    bench.notes.set = () => {
      throw new Error('The disk is full.');
    };
    expect(await send(bench.startRun())).toEqual({ kind: 'accepted' });
    expect(bench.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('is not remembered when neither was taken', async () => {
    bench = await startBench({ behaviour: { secondSignalStatus: 400 } });
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await send(id);
    expect(await send(id)).toEqual({
      kind: 'refused',
      reason: 'bad-request',
      said: 'User has already sent this signal.',
    });
    expect(bench.notes.has('keyfactor/corp/signal-form')).toBe(false);
  });

  it.each(['string', 'boolean'] as const)('is %s when the settings say so', async (signalBody) => {
    bench = await startBench({ behaviour: { approvedAs: `${signalBody}-only` }, settings: { signalBody } });
    expect(await send(bench.startRun())).toEqual({ kind: 'accepted' });
    bench.command.change({ approvedAs: signalBody === 'string' ? 'boolean-only' : 'string-only' });
    expect(await send(bench.startRun())).toEqual({ kind: 'refused', reason: 'bad-request' });
  });
});

describe('a signal whose answer is lost', () => {
  it.each([
    ['http-500', 'server-error', 0],
    ['http-500-after-effect', 'server-error', 1],
    ['http-503', 'server-error', 0],
    ['hang-before-effect', 'timeout', 0],
    ['hang-after-effect', 'timeout', 1],
    ['drop-before-effect', 'unreachable', 0],
    ['drop-after-effect', 'unreachable', 1],
  ] as const)('by %s may have been applied, and is not sent again', async (fault, code, effects) => {
    bench = await startBench();
    const id = bench.startRun();
    const instance = await bench.found(id);
    bench.command.fail({ fault, method: 'POST' });
    const error = await bench.failure(bench.backend.sendSignal(instance, approval));
    expect(error).toMatchObject({ code, applied: 'unknown', retryable: true });
    expect(posts()).toHaveLength(1);
    expect(bench.command.effectiveSignals).toHaveLength(effects);
  });

  it('because nobody listens was not applied', async () => {
    bench = await startBench();
    const instance = await bench.found(bench.startRun());
    await bench.command.goDown();
    const error = await bench.failure(bench.backend.sendSignal(instance, approval));
    expect(error).toMatchObject({ code: 'unreachable', applied: 'no', retryable: true });
  });

  it('because the host has no address was not applied', async () => {
    bench = await startBench();
    const instance = await bench.found(bench.startRun());
    const lost = bench.another({ settings: { hostname: 'nowhere.invalid', scheme: 'https' } });
    expect(await bench.failure(lost.sendSignal(instance, approval))).toMatchObject({
      code: 'unreachable',
      applied: 'no',
    });
  });

  it('because the server is left alone for a while was not applied', async () => {
    bench = await startBench({ retryOptions: { breakAfter: 1, retries: 0 } });
    const instance = await bench.found(bench.startRun());
    bench.command.fail({ fault: 'drop-before-effect' });
    await bench.failure(bench.backend.observe([]));
    expect(await bench.failure(bench.backend.sendSignal(instance, approval))).toMatchObject({
      code: 'circuit-open',
      applied: 'no',
    });
    expect(posts()).toHaveLength(0);
  });

  it('says under which id the server logged it', async () => {
    bench = await startBench();
    const instance = await bench.found(bench.startRun());
    bench.command.change({ noRoleStatus: 500 });
    bench.command.addIdentity({
      name: bot,
      password: 'Tr0ub4dor-and-3',
      roles: [],
      permissions: ['/workflows/'],
    });
    const error = await bench.failure(bench.backend.sendSignal(instance, approval));
    expect(error).toMatchObject({ correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});
