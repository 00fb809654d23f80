/** A clock that can be turned back for a moment. */
export interface BackdatedClock {
  readonly now: () => number;
  /** Does something as if it were so long ago. */
  ago<T>(agoMs: number, work: () => T): T;
}

/** Creates a clock that shows the real time otherwise. */
export function createBackdatedClock(): BackdatedClock {
  let backMs = 0;
  return {
    now: () => Date.now() - backMs,
    ago(agoMs, work) {
      backMs = agoMs;
      try {
        return work();
      } finally {
        backMs = 0;
      }
    },
  };
}
