/** The free-form values of an instance, found by any spelling of their key. */
export interface DataBag {
  /** Gives the first value there is under one of the names and marks it as told. */
  take(names: readonly string[]): unknown;
  /** Gives every value under the names, in their order, and marks them as told. */
  takeAll(names: readonly string[]): readonly unknown[];
  /** Gives the values whose plain key fits a pattern and marks them as told. */
  takeMatching(pattern: RegExp): readonly BagEntry[];
  has(names: readonly string[]): boolean;
  /** Lists what was never taken. */
  unreported(): readonly BagEntry[];
}

/** One value with its key as the server spells it. */
export interface BagEntry {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Creates a bag of the values an instance has now over those it started with.
 *
 * Keys are compared without case, blanks, underscores, colons, dots and dashes, because versions differ in them.
 */
export function createDataBag(
  initial: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
): DataBag {
  const entries = new Map<string, BagEntry>();
  for (const [key, value] of [...Object.entries(current), ...Object.entries(initial)]) {
    if (isPresent(value) && !entries.has(plainKey(key))) entries.set(plainKey(key), { key, value });
  }
  const reported = new Set<string>();
  const takeAll = (names: readonly string[]) =>
    names.flatMap((name) => {
      const entry = entries.get(name);
      if (entry === undefined) return [];
      reported.add(name);
      return [entry.value];
    });
  return {
    take(names) {
      const name = names.find((candidate) => entries.has(candidate));
      return name === undefined ? undefined : takeAll([name])[0];
    },
    takeAll,
    takeMatching(pattern) {
      const names = [...entries.keys()].filter((name) => pattern.test(name));
      for (const name of names) reported.add(name);
      return names.flatMap((name) => entries.get(name) ?? []);
    },
    has: (names) => names.some((name) => entries.has(name)),
    unreported: () => [...entries].flatMap(([name, entry]) => (reported.has(name) ? [] : [entry])),
  };
}

/** Brings a key to the form in which keys are compared. */
export function plainKey(key: string): string {
  return key
    .slice(0, 200)
    .toLowerCase()
    .replace(/[\s_:.-]/g, '');
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}
