import { describe, expect, it } from '@jest/globals';
import { followApproval, stateInSystem, wholeDecision } from '../../src/domain/approval-lifecycle.js';
import { cardActions, composeCard } from '../../src/domain/card.js';
import { actingIdentitiesOf, identitiesOf, mayDecide } from '../../src/domain/policy.js';
import { anApproval, anInstance, aPerson, aPersonId, aVote, noonMs } from '../support/an-approval.js';
import { aMappedPerson, aPolicy, aRule } from './a-policy.js';

const ada = aVote();
const bo = aVote({ person: aPersonId('U0BO'), name: 'Bo', identities: ['KEYEXAMPLE\\bo'], atMs: noonMs + 1 });
const counted = [ada];
const { system } = anInstance().ref;
const policy = aPolicy({ signalingAsPerson: [system] });

describe('votes a system has counted', () => {
  it('make a step that waits one that is recorded', () => {
    expect(stateInSystem(anApproval())).toEqual({ kind: 'waiting' });
    expect(stateInSystem(anApproval({ counted }))).toMatchObject({
      kind: 'recorded',
      decision: { votes: [ada] },
    });
  });

  it('leave the approval to those who approved when others complete it in the portal', () => {
    const moved = anInstance({
      awaitsApproval: false,
      status: { kind: 'complete', raw: 'Complete' },
      fingerprint: 'moved',
    });
    const snapshot = { kind: 'seen', instance: moved, isAssigned: false } as const;
    const followed = followApproval(anApproval({ counted }), snapshot, noonMs);
    expect(followed).toMatchObject({
      kind: 'ended',
      ending: { kind: 'approved', elsewhere: true },
      approval: { state: { decision: { votes: [ada] } } },
    });
  });

  it('claim nothing when they were only inferred', () => {
    const moved = anInstance({
      awaitsApproval: false,
      status: { kind: 'complete', raw: 'Complete' },
      fingerprint: 'moved',
    });
    const snapshot = { kind: 'seen', instance: moved, isAssigned: false } as const;
    const inferred = anApproval({ counted: [{ ...ada, isInferred: true }] });
    expect(followApproval(inferred, snapshot, noonMs)).toMatchObject({ ending: { kind: 'overtaken' } });
  });

  it('are part of a later approval, and not of a denial', () => {
    const decision = { verdict: 'approve', votes: [bo], atMs: bo.atMs } as const;
    const approved = anApproval({ counted, state: { kind: 'deciding', decision } });
    expect(wholeDecision(approved)?.votes).toEqual([ada, bo]);
    const denied = anApproval({
      counted,
      state: { kind: 'deciding', decision: { ...decision, verdict: 'deny' } },
    });
    expect(wholeDecision(denied)?.votes).toEqual([bo]);
  });

  it('stand on the card with how many the system wants, and cannot be withdrawn', () => {
    const approval = anApproval({ counted, requirement: { needed: 2, roles: [] } });
    const card = composeCard(approval, { votes: [ada], policy, basis: '', link: undefined });
    expect(card).toMatchObject({ votes: [ada], wanted: 2, actions: ['approve', 'deny', 'details', 'ask'] });
    expect(cardActions(approval, aRule(), [ada, bo])).toContain('withdraw');
  });
});

describe('a linked account', () => {
  const person = aPerson({ linkedAs: { [system]: 'keyexample\\linked' } });

  it('is a name its person is known by, before those of the settings, and once', () => {
    const own = aMappedPerson({ identities: { [system]: ['KEYEXAMPLE\\Linked', 'KEYEXAMPLE\\ada'] } });
    const signing = aPolicy({ people: [own], signalingAsPerson: [system] });
    expect(identitiesOf(person, system, signing)).toEqual(['keyexample\\linked', 'KEYEXAMPLE\\ada']);
    expect(identitiesOf(person, 'lab', aPolicy({ people: [] }))).toEqual([]);
  });

  it('of a system where people sign in no more shows that a request is own, and never that it is not', () => {
    const policy = aPolicy({ people: [] });
    const requested = (by: string) => anInstance({ facts: { ...anInstance().facts, requesters: [by] } });
    expect(mayDecide(person, requested('KEYEXAMPLE\\linked'), policy).kind).toBe('own-request');
    expect(mayDecide(person, requested('KEYEXAMPLE\\rkim'), policy).kind).toBe('not-mapped');
    expect(actingIdentitiesOf(person, system, policy)).toEqual([]);
    const own = aMappedPerson({ identities: { [system]: ['KEYEXAMPLE\\Linked'] } });
    const named = aPolicy({ people: [own] });
    expect(mayDecide(person, requested('KEYEXAMPLE\\rkim'), named).kind).toBe('yes');
    expect(actingIdentitiesOf(person, system, named)).toEqual(['KEYEXAMPLE\\Linked']);
  });
});
