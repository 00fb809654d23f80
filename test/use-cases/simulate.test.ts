import { expect, it } from '@jest/globals';
import type { Policy } from '../../src/domain/policy.js';
import { simulate } from '../../src/use-cases/simulate.js';
import { aMappedPerson, aPolicy, aRoute, aRule } from '../domain/a-policy.js';
import { anApproval, anInstance, aPersonId, noonMs } from '../support/an-approval.js';
import { openFreshStore } from '../support/fresh-store.js';

/** Stores one request, and simulates a change of the rules on it. */
async function after(change: Partial<Policy>, instance = anInstance()) {
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
])('a simulation tells %s', async (_what, change, difference) => {
  const { requests, changed, differences } = await after(change);
  expect({ requests, changed }).toEqual({ requests: 1, changed: 1 });
  expect(differences[0]).toMatchObject({ ...difference, count: 1, codes: ['K7F3'] });
});

it('a simulation of the same rules finds nothing', async () => {
  expect(await after({})).toMatchObject({ requests: 1, changed: 0, notKnown: 0, differences: [] });
});

it('a simulation counts as not known what was stored without its facts', async () => {
  expect(await after({ approvers: [] }, anInstance({ isPartial: true }))).toMatchObject({
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
