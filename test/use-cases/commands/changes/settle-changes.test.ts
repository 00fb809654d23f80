import { expect, it } from '@jest/globals';
import { settleChanges } from '../../../../src/use-cases/commands/change.js';
import { aChange } from '../../../contracts/store/a-change.js';
import { createWorlds } from '../../world/worlds.js';

const worlds = createWorlds();

it('tells somebody in the end that their change was not sent, when carrying it out broke in this very run', async () => {
  const world = await worlds.openWithCard();
  const { store, backends, replicaId, now } = world.context;
  const [backend] = backends.values();
  if (!backend) throw new Error('The world has no system');
  const instance = { system: backend.system, id: 'gone' };
  const change = aChange({ change: { kind: 'stop', instance }, replicaId: replicaId, confirmedAtMs: now() });
  await store.addChange(change);
  await settleChanges(world.context, backend);
  expect(await store.findChange(change.id)).toMatchObject({ phase: 'confirmed' });
  await world.passTime(3 * 60_000);
  await settleChanges(world.context, backend);
  expect(await store.findChange(change.id)).toMatchObject({ phase: 'over', outcome: { kind: 'not-sent' } });
});

it('tells that the outcome is not known of a change an earlier run was sending', async () => {
  const world = await worlds.openWithCard();
  const { store, backends, now } = world.context;
  const [backend] = backends.values();
  if (!backend) throw new Error('The world has no system');
  const instance = { system: backend.system, id: 'run-1' };
  const sending = { phase: 'sending', replicaId: 'an earlier run', deadlineMs: now() + 5_000 } as const;
  const change = aChange({ ...sending, change: { kind: 'stop', instance } });
  await store.addChange(change);
  await settleChanges(world.context, backend);
  expect(await store.findChange(change.id)).toMatchObject({ phase: 'sending' });
  await world.passTime(5_000);
  await settleChanges(world.context, backend);
  expect(await store.findChange(change.id)).toMatchObject({ phase: 'over', outcome: { kind: 'unknown' } });
});

it('leaves a change to another bot that may be at it for a while, then takes it up', async () => {
  const world = await worlds.openWithCard();
  const { store, backends, now } = world.context;
  const [backend] = backends.values();
  if (!backend) throw new Error('The world has no system');
  const instance = { system: backend.system, id: 'gone' };
  const confirmed = { replicaId: 'another bot', confirmedAtMs: now() } as const;
  const change = aChange({ ...confirmed, change: { kind: 'stop', instance } });
  await store.addChange(change);
  const shared = { ...world.context, store: { ...store, isShared: true } };
  await settleChanges(shared, backend);
  expect(await store.findChange(change.id)).toMatchObject({ phase: 'confirmed' });
  world.clock.advance(20_000);
  await settleChanges(shared, backend);
  expect(await store.findChange(change.id)).toMatchObject({ phase: 'over' });
});
