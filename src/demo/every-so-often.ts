import type { Every } from './keep-life-going.js';

/** Makes a timer on real time; what the work throws goes to `onBreak`, and the next turn comes all the same. */
export function createEvery(onBreak: (error: unknown) => void): Every {
  return (periodMs, work) => {
    let isBusy = false;
    const tick = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      await work()
        .catch(onBreak)
        .finally(() => {
          isBusy = false;
        });
    };
    const timer = setInterval(() => void tick(), periodMs);
    return () => clearInterval(timer);
  };
}
