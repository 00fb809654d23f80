import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../src/ports/store.js';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { applyRules, areAgreed, offerRules } from '../../src/use-cases/rules.js';
import { noonMs } from '../support/an-approval.js';
import { openFreshStore } from '../support/fresh-store.js';
import { people, policyOf } from './world/people.js';

import { createWorlds } from './world/worlds.js';

/** A store of which it is known who lives, and what is written into notes. */
async function openShared(living: readonly string[]) {
  const store = await openFreshStore();
  const written: string[] = [];
  const shared: Store = {
    ...store,
    isShared: true,
    listLeaseReplicaIds: async () => living,
    inTransaction: (work) =>
      store.inTransaction((transaction) =>
        work({
          ...transaction,
          putNote: (key, value) => {
            written.push(key);
            return transaction.putNote(key, value);
          },
        }),
      ),
  };
  const offer = (replicaId: string, hash: string) => {
    const switches: string[] = [];
    return offerRules(
      { store: shared, replicaId, now: () => noonMs },
      hash,
      async () => void switches.push(hash),
    ).then((offered) => ({ ...offered, switches }));
  };
  return { store, offer, written };
}

it('rules are in force once every replica that lives has loaded them, and the switch happens once', async () => {
  const { store, offer } = await openShared(['a', 'b']);
  expect(await offer('a', 'one')).toEqual({ isInForce: false, others: 1, switches: [] });
  expect(await offer('b', 'one')).toEqual({ isInForce: true, others: 0, switches: ['one'] });
  expect(await offer('a', 'one')).toEqual({ isInForce: true, others: 0, switches: [] });
  expect(await offer('a', 'two')).toEqual({ isInForce: false, others: 1, switches: [] });
  expect(await areAgreed(store, 'one')).toBe(true);
  await store.close();
});

it('rules of a replica that is gone hold nobody up', async () => {
  const living = ['a', 'b'];
  const { store, offer } = await openShared(living);
  await offer('a', 'one');
  await offer('b', 'one');
  await offer('a', 'two');
  living.pop();
  expect(await offer('a', 'two')).toEqual({ isInForce: true, others: 0, switches: ['two'] });
  await store.close();
});

it('offering the same rules again writes nothing, so that nobody who decides meanwhile has to begin anew', async () => {
  const { store, offer, written } = await openShared(['a', 'b']);
  await offer('a', 'one');
  await offer('b', 'one');
  await offer('a', 'one');
  const before = written.length;
  await offer('a', 'one');
  await offer('b', 'one');
  expect(written).toHaveLength(before);
  await store.close();
});

describe('other settings for what is open', () => {
  const worlds = createWorlds();
  const group = 'S0PKI0001';

  it('draw a card anew whose request has other findings by them, though its rule is the same', async () => {
    const world = await worlds.openWithCard();
    expect(world.card().card.findings).toEqual([]);
    const before = world.context.policy;
    world.restart({ policy: policyOf(1, { zones: ['elsewhere.example'] }) });
    await applyRules(world.context, before);
    await world.deliver();
    expect(world.card().card.findings).toMatchObject([{ kind: 'outside-zones' }]);
  });

  it('leave a vote whose person is named by a user group now that was never asked about', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.addPerson({ ...people.ada, groups: [], uncheckedGroups: [], checkedGroups: [] });
    await world.click('ada', 'approve');
    const { approvers } = policyOf(2);
    const byGroup = approvers.map((rule) => ({ ...rule, people: [people.bo.id], groups: [group] }));
    world.restart({ policy: policyOf(2, { approvers: byGroup }) });
    await applyRules(world.context);
    await world.deliver();
    expect(world.card().card.votes).toMatchObject([{ name: 'Ada Okafor' }]);
    // Nor does it count before it is known that she is in the group.
    world.slack.addPerson({ ...people.ada, groups: [], uncheckedGroups: [], checkedGroups: [group] });
    await world.click('bo', 'approve');
    expect(world.command.arrivals).toEqual([]);
    expect((await world.approval()).state).toMatchObject({
      note: { kind: 'vote-void', names: ['Ada Okafor'] },
    });
  });

  it('take out the vote of somebody of whom it is known that they are in no group of the rule', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.addPerson({ ...people.ada, groups: [], uncheckedGroups: [], checkedGroups: [group] });
    await world.click('ada', 'approve');
    const { approvers } = policyOf(2);
    const byGroup = approvers.map((rule) => ({ ...rule, people: [people.bo.id], groups: [group] }));
    world.restart({ policy: policyOf(2, { approvers: byGroup }) });
    await applyRules(world.context);
    await world.deliver();
    expect(world.card().card.votes).toEqual([]);
  });

  const elsewhere = { zones: ['elsewhere.example'] };
  const oneClick = policyOf(1).approvers.map((rule) => ({ ...rule, approveWith: 'one-click' as const }));

  it.each([
    ['a click on a card', 'press'],
    ['a window', 'modal'],
  ] as const)('let %s from before decide nothing once something else stands out', async (_what, via) => {
    const world = await worlds.openWithCard({ policy: { approvers: oneClick } });
    const before = world.clickOf('ada', 'approve', { via, basis: world.card().card.basis });
    // The card is not drawn anew yet.
    world.restart({ policy: policyOf(1, { ...elsewhere, approvers: oneClick }) });
    expect(await useCasesOn(world.context).approvals.decidesAtOnce(before)).toBe(false);
    expect(await world.click('ada', 'approve', before)).toMatchObject({ kind: 'shown-otherwise' });
    expect(world.command.arrivals).toEqual([]);
    await world.deliver();
    const { basis, findings } = world.card().card;
    expect(findings).toMatchObject([{ kind: 'outside-zones' }]);
    expect(await world.click('ada', 'approve', { via, basis })).toMatchObject({ kind: 'decided' });
  });

  it('let a window from before decide nothing once its rule wants something else', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    const before = world.clickOf('ada', 'approve');
    world.restart({ policy: policyOf(1) });
    expect(await world.click('ada', 'approve', before)).toMatchObject({ kind: 'shown-otherwise' });
    expect(world.command.arrivals).toEqual([]);
  });

  it('let a denial from before stand, whatever stands out', async () => {
    const world = await worlds.openWithCard();
    const before = world.clickOf('ada', 'deny');
    world.restart({ policy: policyOf(1, elsewhere) });
    expect(await world.click('ada', 'deny', before)).toMatchObject({ kind: 'decided' });
  });

  it.each(['applied', 'not applied yet'])(
    'do not let an approval count that was given before something else stood out: %s',
    async (when) => {
      const world = await worlds.openWithCard({ quorum: 2 });
      await world.click('ada', 'approve');
      const before = world.context.policy;
      world.restart({ policy: policyOf(2, elsewhere) });
      if (when === 'applied') await applyRules(world.context, before);
      else await world.click('bo', 'approve');
      await world.deliver();
      expect(world.card().card.votes).toEqual([]);
      expect(world.slack.notices().map(({ notice }) => notice)).toMatchObject([
        { kind: 'vote-void', why: 'findings' },
      ]);
      await world.click('bo', 'approve');
      expect(world.command.arrivals).toEqual([]);
      await world.deliver();
      expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
    },
  );

  it('give up a decision on hold that was made before something else stood out', async () => {
    const held = policyOf(1).approvers.map((rule) => ({ ...rule, holdMs: 3_600_000 }));
    const world = await worlds.openWithCard({ policy: { approvers: held } });
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
    const before = world.context.policy;
    world.restart({ policy: policyOf(1, { ...elsewhere, approvers: held }) });
    await applyRules(world.context, before);
    await world.passTime(3_600_000);
    expect(world.command.arrivals).toEqual([]);
    expect((await world.approval()).state).toEqual({
      kind: 'waiting',
      note: { kind: 'findings-changed', names: ['Ada Okafor'] },
    });
  });

  it('need not be other settings: on a day on which shorter certificates are due, an older card decides nothing', async () => {
    let nowMs = Date.parse('2027-03-14T12:00:00Z');
    const policy = policyOf(1, {
      approvers: oneClick,
      validityLimits: [{ match: {}, days: 'public-tls' }],
      now: () => nowMs,
    });
    const world = await worlds.openWithCard({ policy });
    world.command.changeFacts('run-1', { validity: '180 days' });
    await world.passTime(1_000);
    const press = world.clickOf('ada', 'approve', { via: 'press', basis: world.card().card.basis });
    nowMs = Date.parse('2027-03-15T08:00:00Z');
    expect(await world.click('ada', 'approve', press)).toMatchObject({ kind: 'shown-otherwise' });
    await world.deliver();
    expect(world.card().card.findings).toMatchObject([{ kind: 'long-validity' }]);
    expect(world.command.arrivals).toEqual([]);
  });
});
