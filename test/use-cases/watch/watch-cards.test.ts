import { describe, expect, it } from '@jest/globals';
import { collectGauges, watchCards } from '../../../src/use-cases/monitoring.js';
import { aRule } from '../../domain/a-policy.js';
import type { World, WorldOptions } from '../world/open-world.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

async function withWaitingRun(options: WorldOptions = {}): Promise<World> {
  const world = await worlds.open(options);
  world.command.start('run-1');
  return world;
}

/** Why each approval has no card, with all that is told about it. */
async function reasons(world: World) {
  return (await watchCards(world.context)).map(({ why }) => why);
}

describe('the watch over cards', () => {
  it('is silent while every waiting approval has a card', async () => {
    const world = await withWaitingRun();
    await world.passTime(0);
    expect(await reasons(world)).toEqual([]);
  });

  it('says that a card is next when nothing is in its way', async () => {
    const world = await withWaitingRun();
    await world.observe();
    expect(await reasons(world)).toEqual([{ kind: 'next' }]);
  });

  it('says when a card has its turn in a busy channel', async () => {
    const world = await withWaitingRun();
    for (let run = 2; run <= 8; run += 1) world.command.start(`run-${run}`);
    await world.passTime(0);
    const ticks = await reasons(world);
    expect(ticks.length).toBeGreaterThan(1);
    for (const why of ticks) expect(why).toEqual({ kind: 'turn', dueAtMs: expect.any(Number) });
    await world.passTime(10_000);
    expect(await reasons(world)).toEqual([]);
  });

  it('says that the digest of a busy channel lists what has no card yet', async () => {
    const world = await withWaitingRun();
    for (let run = 2; run <= 60; run += 1) world.command.start(`run-${run}`);
    await world.passTime(0);
    await world.passTime(2_000);
    const kinds = new Set((await reasons(world)).map(({ kind }) => kind));
    expect([...kinds]).toEqual(['digest']);
  });

  it('says why a card could not be posted, and when it is tried again', async () => {
    const world = await withWaitingRun();
    world.slack.failNext({ call: 'post', code: 'unavailable' });
    await world.passTime(0);
    const dueAtMs = world.clock.now() + 2_000;
    expect(await reasons(world)).toEqual([
      { kind: 'retried', dueAtMs, error: 'unavailable', mayHavePosted: false },
    ]);
  });

  it('does not take a post whose outcome was never told for a card', async () => {
    const world = await withWaitingRun();
    world.slack.failNext({ call: 'post', code: 'outcome-unknown', afterEffect: true });
    await world.passTime(0);
    expect(await reasons(world)).toMatchObject([{ kind: 'retried', mayHavePosted: true }]);
  });

  it('tells of a card that waits for its fallback channel', async () => {
    const world = await withWaitingRun();
    world.slack.archive('C0PKI');
    world.slack.archive('C0FALLBACK');
    await world.passTime(0);
    expect(await reasons(world)).toMatchObject([{ kind: 'retried', error: 'channel-gone' }]);
  });

  it('is content with one card of several that were wanted', async () => {
    const world = await withWaitingRun();
    world.slack.archive('C0PKI');
    await world.passTime(0);
    expect(world.slack.cards()).toHaveLength(1);
    expect(await reasons(world)).toEqual([]);
  });

  it('tells of a card from which nobody may decide', async () => {
    const world = await withWaitingRun({ policy: { approvers: [aRule({ people: [] })] } });
    await world.passTime(0);
    expect(world.slack.cards()).toHaveLength(1);
    expect(await reasons(world)).toEqual([{ kind: 'nobody-may' }]);
  });

  it('has nothing to say about what was decided', async () => {
    const world = await withWaitingRun();
    await world.passTime(0);
    await world.click('ada', 'approve', { via: 'modal' });
    await world.passTime(15_000);
    expect(await reasons(world)).toEqual([]);
  });
});

describe('the stock', () => {
  it('counts what waits, by kind, by reason and by system', async () => {
    const world = await withWaitingRun();
    await world.observe();
    world.clock.advance(4_000);
    const { outbox, withoutCard, systems } = await collectGauges(world.context);
    expect(outbox.find(({ kind }) => kind === 'card')).toEqual({
      kind: 'card',
      pending: 1,
      oldestDueMs: 4_000,
    });
    expect(outbox.find(({ kind }) => kind === 'alert')).toEqual({
      kind: 'alert',
      pending: 0,
      oldestDueMs: 0,
    });
    expect(withoutCard.find(({ reason }) => reason === 'next')?.approvals).toBe(1);
    expect(systems).toEqual([{ system: 'command', approvals: 1, overTime: 0, alerts: 0 }]);
  });
});
