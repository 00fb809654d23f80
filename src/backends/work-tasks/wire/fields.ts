/** Named values of an answer, by their names in lower case. */
export type Fields = ReadonlyMap<string, unknown>;

/** Under these names servers wrap an answer once more. */
const wrappers = ['result', 'data', 'value', 'd', 'response'];

/**
 * Gives the named values of an answer: of an object in any casing, or of a list of pairs.
 *
 * Empty when it has no names, as a bare value.
 */
export function fieldsOf(value: unknown): Fields {
  if (Array.isArray(value)) return new Map(value.flatMap(pairOf));
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
}

/** Gives the named values, and those of the object inside where an answer is wrapped; the outer ones count. */
export function fieldsWithin(value: unknown): Fields {
  const fields = fieldsOf(value);
  const inner = wrappers.flatMap((name) => [...fieldsOf(fields.get(name))]);
  return new Map([...inner, ...fields]);
}

/** Reads the first of the named values that is a text with something in it, or a number. */
export function textAmong(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields.get(name);
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

function pairOf(entry: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(entry)) {
    const [name, value]: readonly unknown[] = entry;
    return typeof name === 'string' && entry.length === 2 ? [[name.toLowerCase(), value]] : [];
  }
  const fields = fieldsOf(entry);
  const name = textAmong(fields, ['key', 'name']);
  return name !== undefined && fields.has('value') ? [[name.toLowerCase(), fields.get('value')]] : [];
}
