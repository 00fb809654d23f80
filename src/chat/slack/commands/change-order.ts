import type { ChangeRecord } from '../../../domain/change-record.js';
import { createExpiringCache } from './expiring-memory.js';

/** Keeps answers about one change in order, so that news never makes way for what was true before. */
export interface ChangeOrder {
  /** Tells once everything before has been told; true without telling it if something later has. */
  report(changeId: string, phase: ChangeRecord['phase'], say: () => Promise<boolean>): Promise<boolean>;
}

const ranks: Readonly<Record<ChangeRecord['phase'], number>> = {
  proposed: 0,
  confirmed: 1,
  sending: 1,
  following: 2,
  over: 3,
};

/** Creates an order that remembers the changes of the last half hour. */
export function createChangeOrder(now: () => number): ChangeOrder {
  const furthest = createExpiringCache<number>({ now, most: 1_000, lifeMs: 30 * 60_000 });
  const tails = new Map<string, Promise<unknown>>();
  return {
    async report(changeId, phase, say) {
      const rank = ranks[phase];
      if (rank < (furthest.get(changeId) ?? 0)) return true;
      furthest.put(changeId, rank);
      const before = tails.get(changeId) ?? Promise.resolve();
      const reporting = before.then(say);
      const tail = reporting.catch(() => false);
      tails.set(changeId, tail);
      try {
        return await reporting;
      } finally {
        if (tails.get(changeId) === tail) tails.delete(changeId);
      }
    },
  };
}
