import { describe, expect, it } from '@jest/globals';
import {
  type ApprovalState,
  decisionOf,
  isAtStep,
  isOpenForVotes,
  whereaboutsOf,
} from '../../src/domain/approval.js';
import { hasEnded, type InstanceStatus, isSameRef, refKey } from '../../src/domain/instance.js';
import { priorities } from '../../src/domain/notification.js';
import { isSamePerson, personKey } from '../../src/domain/person.js';
import { targetKey } from '../../src/domain/policy.js';
import { noFacts } from '../../src/domain/request.js';
import { aDecision, anApproval, anInboundApproval, anInstance, aPersonId } from '../support/an-approval.js';
import { anyState, stateKinds } from './states.js';

describe('an approval', () => {
  it.each(stateKinds)('that is %s is open for votes only if it waits', (kind) => {
    expect(isOpenForVotes(anApproval({ state: anyState(kind) }))).toBe(kind === 'waiting');
  });

  it('that waits is open for votes whatever it has to explain', () => {
    const note = { kind: 'released', decision: aDecision() } as const;
    expect(isOpenForVotes(anApproval({ state: { kind: 'waiting', note } }))).toBe(true);
  });

  it.each(stateKinds)('that is %s gives the decision it carries', (kind) => {
    expect(decisionOf(anyState(kind))).toEqual(kind === 'waiting' ? undefined : aDecision());
  });

  it('that ended without a decision gives none', () => {
    const ended: ApprovalState = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: 0 };
    expect(decisionOf(ended)).toBeUndefined();
  });
});

describe('an instance', () => {
  const { step: _step, ...nowhere } = anInstance();

  it.each([
    ['waits at the step is there', anInstance(), true],
    ['stands at the step without waiting is not there', anInstance({ awaitsApproval: false }), false],
    [
      'waits at another step is not there',
      anInstance({ step: { uniqueName: 'approval-2', name: 'Approval by the PKI team' } }),
      false,
    ],
    ['waits nowhere that is told is not there', nowhere, false],
  ])('that %s', (_sentence, instance, isThere) => {
    expect(isAtStep(instance, { step: 'approval-1' })).toBe(isThere);
  });

  it('tells where it stands', () => {
    const { status, step } = anInstance();
    expect(whereaboutsOf(anInstance({ statusMessage: 'Waiting' }))).toEqual({
      status,
      statusMessage: 'Waiting',
      step,
    });
    expect(whereaboutsOf(nowhere)).toStrictEqual({ status });
  });

  it('tells no step of one that told of its step itself, since it may be elsewhere by now', () => {
    const { instance } = anInboundApproval();
    expect(whereaboutsOf(instance)).toStrictEqual({ status: instance.status });
  });

  it.each<[InstanceStatus['kind'], boolean]>([
    ['running', false],
    ['suspended', false],
    ['complete', true],
    ['rejected', true],
    ['failed', false],
    ['canceled-for-restart', true],
    ['unknown', false],
  ])('that is %s can never move again by itself: %j', (kind, isOver) => {
    expect(hasEnded({ kind, raw: kind })).toBe(isOver);
  });

  it('is the same under the same id on the same system only', () => {
    const ref = { system: 'command', id: '1' };
    expect(isSameRef(ref, { ...ref })).toBe(true);
    expect(isSameRef(ref, { ...ref, id: '2' })).toBe(false);
    expect(isSameRef(ref, { ...ref, system: 'other' })).toBe(false);
    expect(refKey(ref)).toBe('command/1');
  });

  it('of which nothing is known has no facts', () => {
    expect(noFacts).toEqual({ requesters: [], names: [], others: [] });
  });
});

describe('a person', () => {
  it('is the same under the same id in the same workspace only', () => {
    expect(isSamePerson(aPersonId(), aPersonId())).toBe(true);
    expect(isSamePerson(aPersonId(), aPersonId('U0BO'))).toBe(false);
    expect(isSamePerson(aPersonId(), aPersonId('U0ADA', 'T0OTHER'))).toBe(false);
  });

  it('has a key that tells the workspace too', () => {
    expect(personKey(aPersonId())).toBe('T0EXAMPLE/U0ADA');
  });
});

it('a channel and a person have keys that cannot be taken for one another', () => {
  expect(targetKey({ kind: 'channel', channel: 'C0PKI' })).toBe('C0PKI');
  expect(targetKey({ kind: 'person', person: aPersonId() })).toBe('T0EXAMPLE/U0ADA');
});

it('cards with buttons that must not be pressed any more go first, then new cards, progress and notices', () => {
  const { staleButtons, newCard, progress, notice } = priorities;
  expect([notice, newCard, progress, staleButtons].sort((a, b) => a - b)).toEqual([
    staleButtons,
    newCard,
    progress,
    notice,
  ]);
});
