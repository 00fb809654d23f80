import { describe, expect, it } from '@jest/globals';
import { watchCards } from '../../../src/use-cases/monitoring.js';
import type { World } from '../world/open-world.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

const dayMs = 24 * 60 * 60_000;
const minuteMs = 60_000;

async function deliverAfter(world: World, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.deliver();
}

async function minutes(world: World, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1)
    for (let slot = 0; slot < 10; slot += 1) await deliverAfter(world, minuteMs / 10);
}

function updates(world: World): number {
  return world.slack.calls.filter((call) => call === 'update').length;
}

async function withCards(count: number): Promise<World> {
  const world = await worlds.open();
  for (let run = 1; run <= count; run += 1) world.command.start(`run-${run}`);
  await world.passTime(0);
  await minutes(world, 1);
  return world;
}

describe('a waiting card nobody has touched for a day', () => {
  it('is checked by an edit that changes nothing, once a day', async () => {
    const world = await worlds.openWithCard();
    await deliverAfter(world, dayMs - 1);
    expect(updates(world)).toBe(0);
    await minutes(world, 1);
    expect(updates(world)).toBe(1);
    await minutes(world, 30);
    expect(updates(world)).toBe(1);
    expect(world.card()).toMatchObject({ edits: 1, card: { approval: { state: { kind: 'waiting' } } } });
  });

  it('is put up anew, calling nobody, when it was deleted and two checks ten minutes apart say so', async () => {
    const world = await worlds.openWithCard();
    expect(world.card().card.requester).toEqual(people.kim.id);
    world.slack.remove(world.card().message);
    await deliverAfter(world, dayMs);
    expect(world.slack.cards()).toEqual([]);
    expect((await watchCards(world.context)).map(({ why }) => why)).toEqual([{ kind: 'not-found' }]);
    await minutes(world, 9);
    expect(world.slack.cards()).toEqual([]);
    await minutes(world, 2);
    expect(world.card().card).not.toHaveProperty('requester');
    expect(world.card().card.rule?.notify).toBe('nobody');
    expect(await watchCards(world.context)).toEqual([]);
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
  });

  it('is put up anew twice at most, and then named by the doctor', async () => {
    const world = await worlds.openWithCard();
    for (let time = 0; time < 3; time += 1) {
      world.slack.remove(world.card().message);
      await deliverAfter(world, dayMs);
      await minutes(world, 12);
    }
    expect(world.slack.cards()).toEqual([]);
    await deliverAfter(world, dayMs);
    expect(world.slack.cards()).toEqual([]);
    expect(await watchCards(world.context)).toMatchObject([{ why: { kind: 'given-up' } }]);
  });

  it('is seen in the fallback channel when its own was archived, and comes to date once that is back', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.archive('C0PKI');
    await deliverAfter(world, dayMs);
    await minutes(world, 12);
    expect(world.slack.cards().map(({ message }) => message.channel)).toEqual(['C0PKI', 'C0FALLBACK']);
    const again = world.slack.cards()[1]?.message ?? { channel: '', ts: '' };
    await world.click('ada', 'approve', { message: again });
    world.slack.reopen('C0PKI');
    await minutes(world, 6);
    expect(world.slack.cards().map(({ card }) => card.votes.length)).toEqual([1, 1]);
    expect(await world.store.countPending()).toBe(0);
  });

  it('never goes before what is due, and no more than ten are checked in a minute', async () => {
    const world = await withCards(30);
    const before = updates(world);
    await deliverAfter(world, dayMs);
    await minutes(world, 1);
    expect(updates(world) - before).toBeLessThanOrEqual(11);
    expect(updates(world) - before).toBeGreaterThan(5);
  });

  it('of more than twenty that are gone is announced by one digest and one line to operators', async () => {
    const world = await withCards(30);
    expect(world.slack.cards()).toHaveLength(30);
    for (const { message } of world.slack.cards()) world.slack.remove(message);
    await deliverAfter(world, dayMs);
    await minutes(world, 30);
    expect(world.slack.cards()).toHaveLength(0);
    const digests = world.slack
      .messages()
      .filter(({ content }) => content.kind === 'digest' && content.count > 0);
    expect(digests).toMatchObject([{ content: { count: 30 } }]);
    expect(world.slack.notices()).toMatchObject([
      { to: 'C0OPERATORS', notice: { event: { kind: 'cards-missing', channel: 'C0PKI' } } },
    ]);
  });
});
