/** A clock that only moves when a hand turns it. */
export interface HandClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  turn(byMs: number): void;
}

/** Makes a clock that starts on a winter morning. */
export function createHandClock(startMs = Date.UTC(2026, 0, 15, 9, 0)): HandClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    turn(byMs) {
      nowMs += byMs;
    },
  };
}
