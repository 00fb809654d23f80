/** Remembers, for each system, when it last answered and how often it was looked at since. */
export interface AnswerTimes {
  /** Notes that it was time to look at a system. */
  notePoll(system: string): void;
  /** Notes that a system answered. */
  noteAnswer(system: string, nowMs: number): void;
  /** Tells how it stands with a system. */
  of(system: string): AnswerTime;
}

/** When a system last answered; absent if never in this run of the bot. */
export interface AnswerTime {
  readonly answeredAtMs?: number;
  /** How often it was time to look since then. */
  readonly pollsSince: number;
}

/** Starts remembering; no system has answered yet. */
export function createAnswerTimes(): AnswerTimes {
  const times = new Map<string, AnswerTime>();
  const of = (system: string): AnswerTime => times.get(system) ?? { pollsSince: 0 };
  return {
    of,
    notePoll(system) {
      const time = of(system);
      times.set(system, { ...time, pollsSince: time.pollsSince + 1 });
    },
    noteAnswer: (system, nowMs) => void times.set(system, { answeredAtMs: nowMs, pollsSince: 0 }),
  };
}
