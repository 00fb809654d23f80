import { expect, it } from '@jest/globals';
import type { ApproverRule } from '../../src/domain/policy.js';
import type { RequestFacts } from '../../src/domain/request.js';
import { whyNotInBulk } from '../../src/domain/voting.js';
import { anApproval, anInstance } from '../support/an-approval.js';
import { aPolicy, aRule } from './a-policy.js';

const weakKey = { key: { algorithm: 'RSA', sizeBits: 1024, hash: 'SHA-256' } } as const;
const wildcard = { names: ['app.example.com', '*.example.com'] };
const manyNames = { names: Array.from({ length: 21 }, (_, at) => `host-${at}.example.com`) };

it.each<[string, Partial<ApproverRule>, Partial<RequestFacts>, ReturnType<typeof whyNotInBulk>]>([
  ['a plain request', {}, {}, undefined],
  ['one click', { approveWith: 'one-click' }, {}, undefined],
  ['a reason', { approveWith: 'reason' }, {}, undefined],
  ['something typed', { approveWith: 'typed' }, {}, 'rule'],
  ['the portal only', { approveWith: 'portal-only' }, {}, 'rule'],
  ['a hold', { holdMs: 5_000 }, {}, 'rule'],
  ['a rule that turns it off', { bulkUpTo: 'off' }, {}, 'rule'],
  ['more names than a card shows', { bulkUpTo: 'high' }, manyNames, 'not-whole'],
  ['a finding', {}, wildcard, 'finding'],
  ['a finding as grave as the rule says', { bulkUpTo: 'medium' }, wildcard, undefined],
  ['a graver finding', { bulkUpTo: 'medium' }, weakKey, 'finding'],
  ['the gravest where the rule takes it', { bulkUpTo: 'high' }, weakKey, undefined],
])('tells whether a request may be approved together with others: %s', (_what, rule, facts, why) => {
  const plain = anInstance();
  const instance = { ...plain, facts: { ...plain.facts, ...facts } };
  const policy = aPolicy({ approvers: [aRule(rule)] });
  expect(whyNotInBulk(anApproval({ instance }), policy)).toBe(why);
});

it('takes nothing together where no rule matches, and no step one account cannot complete', () => {
  expect(whyNotInBulk(anApproval(), aPolicy({ approvers: [] }))).toBe('rule');
  const two = anApproval({ requirement: { needed: 2, roles: [] } });
  expect(whyNotInBulk(two, aPolicy({ approvers: [aRule()] }))).toBe('beyond-one-account');
});
