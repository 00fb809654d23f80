import { describe, expect, it } from '@jest/globals';
import type { World } from '../world/open-world.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();
const noMessage = { channel: 'none', ts: '0' };

async function withWaitingRun(): Promise<World> {
  const world = await worlds.open();
  world.command.start('run-1');
  return world;
}

async function deliverAfter(world: World, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.deliver();
}

/** What was said, or tried to be; looking people up says nothing. */
function saidIn(world: World): readonly string[] {
  return world.slack.calls.filter((call) => call !== 'lookUpPerson');
}

describe('a delivery that fails', () => {
  it('waits as long as the chat asks, and closes the channel for others too', async () => {
    const world = await withWaitingRun();
    world.slack.failNext({ call: 'post', code: 'throttled', retryAfterMs: 30_000 });
    await world.passTime(0);
    world.command.start('run-2');
    await world.passTime(29_000);
    expect(saidIn(world)).toEqual(['post']);
    await deliverAfter(world, 2_000);
    expect(world.slack.cards()).toHaveLength(2);
  });

  it('is tried again after two seconds, then later and later, while the chat is away', async () => {
    const world = await withWaitingRun();
    const waits = [2_000, 4_000, 8_000, 16_000];
    for (const _wait of waits) world.slack.failNext({ call: 'post', code: 'unavailable' });
    await world.passTime(0);
    for (const [index, waitMs] of waits.entries()) {
      await deliverAfter(world, waitMs - 1);
      expect(saidIn(world)).toHaveLength(index + 1);
      await deliverAfter(world, 1);
    }
    expect(world.slack.cards()).toHaveLength(1);
  });

  it('never waits longer than five minutes', async () => {
    const world = await withWaitingRun();
    for (let failure = 0; failure < 12; failure += 1)
      world.slack.failNext({ call: 'post', code: 'unavailable' });
    await world.passTime(0);
    for (let retry = 0; retry < 12; retry += 1) await deliverAfter(world, 5 * 60_000);
    expect(world.slack.cards()).toHaveLength(1);
  });

  it('moves a live card to the fallback channel when its own is gone, and tells operators once a day', async () => {
    const world = await withWaitingRun();
    world.slack.archive('C0PKI');
    await world.passTime(0);
    world.command.start('run-2');
    await world.passTime(15_000);
    expect(world.slack.cards().map(({ message }) => message.channel)).toEqual(['C0FALLBACK', 'C0FALLBACK']);
    expect(world.slack.notices()).toMatchObject([
      { to: 'C0OPERATORS', notice: { event: { kind: 'channel-lost', channel: 'C0PKI' } } },
    ]);
    world.command.start('run-3');
    await world.passTime(24 * 60 * 60_000);
    expect(world.slack.notices()).toHaveLength(2);
  });

  it('moves a card that was shown already when its channel is archived under it', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.archive('C0PKI');
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.cards().map(({ message, card }) => [message.channel, card.votes.length])).toEqual([
      ['C0PKI', 0],
      ['C0FALLBACK', 1],
    ]);
  });

  it('does not move a card that is over', async () => {
    const world = await worlds.openWithCard();
    world.slack.archive('C0PKI');
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(world.slack.cards().map(({ message }) => message.channel)).toEqual(['C0PKI']);
  });

  it('moves a line for operators to the fallback channel when theirs is gone', async () => {
    const world = await worlds.openWithCard();
    world.slack.archive('C0OPERATORS');
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'no-role' };
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA' },
      { to: 'C0FALLBACK', notice: { event: { kind: 'signal-refused' } } },
    ]);
  });

  it('gives up a word to somebody who cannot be written to, and does not shout about it elsewhere', async () => {
    const world = await worlds.openWithCard();
    world.slack.archive(`D-${people.kim.id.userId}`);
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.notices()).toEqual([]);
    expect(await world.store.countPending()).toBe(0);
  });

  it('of a live card is made in the fallback channel when the chat refuses it', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.failNext({ call: 'update', code: 'refused' });
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.cards().map(({ message, card }) => [message.channel, card.votes.length])).toEqual([
      ['C0PKI', 0],
      ['C0FALLBACK', 1],
    ]);
    expect(world.log.sentences('error')).toEqual(['A place cannot be posted to; using the fallback channel']);
    await world.passTime(0);
    await world.click('bo', 'approve', { message: world.slack.cards()[1]?.message ?? noMessage });
    await world.deliver();
    expect(world.slack.cards().map(({ card }) => card.approval.state.kind)).toEqual(['ended', 'ended']);
  });

  it('is given up aloud when the chat refuses it and nobody can act on it any more', async () => {
    const world = await worlds.openWithCard();
    world.slack.failNext({ call: 'update', code: 'refused' });
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(world.log.sentences('error')).toEqual(['A message was given up']);
    expect(await world.store.countPending()).toBe(0);
  });

  it('waits aloud for the fallback channel itself, because a live card has nowhere else to go', async () => {
    const world = await worlds.open({ policy: { routes: [] } });
    world.command.start('run-1');
    for (let failure = 0; failure < 3; failure += 1)
      world.slack.failNext({ call: 'post', code: 'channel-gone' });
    await world.passTime(0);
    for (let retry = 0; retry < 3; retry += 1) await deliverAfter(world, 60_000);
    expect(world.card().message.channel).toBe('C0FALLBACK');
    expect(new Set(world.log.sentences('error'))).toEqual(
      new Set(['The fallback channel cannot be posted to; a card waits']),
    );
  });
});

describe('a post whose outcome was never told', () => {
  it('is not tried again once somebody pressed the message nobody knew of, which is kept true from then on', async () => {
    const world = await withWaitingRun();
    world.slack.failNext({ call: 'post', code: 'outcome-unknown', afterEffect: true });
    await world.passTime(0);
    await world.click('ada', 'approve', { message: world.card().message });
    await deliverAfter(world, 2_000);
    expect(world.card().card.approval.state.kind).toBe('ended');
    expect(await world.store.countPending()).toBe(0);
  });

  it('is taken in as well when it replaced a card somebody had deleted', async () => {
    const world = await worlds.openWithCard({ quorum: 3 });
    const click = world.clickOf('ada', 'approve');
    world.command.start('run-2');
    await world.passTime(0);
    world.slack.remove(click.message);
    await world.click('ada', 'approve', click);
    world.slack.failNext({ call: 'post', code: 'outcome-unknown', afterEffect: true });
    await world.deliver();
    const lost = world.slack.cards().find(({ card }) => card.approval.id === click.approvalId);
    expect(await world.click('bo', 'approve', { message: lost?.message ?? noMessage })).toMatchObject({
      kind: 'vote-counted',
      have: 2,
    });
  });

  it('may leave two copies, of which both are kept true once the lost one was used', async () => {
    const world = await withWaitingRun();
    world.slack.failNext({ call: 'post', code: 'outcome-unknown', afterEffect: true });
    await world.passTime(0);
    await deliverAfter(world, 2_000);
    const [lost, known] = world.slack.cards();
    expect(known).toBeDefined();
    await world.click('ada', 'approve', lost ? { message: lost.message } : {});
    await world.deliver();
    expect(world.slack.cards().map(({ card }) => card.approval.state.kind)).toEqual(['ended', 'ended']);
  });
});
