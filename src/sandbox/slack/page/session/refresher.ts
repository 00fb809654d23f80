/** Work that is asked for more often than it should run. */
export interface Refresher {
  /** Resolves when a run that began after this call has ended. */
  run(): Promise<void>;
}

/**
 * Creates a refresher that never overlaps itself: calls during a run share one more run after it.
 *
 * A failed run is not repeated; the next change asks again.
 */
export function createRefresher(work: () => Promise<void>): Refresher {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = work()
      .catch(reportError)
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    run() {
      if (running === undefined) return start();
      following ??= running.then(() => {
        following = undefined;
        return start();
      });
      return following;
    },
  };
}
