import { z } from 'zod';

/** One text, or a list of texts; read as a list. */
export function textList(expected: string) {
  const text = z.string(expected).min(1, expected);
  return z.union([text, z.array(text).min(1, expected)], expected).transform(asList);
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
