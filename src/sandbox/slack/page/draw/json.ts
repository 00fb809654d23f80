/** An object of which nothing is known yet, such as a Block Kit block. */
export type Json = Readonly<Record<string, unknown>>;

/** Reads a value as an object; anything else reads as an empty one. */
export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** Reads a value as a list of objects; what is not an object is left out. */
export function recordsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Reads a value as text; anything but a string reads as empty. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads the words of a Block Kit text object. */
export function textOf(value: unknown): string {
  return stringOf(recordOf(value).text);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
