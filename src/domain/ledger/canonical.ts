/** A value that is written the same way by everybody. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainGroup;

/** Named values; what is undefined is not there. */
export type PlainGroup = { readonly [name: string]: Plain | undefined };

/**
 * Writes a value as its one text: names sorted, no white space, nothing that is undefined.
 *
 * Two values have the same text only if they are the same, in whatever order their names were put there.
 */
export function canonical(value: Plain): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, inner]) => (inner === undefined ? [] : [`${JSON.stringify(name)}:${canonical(inner)}`]));
  return `{${parts.join(',')}}`;
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
