/** For so long a failed or refused reading is not repeated. */
const failureMs = 60_000;

/** Reads something by key, or gives what was read before. */
export type Remembering<Value> = (
  key: string,
  read: () => Promise<Value | undefined>,
) => Promise<Value | undefined>;

/**
 * Creates a memory of readings that never change once they succeeded.
 *
 * A failure, thrown or undefined, is remembered for a minute. Keeps no more than `limit` readings.
 */
export function createRemembering<Value>(now: () => number, limit = 500): Remembering<Value> {
  const entries = new Map<string, { readonly value: Promise<Value | undefined>; goodUntilMs: number }>();

  return async (key, read) => {
    const held = entries.get(key);
    if (held !== undefined && now() < held.goodUntilMs) return held.value;
    const value = read();
    const entry = { value, goodUntilMs: now() + failureMs };
    entries.delete(key);
    entries.set(key, entry);
    const [oldest] = entries.keys();
    if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
    const result = await value;
    if (result !== undefined) entry.goodUntilMs = Number.POSITIVE_INFINITY;
    return result;
  };
}
