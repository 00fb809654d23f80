import { describe, expect, it } from '@jest/globals';
import { composeCard } from '../../src/domain/card.js';
import { mayRun } from '../../src/domain/change.js';
import { findingNames } from '../../src/domain/findings.js';
import { approverRuleFor, mayDecide } from '../../src/domain/policy.js';
import { roleGap, wantsReceipt } from '../../src/domain/voting.js';
import { anApproval, anInstance, aPerson, aPersonId } from '../support/an-approval.js';
import { aMappedPerson, aPolicy, aRule } from './a-policy.js';

const { facts } = anInstance();
const wildcard = anInstance({ facts: { ...facts, names: ['*.example.com'] } });
const key = { algorithm: 'RSA', sizeBits: 3072, fingerprint: 'f' };
const renewed = (old: string) =>
  anInstance({
    facts: { ...facts, key, replaces: { names: facts.names, key: { ...key, fingerprint: old } } },
  });

describe('a rule that asks for findings', () => {
  const risky = aRule({ name: 'risky', match: { finding: ['wildcard', 'weak-key'] } });
  const again = aRule({ name: 'again', match: { finding: ['reuses-key'] } });
  const strange = aRule({ name: 'strange', match: { finding: ['outside-zones'] } });
  const all = aRule({ name: 'all' });

  it.each([
    ['fits when one of them stands out', wildcard, 'risky'],
    ['leaves what is plain to the next rule', anInstance(), 'all'],
    ['fits a key that is used again', renewed('f'), 'again'],
    ['does not fit another key of the same kind', renewed('g'), 'all'],
    [
      'fits names outside the zones',
      anInstance({ facts: { ...facts, names: ['a.example.org'] } }),
      'strange',
    ],
  ])('%s', (_sentence, instance, name) => {
    const policy = aPolicy({ approvers: [risky, again, strange, all], zones: ['example.com'] });
    expect(approverRuleFor(instance, policy)?.name).toBe(name);
  });

  it('knows every finding by another name', () => {
    expect(new Set(findingNames).size).toBe(findingNames.length);
  });
});

describe('somebody may decide', () => {
  const instance = anInstance();
  const group = aRule({ people: [], groups: ['S0PKI0001'] });
  const inGroup = aPerson({ groups: ['S0PKI0001'] });

  it.each([
    ['as a member of a group the rule names', inGroup, group, 'yes'],
    ['not as a member of another group', aPerson({ groups: ['S0WEB0001'] }), group, 'not-an-approver'],
    [
      'not while nobody can tell who is in it',
      aPerson({ uncheckedGroups: ['S0PKI0001'] }),
      group,
      'group-not-checked',
    ],
    [
      'when named as well, whatever is known of a group',
      aPerson({ uncheckedGroups: ['S0PKI0001'] }),
      aRule({ groups: ['S0PKI0001'] }),
      'yes',
    ],
    ['not while their rights are suspended', aPerson({ isSuspended: true }), aRule(), 'suspended'],
    ['not where the portal alone decides', aPerson(), aRule({ approveWith: 'portal-only' }), 'portal-only'],
    ['not as a guest in a group', { ...inGroup, membership: 'guest' as const }, group, 'not-a-member'],
  ])('%s', (_sentence, person, rule, kind) => {
    expect(mayDecide(person, instance, aPolicy({ approvers: [rule] })).kind).toBe(kind);
  });

  it.each([
    ['as a member of a group', inGroup, 'yes'],
    ['not while nobody can tell', aPerson({ uncheckedGroups: ['S0PKI0001'] }), 'group-not-checked'],
    ['not while suspended', aPerson({ groups: ['S0PKI0001'], isSuspended: true }), 'suspended'],
    ['not without a group', aPerson(), 'no-rule'],
  ])('and run commands %s', (_sentence, person, kind) => {
    const rules = [{ name: 'ops', people: [], groups: ['S0PKI0001'], verbs: ['stop'] }] as const;
    expect(mayRun(person, 'stop', { system: 'command', definition: 'Web' }, rules).kind).toBe(kind);
  });
});

describe('the card of a step that wants several identities', () => {
  const approval = anApproval({ requirement: { needed: 2, roles: [] } });
  const actionsWith = (signalingAsPerson: readonly string[], needed?: number) => {
    const requirement = needed === undefined ? { roles: [] } : { needed, roles: [] };
    const policy = aPolicy({ signalingAsPerson });
    return composeCard({ ...approval, requirement }, { votes: [], policy, basis: '', link: undefined })
      .actions;
  };

  it.each([
    ['offers no approval where one account speaks for everybody', [], 2, ['deny', 'details', 'ask']],
    ['offers it where people speak for themselves', ['command'], 2, ['approve', 'deny', 'details', 'ask']],
    ['offers it where one is enough', [], 1, ['approve', 'deny', 'details', 'ask']],
    ['offers it where the number is not known', [], undefined, ['approve', 'deny', 'details', 'ask']],
  ])('%s', (_sentence, signalingAsPerson, needed, actions) => {
    expect(actionsWith(signalingAsPerson, needed)).toEqual(actions);
  });

  it('offers no answer at all where the portal alone decides', () => {
    const policy = aPolicy({ approvers: [aRule({ approveWith: 'portal-only' })] });
    expect(composeCard(anApproval(), { votes: [], policy, basis: '', link: undefined }).actions).toEqual([
      'details',
    ]);
  });
});

describe('too few can act', () => {
  const bo = { ...aPerson({ id: aPersonId('U0BO') }) };
  const mapped = [aMappedPerson(), aMappedPerson({ id: bo.id, identities: { command: ['KEYEXAMPLE\\bo'] } })];
  const two = aRule({ people: [aPersonId(), bo.id], quorum: 2 });
  const policy = aPolicy({ approvers: [two], people: mapped });

  it.each([
    ['never while enough can', [aPerson(), bo], policy, undefined],
    [
      'where one is a guest',
      [aPerson(), { ...bo, membership: 'guest' as const }],
      policy,
      { able: 1, wanted: 2 },
    ],
    ['where one is not mapped', [aPerson(), bo], aPolicy({ approvers: [two] }), { able: 1, wanted: 2 }],
    [
      'where one is suspended',
      [aPerson(), { ...bo, isSuspended: true as const }],
      policy,
      { able: 1, wanted: 2 },
    ],
    ['where nobody is known', [], policy, { able: 0, wanted: 2 }],
  ])('%s', (_sentence, people, settings, gap) => {
    expect(roleGap(anApproval(), { people, policy: settings })).toEqual(gap);
  });

  it('counts what the system wants where people speak for themselves', () => {
    const settings = aPolicy({ approvers: [aRule()], signalingAsPerson: ['command'] });
    const approval = anApproval({ requirement: { needed: 2, roles: [] } });
    expect(roleGap(approval, { people: [aPerson()], policy: settings })).toEqual({ able: 1, wanted: 2 });
  });
});

describe('a receipt is given', () => {
  it.each([
    ['to nobody unless told', aRule({ quorum: 2 }), {}, false],
    ['to everybody', aRule(), { receipts: 'all' as const }, true],
    ['for a plain rule to nobody who takes risks only', aRule(), { receipts: 'risky' as const }, false],
    ['where a second person is wanted', aRule({ quorum: 2 }), { receipts: 'risky' as const }, true],
    ['where a decision is held', aRule({ holdMs: 1 }), { receipts: 'risky' as const }, true],
    ['where the code is typed', aRule({ approveWith: 'typed' }), { receipts: 'risky' as const }, true],
  ])('%s', (_sentence, rule, policy, isWanted) => {
    expect(wantsReceipt(rule, policy)).toBe(isWanted);
  });
});
