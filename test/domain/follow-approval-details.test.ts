import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Approval } from '../../src/domain/approval.js';
import {
  endApproval,
  endingAfter,
  endingOf,
  followApproval,
  type Snapshot,
} from '../../src/domain/approval-lifecycle.js';
import type { Instance, InstanceStatus } from '../../src/domain/instance.js';
import { noFacts } from '../../src/domain/request.js';
import { aDecision, anApproval, anInstance, noonMs } from '../support/an-approval.js';
import { anyState, deniedState, stateKinds } from './states.js';

const complete = anInstance({
  status: { kind: 'complete', raw: 'Complete' },
  statusMessage: 'Done',
  awaitsApproval: false,
});
const seen = (instance: Instance): Extract<Snapshot, { kind: 'seen' }> => ({
  kind: 'seen',
  instance,
  isAssigned: true,
});
const follow = (approval: Approval, instance: Instance) =>
  followApproval(approval, seen(instance), noonMs + 1);

describe('an approval that was refreshed', () => {
  it('keeps its state and revision, and shows the instance as it is now', () => {
    const approval = anApproval({ state: anyState('recorded') });
    const instance = anInstance({ fingerprint: 'f2', statusMessage: '1 of 2' });
    expect(followApproval(approval, { kind: 'seen', instance, isAssigned: false }, noonMs)).toEqual({
      kind: 'refreshed',
      approval: { ...approval, instance, isAssigned: false },
    });
  });
});

describe('an approval whose facts changed', () => {
  const instance = anInstance({ facts: { ...anInstance().facts, template: 'CodeSigning' } });
  const changes = [{ fact: 'template', from: 'WebServer', to: 'CodeSigning' }];

  it('asks again under the next revision, and says what changed', () => {
    const approval = anApproval({ revision: 4 });
    expect(follow(approval, instance)).toEqual({
      kind: 'facts-changed',
      changes,
      approval: {
        ...approval,
        instance,
        revision: 5,
        state: { kind: 'waiting', note: { kind: 'facts-changed', changes } },
      },
    });
  });

  it('tells the latest change instead of what it explained before', () => {
    const note = { kind: 'vote-void', names: ['Bo'] } as const;
    const followed = follow(anApproval({ state: { kind: 'waiting', note } }), instance);
    expect(followed).toMatchObject({ approval: { state: { note: { kind: 'facts-changed', changes } } } });
  });

  it('asks once, however often the same is seen', () => {
    const first = follow(anApproval(), instance);
    if (first.kind === 'unchanged') throw new Error('The change was not seen');
    expect(follow(first.approval, instance)).toEqual({ kind: 'unchanged' });
  });
});

describe('an approval that ended', () => {
  it('keeps the decision, the time and where the instance was found', () => {
    const decision = aDecision();
    const followed = follow(anApproval({ state: { kind: 'recorded', decision } }), complete);
    const ending = {
      kind: 'approved',
      elsewhere: true,
      now: { status: complete.status, statusMessage: 'Done', step: complete.step },
    };
    expect(followed).toMatchObject({
      kind: 'ended',
      ending,
      approval: { instance: complete, state: { kind: 'ended', ending, decision, atMs: noonMs + 1 } },
    });
  });

  it('keeps the facts people saw when the ended instance tells none', () => {
    const followed = follow(anApproval(), { ...complete, facts: noFacts });
    expect(followed).toMatchObject({ approval: { instance: { ...complete, facts: anInstance().facts } } });
  });

  it('shows the facts of the ended instance when it tells them', () => {
    const facts = { ...noFacts, names: ['b.example.com'] };
    expect(follow(anApproval(), { ...complete, facts })).toMatchObject({ approval: { instance: { facts } } });
  });

  it('stays ended when seen again', () => {
    const over = endApproval(anApproval(), { kind: 'not-visible' }, noonMs);
    expect(follow(over, anInstance({ fingerprint: 'f2' }))).toEqual({ kind: 'unchanged' });
  });

  it('has no decision if people made none', () => {
    const { state } = endApproval(anApproval(), { kind: 'not-visible' }, noonMs);
    expect(state).toEqual({ kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs });
  });
});

describe('a restart', () => {
  const canceled = anInstance({
    status: { kind: 'canceled-for-restart', raw: 'Canceled' },
    awaitsApproval: false,
  });
  const next = { system: 'command', id: 'next' };

  it.each([
    ['names its one successor', [next], { kind: 'restarted', candidates: 1, successor: next }],
    ['names none of two', [next, { ...next, id: 'b' }], { kind: 'restarted', candidates: 2 }],
    ['names none when none was found', [], { kind: 'restarted', candidates: 0 }],
  ])('%s', (_sentence, successors, ending) => {
    expect(endingOf({ kind: 'waiting' }, { ...seen(canceled), successors })).toEqual(ending);
  });

  it('needs nobody to have looked for successors', () => {
    expect(endingOf({ kind: 'waiting' }, seen(canceled))).toEqual({ kind: 'restarted', candidates: 0 });
  });
});

describe('an accepted approval', () => {
  it.each([true, false])('says whether others completed it: %j', (elsewhere) => {
    expect(endingAfter(aDecision(), complete, elsewhere)).toMatchObject({ kind: 'approved', elsewhere });
  });

  it('was completed by others if it had been recorded, and by us if it just had not moved', () => {
    expect(endingOf(anyState('recorded'), seen(complete))).toMatchObject({ elsewhere: true });
    expect(endingOf(anyState('not-moved'), seen(complete))).toMatchObject({ elsewhere: false });
  });
});

it('nothing is called approved or denied unless a signal of ours was accepted', () => {
  const statuses: readonly InstanceStatus['kind'][] = [
    'running',
    'suspended',
    'complete',
    'rejected',
    'failed',
    'canceled-for-restart',
    'unknown',
  ];
  const anyInstance = fc
    .record({
      status: fc.constantFrom(...statuses).map((kind) => ({ kind, raw: kind })),
      step: fc.constantFrom('approval-1', 'approval-2').map((name) => ({ uniqueName: name, name })),
      awaitsApproval: fc.boolean(),
      facts: fc.constantFrom(anInstance().facts, noFacts),
      fingerprint: fc.constantFrom('f1', 'f2'),
    })
    .map(anInstance);
  const anySnapshot: fc.Arbitrary<Snapshot> = fc.oneof(
    fc.record({ kind: fc.constant('seen' as const), instance: anyInstance, isAssigned: fc.boolean() }),
    fc.constant({ kind: 'not-visible' as const, ref: anInstance().ref }),
  );
  const state = fc
    .tuple(fc.constantFrom(...stateKinds), fc.boolean())
    .map(([kind, denies]) => (denies ? deniedState(kind) : anyState(kind)));
  fc.assert(
    fc.property(state, anySnapshot, (before, snapshot) => {
      const followed = followApproval(anApproval({ state: before }), snapshot, noonMs);
      if (followed.kind !== 'ended') return;
      const { kind } = followed.ending;
      if (kind !== 'approved' && kind !== 'denied') return;
      expect(['recorded', 'not-moved']).toContain(before.kind);
      expect('decision' in before ? before.decision?.verdict : undefined).toBe(
        kind === 'denied' ? 'deny' : 'approve',
      );
    }),
    { numRuns: 2_000 },
  );
});
