import { z } from 'zod';

/**
 * Reads an object whatever the case of its keys: the schema names them in lower case.
 *
 * Servers and versions differ between `CurrentStepId` and `currentStepId`.
 */
export function anyCase<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(lowerKeys, z.object(shape));
}

function lowerKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
}

/** Reads a text or a number as text; undefined if it is empty or anything else. */
export const someText = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  });

/** Reads a flag; undefined if it is anything else. */
export const someFlag = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'boolean' ? value : undefined));

/** Reads a list whose odd members are left out; empty if it is none. */
export function someList<Item extends z.ZodType>(item: Item) {
  return z
    .unknown()
    .optional()
    .transform((value): z.output<Item>[] => {
      const members: readonly unknown[] = Array.isArray(value) ? value : [];
      return members.flatMap((member) => {
        const read = item.safeParse(member);
        return read.success ? [read.data] : [];
      });
    });
}

/** Reads free-form values by name; empty if there are none. */
export const someRecord = z.record(z.string(), z.unknown()).catch({});
