import { afterEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../../src/domain/change.js';
import type { Behaviour } from '../../../../src/sandbox/keyfactor/behavior.js';
import { defined } from '../../../../src/shared/language.js';
import { approvalStep, type Bench, startBench } from '../start-bench.js';
import { narrow, operationsOf, permit, wide } from './an-operations-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const open = async (
  options: { readonly behaviour?: Partial<Behaviour>; readonly permissions?: readonly string[] } = {},
) => {
  bench = await startBench({ permissions: wide, ...options });
  return bench.startRun();
};
const ref = (id: string) => ({ system: 'corp', id });
const change = (what: Change) => operationsOf(bench).change(what, {});
const stop = (id: string) => change({ kind: 'stop', instance: ref(id) });
const restart = (id: string, version?: number) =>
  change({ kind: 'restart', instance: ref(id), ...defined({ version }) });
const posts = () => bench.command.requests.filter(({ method }) => method === 'POST');
const statusOf = (id: string) => bench.command.instance(id).status;

describe('what can be changed', () => {
  it('is restarting and stopping, and canceling for the requester, each within the time a signal has', async () => {
    await open();
    const { changes, changeTimeoutMs } = bench.backend.operations;
    expect(changes).toEqual(['restart', 'stop', 'cancel']);
    expect(changeTimeoutMs).toBe(bench.backend.signalTimeoutMs);
    expect(bench.backend.operations).not.toHaveProperty('output');
    expect(bench.backend.operations).not.toHaveProperty('variable');
  });

  it('is nothing else', async () => {
    const id = await open();
    await expect(change({ kind: 'abort', instance: ref(id) })).rejects.toThrow('abort');
    expect(posts()).toHaveLength(0);
  });
});

describe('stopping', () => {
  it('rejects a waiting run, once', async () => {
    const id = await open();
    expect(await stop(id)).toEqual({ kind: 'accepted' });
    expect(statusOf(id)).toBe('Rejected');
    expect(posts()).toMatchObject([{ path: expect.stringMatching(/\/Stop$/), query: '' }]);
  });

  it('is refused for a run that does not wait any more', async () => {
    const id = await open();
    await stop(id);
    expect(await stop(id)).toEqual({
      kind: 'refused',
      reason: 'wrong-state',
      said: 'Only suspended workflow instances can be stopped.',
    });
    expect(posts()).toHaveLength(2);
  });

  it('is refused without the permission to manage', async () => {
    const id = await open({ permissions: ['/workflows/instances/read/'] });
    expect(await stop(id)).toEqual({
      kind: 'refused',
      reason: 'no-permission',
      said: expect.stringContaining('/workflows/instances/manage/'),
    });
    expect(statusOf(id)).toBe('Suspended');
  });

  it('needs no right to read every run', async () => {
    const id = await open({ permissions: [...narrow, '/workflows/instances/manage/'] });
    expect(await stop(id)).toEqual({ kind: 'accepted' });
    expect(await restart(bench.startRun())).toMatchObject({ kind: 'refused', reason: 'no-permission' });
  });

  it('is refused for a run that is not there', async () => {
    await open();
    const response = await stop('00000000-0000-4000-8000-000000000000');
    expect(response).toMatchObject({ kind: 'refused', reason: 'not-found' });
  });

  it.each(['..', '.', '../x', '', 'a/b', 'a?b'])('sends nothing for the id %j', async (id) => {
    await open();
    expect(await stop(id)).toEqual({ kind: 'refused', reason: 'not-found' });
    expect(posts()).toHaveLength(0);
  });
});

describe('restarting', () => {
  const failing = () => [{ extensionName: 'EnrollStep', uniqueName: 'E', failsWith: 'CA is offline.' }];

  it.each(['waiting', 'failed'])('starts a %s run again and does not say as which', async (state) => {
    await open();
    const id = bench.startRun(state === 'failed' ? failing() : [approvalStep()]);
    expect(await restart(id)).toEqual({ kind: 'accepted' });
    expect(statusOf(id)).toBe('CanceledForRestart');
    expect(posts()).toMatchObject([{ path: expect.stringMatching(/\/Restart$/), query: '' }]);
  });

  it('names the version in the query when there is one', async () => {
    const id = await open();
    const { definitionId } = bench.command.instance(id);
    bench.command.addVersion(definitionId, [approvalStep()]);
    expect(await restart(id, 2)).toEqual({ kind: 'accepted' });
    expect(posts()).toMatchObject([{ query: 'version=2' }]);
    expect(bench.command.instances().at(-1)).toMatchObject({ definitionVersion: 2, status: 'Suspended' });
  });

  it('tells the latest version there is, so that another is not even asked for', async () => {
    const id = await open();
    const { definitionId } = bench.command.instance(id);
    bench.command.addVersion(definitionId, [approvalStep()]);
    const reading = await bench.backend.getInstance(ref(id));
    if (reading.kind !== 'found') throw new Error('It is there.');
    expect(await operationsOf(bench).latestVersion(reading.instance)).toBe(2);
  });

  it('is refused with what the server said when there is no such version', async () => {
    const id = await open();
    expect(await restart(id, 9)).toEqual({
      kind: 'refused',
      reason: 'wrong-state',
      said: 'There is no such version of the workflow definition.',
    });
  });

  it('is refused for a run that has ended', async () => {
    await open();
    const id = bench.startRun([]);
    expect(await restart(id)).toMatchObject({ kind: 'refused', reason: 'wrong-state' });
    expect(bench.command.instances()).toHaveLength(2);
  });

  it.each([
    ['that may read every run', wide],
    ['that may read only what waits for it', [...narrow, '/workflows/instances/manage/']],
  ])('leads to the new run for an account %s', async (_what, permissions) => {
    const id = await open();
    const twin = bench.startRun([approvalStep()], {}, bench.command.instance(id).title);
    bench.advanceClock(60_000);
    await restart(id);
    const after = await bench.found(id);
    permit(bench, permissions);
    const fresh = bench.command.instances().at(-1)?.id ?? '';
    expect(await operationsOf(bench).findSuccessors(after)).toEqual([ref(fresh)]);
    expect(fresh).not.toBe(twin);
  });

  it('leads nowhere for an account that may read nothing', async () => {
    const id = await open();
    await restart(id);
    const after = await bench.found(id);
    permit(bench, []);
    expect(await operationsOf(bench).findSuccessors(after)).toEqual([]);
  });
});

describe('a change', () => {
  it('is refused when the account may not sign in any more', async () => {
    const id = await open();
    bench.command.fail({ fault: 'http-401', method: 'POST' });
    expect(await stop(id)).toEqual({ kind: 'refused', reason: 'sign-in' });
    expect(posts()).toHaveLength(1);
  });

  it('signs in anew once when a token ran out, and then takes effect once', async () => {
    bench = await startBench({
      permissions: wide,
      settings: { auth: { kind: 'token' } },
      secrets: { accessToken: 'worthless-token' },
    });
    const id = bench.startRun();
    expect(await stop(id)).toEqual({ kind: 'refused', reason: 'sign-in' });
    expect(posts()).toHaveLength(1);
    const signedIn = bench.another({
      settings: { auth: { kind: 'oauth', tokenUrl: bench.tokenUrl, clientId: 'countersign' } },
      secrets: { clientSecret: 'oAuth-s3cret-value' },
    });
    await signedIn.observe([]);
    bench.command.revokeTokens();
    expect(await signedIn.operations.change?.({ kind: 'stop', instance: ref(id) }, {})).toEqual({
      kind: 'accepted',
    });
    expect(
      posts()
        .filter(({ path }) => path.endsWith('/Stop'))
        .map(({ status }) => status),
    ).toEqual([401, 401, 204]);
  });

  it('that a wrong address swallows is not taken for refused', async () => {
    const id = await open();
    bench.command.fail({ fault: 'html-404', method: 'POST' });
    const error = await bench.failure(stop(id));
    expect(error).toMatchObject({ code: 'not-found', applied: 'no' });
    expect(error.message).toContain('check apiPath');
  });

  it.each([
    ['http-500', 'server-error', false],
    ['http-500-after-effect', 'server-error', true],
    ['http-503', 'server-error', false],
    ['hang-before-effect', 'timeout', false],
    ['hang-after-effect', 'timeout', true],
    ['drop-before-effect', 'unreachable', false],
    ['drop-after-effect', 'unreachable', true],
  ] as const)(
    'whose answer is lost by %s may have been made, and is not sent again',
    async (fault, code, isMade) => {
      const id = await open();
      bench.command.fail({ fault, method: 'POST' });
      expect(await bench.failure(stop(id))).toMatchObject({ code, applied: 'unknown' });
      const other = bench.startRun();
      bench.command.fail({ fault, method: 'POST' });
      expect(await bench.failure(restart(other))).toMatchObject({ code, applied: 'unknown' });
      expect(posts()).toHaveLength(2);
      expect([statusOf(id), statusOf(other)]).toEqual(
        isMade ? ['Rejected', 'CanceledForRestart'] : ['Suspended', 'Suspended'],
      );
    },
  );

  it('was not made when nobody listens', async () => {
    const id = await open();
    await bench.command.goDown();
    expect(await bench.failure(restart(id))).toMatchObject({ code: 'unreachable', applied: 'no' });
  });
});
