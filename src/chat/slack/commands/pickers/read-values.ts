import type { TypedValue } from '../../../../domain/command-line.js';

/** Values typed one a line, or the first line that is none. */
export type ReadValues =
  | { readonly kind: 'values'; readonly values: readonly TypedValue[] }
  | { readonly kind: 'odd-line'; readonly line: string };

/** Reads `name=value` lines; blank ones are passed over, and quotes around a value are not part of it. */
export function readValues(text: string): ReadValues {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values: TypedValue[] = [];
  for (const line of lines) {
    const [, name, value] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return { kind: 'odd-line', line };
    values.push({ name, text: value.replace(/^(["“])(.*)["”]$/, '$2') });
  }
  return { kind: 'values', values };
}
