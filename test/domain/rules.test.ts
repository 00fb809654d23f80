import { describe, expect, it } from '@jest/globals';
import type { Instance } from '../../src/domain/instance.js';
import {
  approverRuleFor,
  findingsIn,
  isMatch,
  type RuleMatch,
  targetKey,
  targetsFor,
} from '../../src/domain/policy.js';
import { anInstance, aPersonId } from '../support/an-approval.js';
import { aPolicy, aRoute, aRule } from './a-policy.js';

const { template: _template, authority: _authority, ...unreported } = anInstance().facts;
const { step: _step, ...nowhere } = anInstance();

describe('a match', () => {
  it.each<[string, RuleMatch, Instance, boolean]>([
    ['that names nothing fits everything', {}, anInstance(), true],
    ['fits a system', { system: ['command'] }, anInstance(), true],
    ['does not fit another system', { system: ['other'] }, anInstance(), false],
    ['fits a definition by name', { definition: ['Web servers'] }, anInstance(), true],
    ['fits a definition by id', { definition: ['d2b6b2ab-31b7-4f0c-8f0e-4a2f6a9c7e55'] }, anInstance(), true],
    ['fits a type', { type: ['Enrollment'] }, anInstance(), true],
    ['fits a step by its unique name', { step: ['approval-1'] }, anInstance(), true],
    ['fits a step by its display name', { step: ['Approval by the PKI team'] }, anInstance(), true],
    ['fits a template', { template: ['WebServer'] }, anInstance(), true],
    ['fits an authority', { authority: ['Issuing CA 1'] }, anInstance(), true],
    ['fits a requester', { requester: ['KEYEXAMPLE\\rkim'] }, anInstance(), true],
    ['fits whatever the case', { template: ['webSERVER'], authority: ['issuing ca 1'] }, anInstance(), true],
    ['fits any one of its patterns', { template: ['CodeSigning', 'Web*'] }, anInstance(), true],
    [
      'fits only if every property fits',
      { template: ['WebServer'], type: ['Revocation'] },
      anInstance(),
      false,
    ],
    [
      'fits when every property fits',
      { template: ['Web*'], type: ['Enroll*'], requester: ['KEYEXAMPLE\\*'] },
      anInstance(),
      true,
    ],
    ['with no pattern for a property fits nothing', { template: [] }, anInstance(), false],
    ['does not fit part of a word', { template: ['Web'] }, anInstance(), false],
    ['does not take a dot for anything', { step: ['approval.1'] }, anInstance(), false],
    [
      'fits any of several requesters',
      { requester: ['b'] },
      anInstance({ facts: { ...unreported, requesters: ['a', 'b'] } }),
      true,
    ],
    ['cannot fit a template that is not told', { template: ['*'] }, anInstance({ facts: unreported }), false],
    [
      'cannot fit an authority that is not told',
      { authority: ['*'] },
      anInstance({ facts: unreported }),
      false,
    ],
    [
      'cannot fit a requester who is not told',
      { requester: ['*'] },
      anInstance({ facts: { ...unreported, requesters: [] } }),
      false,
    ],
    ['cannot fit a step where there is none', { step: ['*'] }, nowhere, false],
  ])('%s', (_sentence, match, instance, fits) => {
    expect(isMatch(match, { instance, zones: [] })).toBe(fits);
  });
});

describe('the longest validity', () => {
  const asked = (validity: string) =>
    anInstance({ facts: { ...unreported, template: 'WebServer', validity } });
  const limits = [
    { match: { template: ['WebServer'] }, days: 'public-tls' as const },
    { match: {}, days: 730 },
  ];
  const isLong = (instance: Instance, day?: string) =>
    findingsIn(instance, {
      zones: [],
      validityLimits: limits,
      ...(day === undefined ? {} : { now: () => Date.parse(day) }),
    }).some(({ kind }) => kind === 'long-validity');

  it.each([
    ['398 days', '2026-03-14', false],
    ['399 days', '2026-03-14', true],
    ['200 days', '2026-03-15', false],
    ['201 days', '2026-03-15', true],
    ['101 days', '2027-03-15', true],
    ['100 days', '2029-03-14', false],
    ['47 days', '2029-03-15', false],
    ['48 days', '2029-03-15', true],
  ])('of a public certificate asked for %s on %s is exceeded: %s', (validity, day, isExceeded) => {
    expect(isLong(asked(validity), day)).toBe(isExceeded);
  });

  it('is that of the first limit that fits', () => {
    const other = anInstance({ facts: { ...unreported, template: 'Machine', validity: '2 years' } });
    expect(isLong(other, '2029-03-15')).toBe(false);
    expect(isLong(anInstance({ facts: { ...unreported, validity: '3 years' } }), '2026-01-01')).toBe(true);
  });

  it('decides which rule is in force', () => {
    const strict = aRule({ name: 'strict', match: { finding: ['long-validity'] } });
    const policy = aPolicy({
      approvers: [strict, aRule({ name: 'all' })],
      validityLimits: limits,
      now: () => Date.parse('2029-03-15'),
    });
    expect(approverRuleFor(asked('48 days'), policy)?.name).toBe('strict');
    expect(approverRuleFor(asked('47 days'), policy)?.name).toBe('all');
  });
});

describe('the approver rule in force', () => {
  const web = aRule({ name: 'web', match: { template: ['Web*'] } });
  const all = aRule({ name: 'all' });
  const code = aRule({ name: 'code', match: { template: ['Code*'] } });

  it.each([
    ['is the first that matches', [code, web, all], 'web'],
    ['is the general one when it comes first', [all, web], 'all'],
    ['is none when nothing matches', [code], undefined],
    ['is none when there are no rules', [], undefined],
  ])('%s', (_sentence, approvers, name) => {
    expect(approverRuleFor(anInstance(), aPolicy({ approvers }))?.name).toBe(name);
  });
});

describe('a card goes', () => {
  const bo = aPersonId('U0BO');
  it.each([
    [
      'to every channel and person of its route',
      [aRoute({ channels: ['C0A', 'C0B'], people: [bo] })],
      ['C0A', 'C0B', 'T0EXAMPLE/U0BO'],
    ],
    [
      'by the first route that matches only',
      [
        aRoute({ match: { type: ['Revocation'] }, channels: ['C0R'] }),
        aRoute({ channels: ['C0A'] }),
        aRoute({ channels: ['C0B'] }),
      ],
      ['C0A'],
    ],
    [
      'to people alone if the route names no channel',
      [aRoute({ channels: [], people: [bo] })],
      ['T0EXAMPLE/U0BO'],
    ],
    [
      'to the fallback channel when no route matches',
      [aRoute({ match: { type: ['Revocation'] } })],
      ['C0FALLBACK'],
    ],
    ['to the fallback channel when there are no routes', [], ['C0FALLBACK']],
    ['to the fallback channel when its route leads nowhere', [aRoute({ channels: [] })], ['C0FALLBACK']],
  ])('%s', (_sentence, routes, keys) => {
    expect(targetsFor(anInstance(), aPolicy({ routes })).map(targetKey)).toEqual(keys);
  });
});
