import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatErrorCode } from '../../../src/ports/errors.js';
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

  it('gives up a word to somebody who has left, and does not shout about it elsewhere', async () => {
    const world = await worlds.openWithCard();
    world.slack.archive(`D-${people.kim.id.userId}`);
    world.slack.addPerson({ ...people.kim, membership: 'deactivated' });
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.notices()).toEqual([]);
    expect(await world.store.countPending()).toBe(0);
  });

  it('keeps a word to somebody who takes no messages just now, and says it when they do', async () => {
    const world = await worlds.openWithCard();
    world.slack.failNext({ call: 'post', code: 'channel-gone' });
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.slack.notices()).toEqual([]);
    await deliverAfter(world, 60_000);
    expect(world.slack.notices()).toMatchObject([{ notice: { kind: 'outcome' } }]);
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
    expect(world.log.sentences('error')).toEqual([
      'Slack takes a card in no form; using the fallback channel',
    ]);
    await world.passTime(0);
    await world.click('bo', 'approve', { message: world.slack.cards()[1]?.message ?? noMessage });
    await world.deliver();
    expect(world.slack.cards().map(({ card }) => card.approval.state.kind)).toEqual(['ended', 'ended']);
  });

  it('that takes buttons away is tried without end, at minutes, behind others', async () => {
    const world = await worlds.openWithCard();
    world.command.decideElsewhere('run-1', true);
    for (let failure = 0; failure < 20; failure += 1)
      world.slack.failNext({ call: 'update', code: 'refused' });
    await world.passTime(15_000);
    for (let retry = 0; retry < 20; retry += 1) await deliverAfter(world, 5 * 60_000);
    expect(world.card().card.approval.state.kind).toBe('ended');
    expect(await world.store.countPending()).toBe(0);
  });

  it('tells the end in the thread of a message that cannot be edited, and operators that it is so', async () => {
    const world = await worlds.openWithCard();
    const { message } = world.card();
    world.slack.failNext({ call: 'update', code: 'not-editable' });
    world.command.decideElsewhere('run-1', true);
    await world.passTime(15_000);
    expect(world.slack.thread(message)).toMatchObject([
      { content: { kind: 'card', card: { approval: { state: { kind: 'ended' } } } } },
    ]);
    await world.deliver();
    expect(world.slack.notices()).toContainEqual(
      expect.objectContaining({
        to: 'C0OPERATORS',
        notice: expect.objectContaining({
          event: expect.objectContaining({ kind: 'not-editable', channel: 'C0PKI' }),
        }),
      }),
    );
    expect(await world.store.countPending()).toBe(0);
  });

  it('puts a card people can act on up anew where the old one cannot be edited', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.failNext({ call: 'update', code: 'not-editable' });
    await world.click('ada', 'approve');
    await world.deliver();
    const [, anew] = world.slack.cards();
    expect(anew).toMatchObject({ card: { votes: [{}] } });
    expect(anew).not.toHaveProperty('thread');
    const reply = await world.click('bo', 'approve', { message: anew?.message ?? noMessage });
    expect(reply).toMatchObject({ kind: 'decided' });
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

describe('any course of refusals', () => {
  const code = fc.constantFrom<ChatErrorCode>(
    'throttled',
    'channel-gone',
    'message-gone',
    'not-editable',
    'outcome-unknown',
    'unavailable',
    'sign-in',
  );
  const fault = fc.record({ call: fc.constantFrom('post' as const, 'update' as const), code });

  it('ends with every card true and every word said, once the chat takes messages again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 8 }), fc.boolean(), async (faults, isEnded) => {
        const world = await worlds.open();
        world.command.start('run-1');
        for (const one of faults) world.slack.failNext(one);
        await world.passTime(0);
        if (isEnded) world.command.decideElsewhere('run-1', true);
        for (let retry = 0; retry < 20; retry += 1) await world.passTime(5 * 60_000);
        const states = world.slack.cards().map(({ card }) => card.approval.state.kind);
        const [last] = states.slice(-1);
        // Of one that was over before it could be posted there is no card; what is gone cannot be edited any more.
        const isGone = faults.some(({ code: one }) => one === 'message-gone' || one === 'channel-gone');
        if (!isEnded) expect(last).toBe('waiting');
        else if (!isGone) expect(['ended', undefined]).toContain(last);
        expect(await world.store.countPending()).toBe(0);
        expect(world.log.sentences('error')).not.toContain('A message was dropped');
      }),
      { numRuns: 30, seed: 11 },
    );
  }, 60_000);
});

describe('somebody on a route who has left', () => {
  const left = { ...people.bo, membership: 'deactivated' } as const;
  const toAdaAndBo = { name: 'all', match: {}, channels: ['C0PKI'], people: [people.bo.id] };

  it('sends no copy of every card to the fallback channel, and operators read about a person', async () => {
    const world = await worlds.open({ policy: { routes: [toAdaAndBo] } });
    world.slack.addPerson(left);
    world.command.start('run-1');
    await world.passTime(0);
    expect(world.slack.cards().map(({ message }) => message.channel)).toEqual(['C0PKI']);
    expect(world.slack.notices()).toMatchObject([
      { to: 'C0OPERATORS', notice: { event: { kind: 'person-lost', person: people.bo.id } } },
    ]);
  });

  it('leaves the route empty where nobody else is on it, so the card is in the fallback channel', async () => {
    const world = await worlds.open({ policy: { routes: [{ ...toAdaAndBo, channels: [] }] } });
    world.slack.addPerson(left);
    world.command.start('run-1');
    await world.passTime(0);
    expect(world.slack.cards().map(({ message }) => message.channel)).toEqual(['C0FALLBACK']);
  });
});

describe('a post that hangs', () => {
  it('delays nobody in another channel, and keeps the order in its own', async () => {
    let release = (): void => {};
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    let posts = 0;
    const route = { name: 'all', match: {}, channels: ['C0PKI', 'C0SEC'], people: [] };
    const world = await worlds.open({
      policy: { routes: [route] },
      runtime: async (name, work) => {
        if (name === 'chat.post') {
          posts += 1;
          if (posts === 1) await hanging;
        }
        return work();
      },
    });
    world.command.start('run-1');
    world.command.start('run-2');
    await world.observe();
    const delivered = world.deliver();
    const shown = () => world.slack.cards().map(({ message }) => message.channel);
    while (shown().length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(shown()).toEqual(['C0SEC', 'C0SEC']);
    release();
    await delivered;
    const inOrder = world.slack.cards().filter(({ message }) => message.channel === 'C0PKI');
    expect(inOrder.map(({ card }) => card.approval.instance.ref.id)).toEqual(['run-1', 'run-2']);
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
