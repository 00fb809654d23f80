import type { z } from 'zod';
import { nearMatch } from '../../shared/near-match.js';
import { type RawGroup, valueAt } from '../raw.js';
import { createSchemaGuide, type SchemaGuide } from '../schema/schema-guide.js';
import { settingsSchema } from '../schema/settings-schema.js';
import { describeFound } from './describe-found.js';
import { expectation } from './expectation.js';
import { type Path, pathText } from './path-text.js';
import { type PlacedProblem, problemAt } from './placed-problem.js';

/** The settings against their schema: either all of them, or every problem. */
export type Parsed =
  | { readonly kind: 'fine'; readonly entries: z.infer<typeof settingsSchema> }
  | { readonly kind: 'wrong'; readonly problems: readonly PlacedProblem[] };

/** Holds settings against the schema. */
export function parseSettings(raw: RawGroup): Parsed {
  const result = settingsSchema.safeParse(raw, { error: expectation });
  if (result.success) return { kind: 'fine', entries: result.data };
  const guide = createSchemaGuide();
  return {
    kind: 'wrong',
    problems: result.error.issues.flatMap(innermost).flatMap((issue) => problemsOf(issue, { raw, guide })),
  };
}

/** Where one choice of several fits as a whole, tells what is wrong inside it instead. */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((one) => one.length > 0 && one.every(({ path }) => path.length > 0));
  if (!inside) return [issue];
  return inside.map((one) => ({ ...one, path: [...issue.path, ...one.path] })).flatMap(innermost);
}

function problemsOf(
  issue: z.core.$ZodIssue,
  about: { readonly raw: RawGroup; readonly guide: SchemaGuide },
): readonly PlacedProblem[] {
  const { raw, guide } = about;
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, guide));
  const example = guide.exampleAt(path);
  const found = describeFound(valueAt(raw, path));
  return [problemAt(path, { expected: issue.message, found, ...(example === undefined ? {} : { example }) })];
}

/** Settings that stand elsewhere now. */
const moved: Readonly<Record<string, { readonly expected: string; readonly example: string }>> = {
  'slack.http': {
    expected: 'nothing here: http stands at the top of the file now, beside slack',
    example: 'http: { host: 0.0.0.0, port: 3000 }',
  },
};

function unknownKey(runtime: Path, key: string, guide: SchemaGuide): PlacedProblem {
  const path = [...runtime, key];
  const elsewhere = moved[pathText(path)];
  if (elsewhere) return problemAt(path, { ...elsewhere, found: 'a setting that was moved' });
  const known = guide.keysAt(runtime);
  const near = nearMatch(key, known);
  const expected =
    near === undefined ? `one of ${known.join(', ')}` : `a known setting; did you mean ${near}?`;
  return problemAt(path, { expected, found: `an unknown setting ${describeFound(key)}` });
}
