import { resumeClicks } from '../../../src/use-cases/answer-click.js';
import { adoptSignals } from '../../../src/use-cases/settle-signals.js';
import type { World } from './open-world.js';

/** Does what a starting bot does before anything else. */
export async function takeUp(world: World): Promise<void> {
  await adoptSignals(world.context);
  await world.context.store.reclaimDeliveries(world.clock.now());
  await resumeClicks(world.context);
}

/** Lets time pass until everything that could happen has happened. */
export async function settleDown(world: World): Promise<void> {
  for (let look = 0; look < 5; look += 1) await world.passTime(2 * 60_000);
  for (let wait = 0; wait < 50 && (await world.store.countPending()) > 0; wait += 1) {
    world.clock.turn(5_000);
    await world.deliver();
  }
}
