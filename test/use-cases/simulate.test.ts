import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../../src/domain/policy.js';
import { simulate } from '../../src/use-cases/simulate.js';
import { aMappedPerson, aPolicy, aRoute, aRule } from '../domain/a-policy.js';
import { anApproval, anInstance, aPersonId, noonMs, renewalFacts } from '../support/an-approval.js';
import { openFreshStore } from '../support/fresh-store.js';

/** Stores one request, and simulates a change of the rules on it. */
async function simulated(change: Partial<Policy>, instance = anInstance()) {
  const store = await openFreshStore();
  await store.addApproval(anApproval({ instance }));
  const before = aPolicy();
  const result = await simulate(store, {
    before,
    after: { ...before, ...change },
    sinceMs: noonMs - 86_400_000,
  });
  await store.close();
  return result;
}

it.each<[what: string, change: Partial<Policy>, difference: object]>([
  ['other routes', { routes: [aRoute()] }, { kind: 'routed', to: 'everything: C0PKI' }],
  [
    'other approvers',
    { approvers: [aRule({ people: [aPersonId(), aPersonId('U0BEA')] })] },
    { kind: 'approvers', to: 'T0EXAMPLE/U0ADA, T0EXAMPLE/U0BEA' },
  ],
  ['a rule nobody matches', { approvers: [] }, { kind: 'refused', from: 'can be decided', to: 'no rule' }],
  [
    'the portal only',
    { approvers: [aRule({ approveWith: 'portal-only' })] },
    { kind: 'refused', to: 'portal only' },
  ],
  [
    'people whose names are not known any more',
    { people: [aMappedPerson({ identities: {} })] },
    { kind: 'nobody-can', from: 'enough can', to: 'nobody can' },
  ],
  ['a higher quorum', { approvers: [aRule({ quorum: 2 })] }, { kind: 'nobody-can', to: 'too few can' }],
  [
    'another way to approve',
    { approvers: [aRule({ approveWith: 'typed' })] },
    { kind: 'approve-with', from: 'one-click', to: 'typed' },
  ],
  [
    'own requests allowed',
    { approvers: [aRule({ ownRequest: 'allowed' })] },
    { kind: 'own-request', from: 'forbidden', to: 'allowed', isWeaker: true },
  ],
  [
    'delegates',
    { approvers: [aRule({ delegates: [aPersonId('U0DEL')] })] },
    { kind: 'delegates', from: 'nobody', to: 'T0EXAMPLE/U0DEL' },
  ],
  [
    'that requests are not approved together any more',
    { approvers: [aRule({ bulkUpTo: 'off' })] },
    { kind: 'bulk', from: 'with others', to: 'one by one' },
  ],
])('a simulation tells %s', async (_what, change, difference) => {
  const { requests, changed, differences } = await simulated(change);
  expect({ requests, changed }).toEqual({ requests: 1, changed: 1 });
  expect(differences[0]).toMatchObject({ ...difference, count: 1, codes: ['K7F3'] });
});

describe('a simulation of a rule that approves by itself', () => {
  const match = { requester: ['KEYEXAMPLE\\rkim'] };
  const automatic = { holdMs: 600_000, limit: 20 };
  const rules = { approvers: [aRule({ match, approveWith: 'comment', automatic })], zones: ['example.com'] };

  it('tells that people would not be needed any more', async () => {
    const { differences } = await simulated(rules, anInstance({ facts: renewalFacts() }));
    expect(differences).toContainEqual(
      expect.objectContaining({
        kind: 'automatic',
        from: 'people',
        to: 'the rule',
        isWeaker: true,
        count: 1,
      }),
    );
  });

  it('tells nothing of the kind where the request is no renewal of the same', async () => {
    const facts = renewalFacts({ names: ['app.example.com', 'b.example.com'] });
    const { differences } = await simulated(rules, anInstance({ facts }));
    expect(differences.map(({ kind }) => kind)).not.toContain('automatic');
  });
});

it('a simulation of the same rules finds nothing', async () => {
  expect(await simulated({})).toMatchObject({ requests: 1, changed: 0, notKnown: 0, differences: [] });
});

it('a simulation counts as not known what was stored without its facts', async () => {
  expect(await simulated({ approvers: [] }, anInstance({ isPartial: true }))).toMatchObject({
    requests: 1,
    changed: 0,
    notKnown: 1,
  });
});

it('a simulation leaves out what waited before the time it begins', async () => {
  const store = await openFreshStore();
  await store.addApproval(anApproval());
  const policy = aPolicy();
  const result = await simulate(store, { before: policy, after: policy, sinceMs: noonMs + 1 });
  await store.close();
  expect(result.requests).toBe(0);
});
