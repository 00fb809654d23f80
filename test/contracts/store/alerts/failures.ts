import { expect, it } from '@jest/globals';
import type { Failure } from '../../../../src/domain/incident.js';
import type { Store } from '../../../../src/ports/store.js';
import { aFailure, aRun } from '../../../domain/alerts/a-failure.js';

const refOf = (id: string, system = 'command') => ({ system, id });

/** A failure of that run. */
function failureOf(id: string, overrides: Partial<Failure> = {}): Failure {
  return aFailure({ instance: aRun('failed', { ref: refOf(id) }), ...overrides });
}

/** What holds for runs that failed in every store. */
export function describeFailures(store: () => Store): void {
  it('gives a failure back as it was put', async () => {
    const failure = failureOf('run-1', { state: 'retrying', successor: refOf('run-2') });
    await store().putFailure(failure);
    expect(await store().findFailure(refOf('run-1'))).toEqual(failure);
    expect(await store().findFailure(refOf('run-1', 'other'))).toBeUndefined();
    expect(await store().findFailure(refOf('none'))).toBeUndefined();
  });

  it('replaces what was known of a run, and keeps its place', async () => {
    await store().putFailure(failureOf('run-1'));
    await store().putFailure(failureOf('run-2'));
    const again = failureOf('run-1', { state: 'recovered' });
    await store().putFailure(again);
    expect(await store().listFailures('incident-1')).toEqual([again, failureOf('run-2')]);
  });

  it('finds a failure by the run it goes on as', async () => {
    const failure = failureOf('run-1', { successor: refOf('run-2') });
    await store().putFailure(failure);
    expect(await store().findFailure(refOf('run-2'))).toEqual(failure);
    expect(await store().findFailure(refOf('run-2', 'other'))).toBeUndefined();
  });

  it('gives a run’s own failure before that of the run it was restarted from', async () => {
    await store().putFailure(failureOf('run-2'));
    await store().putFailure(failureOf('run-1', { successor: refOf('run-2') }));
    expect(await store().findFailure(refOf('run-2'))).toEqual(failureOf('run-2'));
  });

  it('gives the latest of several failures that go on as one run', async () => {
    await store().putFailure(failureOf('run-1', { successor: refOf('run-3') }));
    await store().putFailure(failureOf('run-2', { successor: refOf('run-3') }));
    expect((await store().findFailure(refOf('run-3')))?.instance.ref.id).toBe('run-2');
  });

  it('lists failures of an incident, oldest first, and of no other', async () => {
    for (const id of ['c', 'a', 'b']) await store().putFailure(failureOf(id));
    await store().putFailure(failureOf('d', { incidentId: 'incident-2' }));
    const listed = await store().listFailures('incident-1');
    expect(listed.map(({ instance }) => instance.ref.id)).toEqual(['c', 'a', 'b']);
    expect(await store().listFailures('none')).toEqual([]);
  });

  it('lists of a system what is not over and not old', async () => {
    await store().putFailure(failureOf('failed'));
    await store().putFailure(failureOf('retrying', { state: 'retrying' }));
    for (const state of ['recovered', 'given-up', 'restarted', 'gone'] as const) {
      await store().putFailure(failureOf(state, { state }));
    }
    await store().putFailure(failureOf('old', { isOld: true }));
    await store().putFailure(aFailure({ instance: aRun('failed', { ref: refOf('x', 'other') }) }));
    const listed = await store().listOpenFailures('command');
    expect(listed.map(({ instance }) => instance.ref.id)).toEqual(['failed', 'retrying']);
  });

  it('lists what was over once it has failed again', async () => {
    await store().putFailure(failureOf('run-1', { state: 'recovered' }));
    expect(await store().listOpenFailures('command')).toEqual([]);
    await store().putFailure(failureOf('run-1'));
    expect(await store().listOpenFailures('command')).toEqual([failureOf('run-1')]);
  });
}
