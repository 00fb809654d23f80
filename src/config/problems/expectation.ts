import type { z } from 'zod';
import { nearMatch } from '../../shared/near-match.js';
import { valueAt } from '../raw.js';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of names and values',
};

/** Says what a setting should have been, where its schema has no words of its own; given to zod. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return oneKind(issue);
    case 'too_small':
      return limit('at least', issue.origin, Number(issue.minimum));
    case 'too_big':
      return limit('at most', issue.origin, Number(issue.maximum));
    case 'invalid_format':
      return 'another form';
    default:
      return undefined;
  }
}

/** Says which kinds there are, where a group of settings names its own kind. */
function oneKind(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  if (!('options' in issue) || !Array.isArray(issue.options)) return undefined;
  return oneOf(issue.options.map(String), valueAt(issue.input, [String(issue.discriminator)]));
}

function oneOf(values: readonly string[], input: unknown): string {
  const near = typeof input === 'string' ? nearMatch(input, values) : undefined;
  const list = values.length === 1 ? values.join('') : `one of ${values.join(', ')}`;
  return near === undefined ? list : `${list}; did you mean ${near}?`;
}

function limit(bound: string, origin: string, size: number): string {
  if (origin === 'array') return `a list of ${bound} ${size}`;
  if (origin !== 'string') return `a number of ${bound} ${size}`;
  return size === 1 ? 'a text that is not empty' : `a text of ${bound} ${size} characters`;
}
