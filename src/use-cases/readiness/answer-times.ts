/** Remembers, for each system, when it last answered and how often it was looked at since. */
export interface ResponseTimes {
  /** Notes that it was time to look at a system. */
  notePoll(system: string): void;
  /** Notes that a system answered. */
  noteResponse(system: string, nowMs: number): void;
  /** Tells how it stands with a system. */
  of(system: string): ResponseTime;
}

/** When a system last answered; absent if never in this run of the bot. */
export interface ResponseTime {
  readonly respondedAtMs?: number;
  /** How often it was time to look since then. */
  readonly pollsSince: number;
}

/** Starts remembering; no system has answered yet. */
export function createResponseTimes(): ResponseTimes {
  const times = new Map<string, ResponseTime>();
  const of = (system: string): ResponseTime => times.get(system) ?? { pollsSince: 0 };
  return {
    of,
    notePoll(system) {
      const time = of(system);
      times.set(system, { ...time, pollsSince: time.pollsSince + 1 });
    },
    noteResponse: (system, nowMs) => void times.set(system, { respondedAtMs: nowMs, pollsSince: 0 }),
  };
}
