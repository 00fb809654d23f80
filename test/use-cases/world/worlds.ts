import { afterEach } from '@jest/globals';
import { openWorld, type World, type WorldOptions } from './open-world.js';

/** Worlds whose story is not over. */
export interface Worlds {
  /** Opens a world that is closed after the test. */
  open(options?: WorldOptions): Promise<World>;
  /**
   * Opens a world in which one run waits and its card is shown.
   *
   * Where more than one identity is wanted, nobody knows that: a step known to want several takes no approval.
   */
  openWithCard(
    options?: WorldOptions & { readonly needed?: number; readonly isNeededKnown?: boolean },
  ): Promise<World>;
}

/** Lets the tests of a file open worlds. */
export function createWorlds(): Worlds {
  const open = new Set<World>();
  afterEach(async () => {
    for (const world of open) await world.close();
    open.clear();
  });
  const worlds: Worlds = {
    async open(options) {
      const world = await openWorld(options);
      open.add(world);
      return world;
    },
    async openWithCard({ needed = 1, isNeededKnown = needed === 1, ...options } = {}) {
      const world = await worlds.open(options);
      world.command.faults.isNeededUnknown = !isNeededKnown;
      world.command.start('run-1', [{ uniqueName: 'approval-1', needed }]);
      await world.observe();
      await world.deliver();
      return world;
    },
  };
  return worlds;
}
