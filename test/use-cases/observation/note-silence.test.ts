import { describe, expect, it } from '@jest/globals';
import type { World } from '../world/open-world.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

async function observeTimes(world: World, times: number): Promise<void> {
  for (let poll = 0; poll < times; poll += 1) await world.passTime(15_000);
}

function eventsIn(world: World): readonly string[] {
  return world.slack
    .notices()
    .flatMap(({ notice }) => (notice.kind === 'operators' ? [notice.event.kind] : []));
}

describe('a system that does not answer', () => {
  it('is told of once, after several observations in a row, and once more when it is back', async () => {
    const world = await worlds.openWithCard({ unreachableAfter: 3 });
    world.command.faults.isUnreachable = true;
    await observeTimes(world, 2);
    expect(eventsIn(world)).toEqual([]);
    await observeTimes(world, 5);
    expect(eventsIn(world)).toEqual(['system-unreachable']);
    world.command.faults.isUnreachable = false;
    await observeTimes(world, 2);
    expect(eventsIn(world)).toEqual(['system-unreachable', 'system-back']);
  });

  it('is not told of when it answers in between', async () => {
    const world = await worlds.openWithCard({ unreachableAfter: 3 });
    for (let time = 0; time < 3; time += 1) {
      world.command.faults.isUnreachable = true;
      await observeTimes(world, 2);
      world.command.faults.isUnreachable = false;
      await observeTimes(world, 1);
    }
    expect(eventsIn(world)).toEqual([]);
  });

  it('is not told of again by the next run of the bot', async () => {
    const world = await worlds.openWithCard({ unreachableAfter: 2 });
    world.command.faults.isUnreachable = true;
    await observeTimes(world, 2);
    world.restart();
    await observeTimes(world, 3);
    expect(eventsIn(world)).toEqual(['system-unreachable']);
  });
});
