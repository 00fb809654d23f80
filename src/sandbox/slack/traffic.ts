import { isObject } from './api-method.js';
import type { TrafficEntry } from './page/protocol.js';
import type { Changes } from './state.js';

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

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(xox[a-z]|xapp)-[\w-]+/g, '$1-…'],
  [/\bv0=[0-9a-f]{8,}/g, 'v0=…'],
  [/(\/(?:actions|commands)\/[^/\s"]+\/[^/\s"]+\/)[\w-]+/g, '$1…'],
  [/([?&]ticket=)[^&\s"]+/g, '$1…'],
];

/** Copies a value with every token, signature, response URL and verification token made unreadable. */
function mask(value: unknown): unknown {
  if (typeof value === 'string') return SECRETS.reduce((text, [find, put]) => text.replace(find, put), value);
  if (Array.isArray(value)) return value.map(mask);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      key === 'token' && typeof field === 'string' ? '…' : mask(field),
    ]),
  );
}
