import { afterEach, describe, expect, it } from '@jest/globals';
import type { Instance } from '../../../src/domain/instance.js';
import type { OutgoingSignal } from '../../../src/ports/backend.js';
import { type Bench, numberOf, startBench } from './start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const yes: OutgoingSignal = {
  verdict: 'approve',
  comment: 'Approved by Ann',
  output: 'Approved',
  identity: 'activedirectory::ann',
};

/** Starts an execution that sleeps at its human step, and gives what a decision about it needs. */
async function asleep(): Promise<{ readonly instance: Instance; readonly activityId: string }> {
  const ref = bench.begin();
  const execution = { repository: 'HR', id: numberOf(ref) };
  await bench.workTasks.waitFor(() => bench.workTasks.sleepingAt(execution) !== undefined);
  const activityId = String(bench.workTasks.sleepingAt(execution)?.executionDetailsId);
  return { instance: await bench.found(ref), activityId };
}

describe('a decision about a step that a workflow told of', () => {
  it('moves the activity along the chosen output, as the person', async () => {
    bench = await startBench();
    const { instance, activityId } = await asleep();
    expect(await bench.backend.sendSignal(instance, { ...yes, activityId })).toEqual({ kind: 'accepted' });
    expect(bench.workTasks.alerts).toMatchObject([
      {
        executionDetailsId: Number(activityId),
        output: 'Approved',
        user: 'activedirectory::ann',
        hasMoved: true,
      },
    ]);
    expect(bench.requests('AlertEngine')).toHaveLength(1);
  });

  it('is made in the name the template makes of an e-mail address', async () => {
    bench = await startBench({ settings: { userTemplate: 'azureactivedirectory::{email}' } });
    const { instance, activityId } = await asleep();
    await bench.backend.sendSignal(instance, { ...yes, activityId, identity: 'ann@example.com' });
    expect(bench.workTasks.alerts).toMatchObject([{ user: 'azureactivedirectory::ann@example.com' }]);
  });

  const { identity: _nobody, ...anonymous } = yes;
  const { output: _none, ...without } = yes;
  it.each<[string, OutgoingSignal, string]>([
    ['nobody', { ...anonymous, activityId: '1' }, 'nobody-mapped'],
    ['a name of another form', { ...yes, activityId: '1', identity: 'ann' }, 'nobody-mapped'],
    ['no activity', yes, 'bad-request'],
    ['no output', { ...without, activityId: '1' }, 'bad-request'],
    ['an activity that is no number', { ...yes, activityId: 'x' }, 'bad-request'],
    ['an output the settings do not list', { ...yes, activityId: '1', output: 'Maybe' }, 'bad-request'],
  ])('is not even sent with %s', async (_what, signal, reason) => {
    bench = await startBench();
    const { instance } = await asleep();
    const response = await bench.backend.sendSignal(instance, signal);
    expect(response).toEqual({ kind: 'refused', reason, isUnsent: true });
    expect(bench.requests('AlertEngine')).toEqual([]);
  });

  it('is refused as not waiting when the activity has its answer', async () => {
    bench = await startBench();
    const { instance, activityId } = await asleep();
    await bench.backend.sendSignal(instance, { ...yes, activityId });
    expect(await bench.backend.sendSignal(instance, { ...yes, activityId })).toEqual({
      kind: 'refused',
      reason: 'not-waiting',
      said: 'The alert cannot be delivered: not-asleep.',
    });
  });

  it('is refused while the engine is down, and nothing has happened', async () => {
    bench = await startBench();
    const { instance, activityId } = await asleep();
    bench.workTasks.engineDown();
    expect(await bench.backend.sendSignal(instance, { ...yes, activityId })).toEqual({
      kind: 'refused',
      reason: 'engine-down',
      said: 'The workflow engine service has been stopped.',
    });
    expect(bench.workTasks.alerts).toEqual([]);
  });

  it('waits for the account to be let in again, since nothing was taken', async () => {
    bench = await startBench();
    const { instance, activityId } = await asleep();
    bench.workTasks.fail({ method: 'POST', path: 'AlertEngine', fault: 'http-401', times: 3 });
    expect(await bench.backend.sendSignal(instance, { ...yes, activityId })).toEqual({
      kind: 'refused',
      reason: 'sign-in',
      said: '401 - Unauthorized',
    });
    expect(bench.workTasks.alerts).toEqual([]);
  });

  it('is refused where the account may not act for others', async () => {
    bench = await startBench({ behaviour: { userMustMatchToken: true } });
    const { instance, activityId } = await asleep();
    const signal = { ...yes, activityId, identity: 'activedirectory::bo' };
    expect(await bench.backend.sendSignal(instance, signal)).toEqual({
      kind: 'refused',
      reason: 'no-role',
      said: expect.stringContaining('not belong to this user'),
    });
    expect(bench.workTasks.alerts).toEqual([]);
  });

  it('is sent once, and may have arrived, when nobody answers', async () => {
    bench = await startBench({ settings: { timeout: '300ms' } });
    const { instance, activityId } = await asleep();
    bench.workTasks.fail({ method: 'POST', path: 'AlertEngine', fault: 'hang-after-effect' });
    const error = await bench.failure(bench.backend.sendSignal(instance, { ...yes, activityId }));
    expect(error.applied).toBe('unknown');
    expect(bench.requests('AlertEngine')).toHaveLength(1);
    expect(bench.workTasks.alerts).toMatchObject([{ hasMoved: true }]);
  });
});
