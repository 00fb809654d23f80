import { Refusal } from '../server/refusal.js';

/** What a caller sent in the body or the query, read by the documented keys. */
export interface Fields {
  /** Undefined when the key is missing, null, or spelt in a casing the server does not take. */
  read(key: string): unknown;
  /** Text that has to be there and not blank. */
  text(key: string): string;
  /** Text that may be absent. */
  optionalText(key: string): string | undefined;
  /** A whole number that has to be there, as a number or in digits as far as the server takes them. */
  id(key: string): number;
}

/** Creates a reader of what was sent. */
export function createFields(
  sent: Readonly<Record<string, unknown>>,
  how: { readonly caseInsensitive: boolean; readonly ids: 'any' | 'number' | 'string' },
): Fields {
  const sameKey = (one: string, other: string): boolean =>
    how.caseInsensitive ? one.toLowerCase() === other.toLowerCase() : one === other;
  const read = (key: string): unknown =>
    Object.entries(sent).find(([name]) => sameKey(name, key))?.[1] ?? undefined;
  const optionalText = (key: string): string | undefined => {
    const value = read(key);
    if (value !== undefined && typeof value !== 'string') throw wrong(key, 'has to be text');
    return value;
  };
  return {
    read,
    optionalText,
    text(key) {
      const value = optionalText(key) ?? '';
      if (value.trim() === '') throw wrong(key, 'is missing');
      return value;
    },
    id(key) {
      const value = read(key);
      if (value === undefined) throw wrong(key, 'is missing');
      const isTaken = how.ids === 'any' || typeof value === how.ids;
      if (!isTaken || !/^\d{1,10}$/.test(String(value))) throw wrong(key, 'is not an id');
      return Number(value);
    },
  };
}

function wrong(key: string, what: string): Refusal {
  return new Refusal('request', `The value '${key}' ${what}.`);
}
