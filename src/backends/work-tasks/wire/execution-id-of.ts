import { fieldsWithin } from './fields.js';
import type { Body } from './read-body.js';

/** The id of an execution, as far as an answer names one; `none-made` is what the product says with -1. */
export type ExecutionIdReading =
  | { readonly kind: 'id'; readonly executionId: string }
  | { readonly kind: 'none-made' }
  | { readonly kind: 'absent' };

const names = [
  'executionid',
  'execution_id',
  'workflowexecutionid',
  'instanceid',
  'id',
  'result',
  'data',
  'value',
];

/** A text longer than this is a sentence, and a number in it may be anything. */
const longestText = 20;

/** Finds the id in an answer of whatever form. */
export function executionIdOf(body: Body): ExecutionIdReading {
  if (body.kind !== 'value') return { kind: 'absent' };
  const fields = fieldsWithin(body.value);
  const named = names.map((name) => wholeNumber(fields.get(name))).find((id) => id !== undefined);
  return readingOf(named ?? (fields.size === 0 ? soleNumber(body.value) : undefined));
}

function readingOf(id: string | undefined): ExecutionIdReading {
  if (id === undefined) return { kind: 'absent' };
  return Number(id) > 0 ? { kind: 'id', executionId: id.replace(/^0+/, '') } : { kind: 'none-made' };
}

function wholeNumber(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  return /^-?\d{1,15}$/.test(text) ? text : undefined;
}

function soleNumber(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  if (text.length > longestText) return undefined;
  const found = text.match(/(?<![\w.])-?\d+(?![\w.])/g) ?? [];
  return found.length === 1 ? found[0] : undefined;
}
