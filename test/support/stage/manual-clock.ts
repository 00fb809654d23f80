/** A clock that only moves when a hand turns it. */
export interface ManualClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  advance(byMs: number): void;
}

/** Makes a clock that starts on a winter morning. */
export function createManualClock(startMs = Date.UTC(2026, 0, 15, 9, 0)): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(byMs) {
      nowMs += byMs;
    },
  };
}
