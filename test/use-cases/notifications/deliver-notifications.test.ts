import { describe, expect, it } from '@jest/globals';
import { deliverNotifications } from '../../../src/use-cases/notifications/deliver.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

describe('delivering', () => {
  it('shows only the latest state, whatever came in between', async () => {
    const world = await worlds.openWithCard({ quorum: 3 });
    await world.click('ada', 'approve');
    await world.click('bo', 'approve');
    await world.click('ada', 'withdraw');
    await world.deliver();
    expect(world.card()).toMatchObject({ edits: 1, card: { votes: [{ name: 'Bo Tran' }] } });
  });

  it('does nothing when nothing is due', async () => {
    const world = await worlds.openWithCard();
    const { length } = world.slack.calls;
    await world.deliver();
    expect(world.slack.calls).toHaveLength(length);
  });

  it('posts a card in every channel and to every person the route names, and keeps all of them true', async () => {
    const route = { name: 'all', match: {}, channels: ['C0PKI', 'C0SEC'], people: [people.bo.id] };
    const world = await worlds.open({ policy: { routes: [route] } });
    world.command.start('run-1');
    await world.passTime(0);
    const copies = world.slack.cards();
    expect(copies.map(({ message }) => message.channel)).toEqual(['C0PKI', 'C0SEC', 'D-U0BO']);
    await world.click('bo', 'deny', {
      message: copies[2]?.message ?? { channel: '', ts: '' },
      comment: 'Not this one',
    });
    await world.deliver();
    expect(world.slack.cards().map(({ card }) => card.approval.state.kind)).toEqual([
      'ended',
      'ended',
      'ended',
    ]);
  });

  it('posts a burst of five in a channel, then one a second, and loses none', async () => {
    const world = await worlds.open();
    for (let run = 0; run < 10; run += 1) world.command.start(`run-${run}`);
    await world.passTime(0);
    expect(world.slack.cards()).toHaveLength(5);
    world.clock.advance(1_000);
    await world.deliver();
    expect(world.slack.cards()).toHaveLength(6);
    for (let second = 0; second < 4; second += 1) {
      world.clock.advance(1_000);
      await world.deliver();
    }
    expect(world.slack.cards()).toHaveLength(10);
    expect(await world.store.countPending()).toBe(0);
  });

  it('says what is urgent at the next turn, however many wait in the same channel already', async () => {
    const target = { kind: 'channel', channel: 'C0PKI' } as const;
    let posts = 0;
    const world = await worlds.open({
      runtime: async (name, work) => {
        if (name === 'chat.post') posts += 1;
        // While the burst is posted somebody wants to tell of all the others.
        if (name === 'chat.post' && posts === 5) {
          await world.store.wantDigest({ id: 'all', target, count: 4 }, world.clock.now());
        }
        return work();
      },
    });
    for (let run = 0; run < 9; run += 1) world.command.start(`run-${run}`);
    await world.observe();
    await deliverNotifications(world.context);
    world.clock.advance(1_000);
    await deliverNotifications(world.context);
    const digests = (await world.store.listLiveDigests()).filter(({ isPosted }) => isPosted);
    expect(digests).toHaveLength(1);
  });

  it('takes dead buttons away before it says anything new', async () => {
    const world = await worlds.openWithCard();
    world.command.decideElsewhere('run-1', true);
    world.command.start('run-2');
    const before = world.slack.calls.length;
    await world.passTime(15_000);
    expect(world.slack.calls.slice(before)).toEqual(['update', 'post', 'post']);
  });

  it('posts a card again that somebody deleted while people can still act on it', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    const click = world.clickOf('ada', 'approve');
    world.command.start('run-2');
    await world.passTime(0);
    world.slack.remove(click.message);
    await world.click('ada', 'approve', click);
    await world.deliver();
    const again = world.slack.cards().at(-1);
    expect(again).toMatchObject({ edits: 0, card: { approval: { id: click.approvalId }, votes: [{}] } });
  });

  it('leaves a deleted card deleted once it is over', async () => {
    const world = await worlds.openWithCard();
    world.slack.remove(world.card().message);
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(world.slack.cards()).toHaveLength(0);
    expect(await world.store.countPending()).toBe(0);
  });

  it('hides what it works on from another run until its lease is over', async () => {
    const world = await worlds.open();
    world.command.start('run-1');
    await world.observe();
    const nowMs = world.clock.now();
    await world.store.claimDueDeliveries({ nowMs, limit: 20, leaseMs: 60_000, claim: 'another run' });
    await world.deliver();
    expect(world.slack.cards()).toHaveLength(0);
    world.clock.advance(60_000);
    await world.deliver();
    expect(world.slack.cards()).toHaveLength(1);
  });
});
