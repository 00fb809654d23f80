import type { Path } from './problems/path-text.js';

/** Settings as YAML gives them, before anybody has checked them. */
export type RawGroup = Readonly<Record<string, unknown>>;

/** Tells whether a value is a group of named settings. */
export function isGroup(value: unknown): value is RawGroup {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gives what stands at a path; undefined if nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, part) => {
    if (typeof part === 'number') return Array.isArray(inside) ? inside[part] : undefined;
    return isGroup(inside) && Object.hasOwn(inside, part) ? inside[part] : undefined;
  }, value);
}

/** Copies settings with one value put at a path of names; what is not a group on the way is left alone. */
export function withValue(group: RawGroup, path: readonly string[], value: unknown): RawGroup {
  const [first, ...rest] = path;
  if (first === undefined) return group;
  if (rest.length === 0) return { ...group, [first]: value };
  const inside = group[first] ?? {};
  return isGroup(inside) ? { ...group, [first]: withValue(inside, rest, value) } : group;
}

/** Lists the entries of a list that may not be one. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
