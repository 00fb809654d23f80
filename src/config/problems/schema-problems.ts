import type { z } from 'zod';
import { type RawGroup, valueAt } from '../raw.js';
import { exampleAt, keysAt, nearKeyAt } from '../schema/schema-guide.js';
import { settingsSchema } from '../schema/settings-schema.js';
import { describeFound } from './describe-found.js';
import { expectation } from './expectation.js';
import type { Path } from './path-text.js';
import { type PlacedProblem, problemAt } from './placed-problem.js';

/** The settings against their schema: either all of them, or every problem. */
export type Parsed =
  | { readonly kind: 'fine'; readonly entries: z.infer<typeof settingsSchema> }
  | { readonly kind: 'wrong'; readonly problems: readonly PlacedProblem[] };

/** Holds settings against the schema. */
export function parseSettings(raw: RawGroup): Parsed {
  const result = settingsSchema.safeParse(raw, { error: expectation });
  if (result.success) return { kind: 'fine', entries: result.data };
  return { kind: 'wrong', problems: result.error.issues.flatMap((issue) => problemsOf(issue, raw)) };
}

function problemsOf(issue: z.core.$ZodIssue, raw: RawGroup): readonly PlacedProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key]));
  const example = exampleAt(path);
  const found = describeFound(valueAt(raw, path));
  return [problemAt(path, { expected: issue.message, found, ...(example === undefined ? {} : { example }) })];
}

function unknownKey(path: Path): PlacedProblem {
  const around = path.slice(0, -1);
  const key = String(path.at(-1));
  const near = nearKeyAt(around, key);
  const known = `one of ${keysAt(around).join(', ')}`;
  const expected = near === undefined ? known : `a known setting; did you mean ${near}?`;
  const found = `an unknown setting ${JSON.stringify(key)}`;
  return problemAt(path, { expected, found });
}
