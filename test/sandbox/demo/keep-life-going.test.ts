import { describe, expect, it } from '@jest/globals';
import { type Every, keepLifeGoing } from '../../../src/sandbox/demo/activity.js';
import type { DemoRequest } from '../../../src/sandbox/demo/scene.js';
import { instanceSketchOf, openingRequests, seedCommand } from '../../../src/sandbox/demo/scene.js';
import { createKeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';

/** A world whose time passes by hand. */
async function aWorld(options: { readonly alsoWaiting?: number } = {}) {
  const command = createKeyfactorCommand();
  seedCommand(command);
  const ask = async (request: DemoRequest) =>
    command.startInstance(await instanceSketchOf(request, Date.now()));
  const first = await ask(openingRequests.wiki);
  for (let count = 0; count < (options.alsoWaiting ?? 0); count += 1) await ask(openingRequests.lab);
  let tick = (): Promise<void> => Promise.reject(new Error('Nothing was to be done every so often'));
  const periods: number[] = [];
  const every: Every = (periodMs, work) => {
    periods.push(periodMs);
    tick = work;
    return () => void periods.pop();
  };
  const end = keepLifeGoing({ command, ask, first, every });
  return {
    command,
    first,
    end,
    periods,
    async pass(ticks: number) {
      for (let count = 0; count < ticks; count += 1) await tick();
    },
    titles: () => command.instances().map(({ title }) => title),
    waiting: () => command.instances().filter(({ status }) => status === 'Suspended').length,
  };
}

describe('the life of the demo', () => {
  it('begins with a decision in the portal, so that a card closes by itself', async () => {
    const world = await aWorld();
    await world.pass(1);
    expect(world.command.instance(world.first).status).toBe('Complete');
    expect(world.command.effectiveSignals).toMatchObject([{ identity: 'KEYEXAMPLE\\pat', via: 'portal' }]);
  });

  it('brings new requests, each for another name, and leaves some of them for people', async () => {
    const world = await aWorld();
    await world.pass(40);
    expect(new Set(world.titles()).size).toBe(world.titles().length);
    expect(world.titles().length).toBeGreaterThan(15);
    expect(world.waiting()).toBeGreaterThanOrEqual(2);
    expect(world.waiting()).toBeLessThanOrEqual(4);
  });

  it('shows both endings', async () => {
    const world = await aWorld();
    await world.pass(20);
    const endings = new Set(world.command.effectiveSignals.map(({ approved }) => approved));
    expect(endings).toEqual(new Set([true, false]));
  });

  it('goes the same way every time', async () => {
    const [one, other] = [await aWorld(), await aWorld()];
    await Promise.all([one.pass(12), other.pass(12)]);
    expect(one.titles()).toEqual(other.titles());
  });

  it('adds nothing where enough waits, and leaves alone what it was not given', async () => {
    const world = await aWorld({ alsoWaiting: 30 });
    await world.pass(10);
    expect(world.waiting()).toBe(30);
    expect(world.titles()).toHaveLength(31);
  });

  it('goes on when somebody else decided what Pat was about to decide', async () => {
    const world = await aWorld();
    world.command.stopInstance(world.first, 'KEYEXAMPLE\\lwei');
    await world.pass(6);
    expect(world.titles().length).toBeGreaterThan(2);
    expect(world.command.effectiveSignals.length).toBeGreaterThan(0);
  });

  it('takes its time, and ends when told', async () => {
    const world = await aWorld();
    expect(world.periods).toEqual([20_000]);
    world.end();
    expect(world.periods).toEqual([]);
  });
});
