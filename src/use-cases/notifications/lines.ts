/** Who waits for a turn where, in one pass of deliveries. */
export interface Lines {
  /** When the last of those who wait in a lane and are as urgent, or more, has a turn; absent while nobody waits. */
  endOf(limiter: string, priority: number): number | undefined;
  /** Notes that somebody has lined up there, with a turn at that time. */
  lengthen(limiter: string, priority: number, dueAtMs: number): void;
}

/**
 * Creates lines in which nobody stands yet.
 *
 * What is urgent never stands behind what is not, however long the line: of two that have a turn at the same time
 * the more urgent is taken first.
 */
export function createLines(): Lines {
  const ends = new Map<string, Map<number, number>>();
  return {
    endOf(limiter, priority) {
      const before = [...(ends.get(limiter) ?? [])].filter(([other]) => other <= priority);
      return before.length === 0 ? undefined : Math.max(...before.map(([, dueAtMs]) => dueAtMs));
    },
    lengthen(limiter, priority, dueAtMs) {
      const line = ends.get(limiter) ?? new Map<number, number>();
      ends.set(limiter, line.set(priority, dueAtMs));
    },
  };
}
