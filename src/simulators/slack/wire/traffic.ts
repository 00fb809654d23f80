import type { TrafficEntry } from '../page/protocol.js';
import type { Changes } from '../state/changes.js';
import { mask } from './mask.js';

const KEPT = 2000;

/** The raw traffic between app and workspace, secrets masked. */
export interface Traffic {
  record(entry: Omit<TrafficEntry, 'n' | 'atMs'>): void;
  /** Entries with a number above `n`, oldest first. */
  after(n: number): readonly TrafficEntry[];
}

/** Creates an empty traffic log that keeps the last two thousand entries. */
export function createTraffic(options: { readonly now: () => number; readonly changes: Changes }): Traffic {
  const entries: TrafficEntry[] = [];
  let count = 0;
  return {
    record(entry) {
      count += 1;
      entries.push({
        ...entry,
        n: count,
        atMs: options.now(),
        request: mask(entry.request),
        response: mask(entry.response),
      });
      if (entries.length > KEPT) entries.shift();
      options.changes.emit({ kind: 'traffic' });
    },
    after: (n) => entries.filter((entry) => entry.n > n),
  };
}
