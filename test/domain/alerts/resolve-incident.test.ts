import { describe, expect, it } from '@jest/globals';
import type { Failure, FailureState, Incident } from '../../../src/domain/incident.js';
import { anInstance, noonMs } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';
import { aFailure, after } from './a-failure.js';

const at = { nowMs: noonMs + 1_000, quietAfterMs: 60_000, by: [] };

function judgeIncident(
  incident: Incident,
  failures: readonly Failure[],
  when: { readonly nowMs: number; readonly quietAfterMs: number; readonly by: readonly string[] },
): Incident {
  return after(incident, { kind: 'followed', failures, ...when });
}

describe('an incident whose only run went on and failed for another reason', () => {
  it('is over, and not called recovered: that run has an alert of its own now', () => {
    expect(judgeIncident(anIncident(), [], at).state).toEqual({
      kind: 'resolved',
      atMs: at.nowMs,
      how: { kind: 'dealt-with', by: [] },
    });
  });

  it('is called recovered only when its runs are', () => {
    const failure: Failure = {
      instance: anInstance(),
      incidentId: 'incident-1',
      state: 'recovered',
      failedAtMs: noonMs,
      isOld: false,
    };
    expect(judgeIncident(anIncident(), [failure], at).state).toMatchObject({ how: { kind: 'recovered' } });
  });
});

describe('an incident', () => {
  it.each<[readonly FailureState[], string]>([
    [['failed'], 'open 1'],
    [['retrying'], 'open 1'],
    [['recovered', 'failed', 'retrying'], 'open 2'],
    [['recovered'], 'recovered'],
    [['recovered', 'recovered'], 'recovered'],
    [['recovered', 'given-up'], 'dealt-with'],
    [['recovered', 'gone'], 'dealt-with'],
    [['restarted'], 'dealt-with'],
    [['given-up', 'retrying'], 'open 1'],
  ])('whose runs have %j stands so: %s', (states, expected) => {
    const { state, unresolved } = judgeIncident(
      anIncident({ count: states.length, unresolved: states.length }),
      states.map((one) => aFailure({ state: one })),
      { ...at, by: ['Ada Okafor'] },
    );
    const how = state.kind === 'resolved' ? state.how : undefined;
    expect(how?.kind ?? `open ${unresolved}`).toBe(expected);
    if (how && how.kind !== 'quiet') expect(how.by).toEqual(['Ada Okafor']);
    if (how) expect(unresolved).toBe(0);
  });

  it('counts apart the runs that still stand failed, which alone can be helped', () => {
    const before = anIncident({ count: 3, unresolved: 3, failed: 3 });
    const failures = [aFailure(), aFailure({ state: 'retrying' }), aFailure({ state: 'retrying' })];
    expect(judgeIncident(before, failures, at)).toMatchObject({ unresolved: 3, failed: 1 });
  });

  it('stays the same object while nothing has changed', () => {
    const incident = anIncident({ count: 3, unresolved: 2, failed: 1 });
    const failures = (['failed', 'retrying', 'recovered'] as const).map((state) => aFailure({ state }));
    expect(judgeIncident(incident, failures, at)).toBe(incident);
  });

  it('is quiet once none was heard of for the set time, and not a moment sooner', () => {
    const incident = anIncident({ firstAtMs: noonMs - 60_000, lastAtMs: noonMs - 60_000, heardAtMs: noonMs });
    const judge = (nowMs: number) => judgeIncident(incident, [aFailure()], { ...at, nowMs }).state;
    expect(judge(noonMs + 59_999)).toEqual({ kind: 'open' });
    const how = { kind: 'quiet' };
    expect(judge(noonMs + 60_000)).toEqual({ kind: 'resolved', atMs: noonMs + 60_000, how });
  });

  it('that is over stays over as it was', () => {
    const over = anIncident({ state: { kind: 'resolved', atMs: noonMs, how: { kind: 'quiet' } } });
    expect(judgeIncident(over, [aFailure({ state: 'recovered' })], at)).toBe(over);
  });
});
