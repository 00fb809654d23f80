import { isObject } from './api-method.js';
import type { TrafficEntry } from './page/protocol.js';
import type { Changes } from './state.js';

const KEPT = 2000;

/** The raw traffic between app and workspace, secrets masked; the last two thousand entries are kept. */
export class Traffic {
  readonly #entries: TrafficEntry[] = [];
  readonly #now: () => number;
  readonly #changes: Changes;
  #count = 0;

  constructor({ now, changes }: { readonly now: () => number; readonly changes: Changes }) {
    this.#now = now;
    this.#changes = changes;
  }

  record(entry: Omit<TrafficEntry, 'n' | 'atMs'>): void {
    this.#count += 1;
    const [request, response] = [mask(entry.request), mask(entry.response)];
    this.#entries.push({ ...entry, n: this.#count, atMs: this.#now(), request, response });
    if (this.#entries.length > KEPT) this.#entries.shift();
    this.#changes.emit({ kind: 'traffic' });
  }

  /** Entries with a number above `n`, oldest first. */
  after(n: number): readonly TrafficEntry[] {
    return this.#entries.filter((entry) => entry.n > n);
  }
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
