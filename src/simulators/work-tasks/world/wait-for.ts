import type { World } from './world.js';

/** Waits until a condition on the world holds, looking again after every change; rejects after the limit. */
export function waitFor(world: World, holds: () => boolean, limitMs = 5000): Promise<void> {
  return new Promise((resolve, reject) => {
    if (holds()) {
      resolve();
      return;
    }
    const stop = world.onChange(() => {
      if (!holds()) return;
      finish();
      resolve();
    });
    const timer = setTimeout(() => {
      finish();
      reject(new Error(`The Work Tasks simulator waited ${limitMs} ms in vain for: ${holds.toString()}`));
    }, limitMs);
    const finish = (): void => {
      stop();
      clearTimeout(timer);
    };
  });
}
