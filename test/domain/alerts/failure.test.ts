import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Failure,
  type FailureState,
  followFailure,
  hasFailed,
  isFailureOver,
} from '../../../src/domain/incident.js';
import type { InstanceRef, InstanceStatus } from '../../../src/domain/instance.js';
import { aFailure, aRun } from './a-failure.js';

const next: InstanceRef = { system: 'command', id: 'run-2' };
const other: InstanceRef = { system: 'command', id: 'run-3' };
const kinds: readonly InstanceStatus['kind'][] = [
  'running',
  'suspended',
  'complete',
  'rejected',
  'failed',
  'canceled-for-restart',
  'paused',
  'aborted',
  'unknown',
];
const states: readonly FailureState[] = ['failed', 'retrying', 'recovered', 'given-up', 'restarted', 'gone'];

describe('a run that failed', () => {
  it.each<[InstanceStatus['kind'], FailureState]>([
    ['failed', 'failed'],
    ['running', 'retrying'],
    ['suspended', 'retrying'],
    ['paused', 'retrying'],
    ['complete', 'recovered'],
    ['rejected', 'given-up'],
    ['aborted', 'given-up'],
    ['canceled-for-restart', 'restarted'],
    ['unknown', 'failed'],
  ])('and is found %s has %s', (kind, state) => {
    expect(followFailure(aFailure(), aRun(kind)).state).toBe(state);
  });

  it('and goes on as one other run is followed there', () => {
    const followed = followFailure(aFailure(), aRun('canceled-for-restart'), [next]);
    expect(followed).toEqual(aFailure({ state: 'retrying', successor: next }));
  });

  it('and may go on as one of several is followed no further', () => {
    const followed = followFailure(aFailure(), aRun('canceled-for-restart'), [next, other]);
    expect(followed).toEqual(aFailure({ state: 'restarted' }));
  });

  it('and failed again after it went on stands failed', () => {
    expect(followFailure(aFailure({ state: 'retrying' }), aRun('failed')).state).toBe('failed');
  });

  it('and cannot be read any more is gone', () => {
    expect(followFailure(aFailure(), undefined).state).toBe('gone');
  });

  it('and was found aborted at first is not given up anew', () => {
    const aborted = aFailure({ instance: aRun('aborted') });
    expect(followFailure(aborted, aRun('aborted'))).toBe(aborted);
  });
});

describe('a run that goes on as another', () => {
  const restarted: Failure = aFailure({ state: 'retrying', successor: next });
  const seen = (kind: InstanceStatus['kind']) => aRun(kind, { ref: next });

  it.each<[InstanceStatus['kind'], FailureState]>([
    ['complete', 'recovered'],
    ['running', 'retrying'],
    ['suspended', 'retrying'],
    ['failed', 'restarted'],
    ['aborted', 'given-up'],
    ['rejected', 'given-up'],
    ['unknown', 'retrying'],
  ])('that is found %s has %s', (kind, state) => {
    expect(followFailure(restarted, seen(kind)).state).toBe(state);
  });

  it('that was restarted in its turn is followed to the next', () => {
    const followed = followFailure(restarted, seen('canceled-for-restart'), [other]);
    expect(followed).toMatchObject({ state: 'retrying', successor: other });
  });

  it.each<[string, readonly InstanceRef[]]>([
    ['nothing', []],
    ['several', [next, other]],
    ['the first of two', [next]],
  ])('is followed there, also when %s is found for the run that failed', (_, found) => {
    const again = aFailure({ state: 'retrying', successor: other });
    expect(followFailure(again, aRun('canceled-for-restart'), found)).toBe(again);
  });
});

describe('a failure that is over', () => {
  it('stays as it is, whatever is seen', () => {
    const over = fc.constantFrom(...states.filter((state) => isFailureOver({ state })));
    fc.assert(
      fc.property(over, fc.constantFrom(...kinds), (state, kind) => {
        const failure = aFailure({ state });
        expect(followFailure(failure, aRun(kind), [next])).toBe(failure);
      }),
    );
  });

  it('is every one but those that stand failed or go on', () => {
    const open = states.filter((state) => !isFailureOver({ state }));
    expect(open).toEqual(['failed', 'retrying']);
  });
});

describe('a run', () => {
  it('has failed when it stands so or was aborted, and not otherwise', () => {
    const failed = kinds.filter((kind) => hasFailed({ status: { kind, raw: '' } }));
    expect(failed).toEqual(['failed', 'aborted']);
  });
});
