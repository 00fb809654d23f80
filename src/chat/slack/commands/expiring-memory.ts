/** Remembers a few things for a while; nothing in it may be needed to decide anything. */
export interface ExpiringCache<T> {
  put(key: string, value: T): void;
  /** Absent once it is too old, or had to make room. */
  get(key: string): T | undefined;
  forget(key: string): void;
}

/** Creates a memory; the oldest entry makes room when there are too many. */
export function createExpiringCache<T>(options: {
  readonly now: () => number;
  readonly most: number;
  readonly lifeMs: number;
}): ExpiringCache<T> {
  const { now, most, lifeMs } = options;
  const entries = new Map<string, { readonly value: T; readonly bornMs: number }>();
  return {
    put(key, value) {
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= most && oldest !== undefined) entries.delete(oldest);
      entries.set(key, { value, bornMs: now() });
    },
    get(key) {
      const entry = entries.get(key);
      if (entry && now() - entry.bornMs <= lifeMs) return entry.value;
      entries.delete(key);
      return undefined;
    },
    forget: (key) => void entries.delete(key),
  };
}
