import type { ValueReading } from '../../../ports/operations.js';
import { cutText } from '../../../shared/cut-text.js';
import { fieldsOf } from './fields.js';
import type { Body } from './read-body.js';

const names = ['output', 'activityoutput', 'outputvalue', 'value', 'variablevalue', 'result', 'data'];

/** More than this is not shown. */
const longestText = 2_000;

/** Finds the value that was asked for by name in an answer of whatever form. */
export function valueIn(body: Body, name: string): ValueReading {
  if (body.kind !== 'value') return { kind: 'empty' };
  const fields = fieldsOf(body.value);
  const known = [...names, name.toLowerCase()].find((candidate) => fields.has(candidate));
  const text = known === undefined ? plainText(body) : asText(fields.get(known));
  return text.trim() === '' ? { kind: 'empty' } : { kind: 'value', text: cutText(text, longestText) };
}

/** Keeps the server's own spelling, such as that of a number too long to be one, or of XML. */
function plainText({ value, text }: Extract<Body, { kind: 'value' }>): string {
  return typeof value === 'string' ? value : text;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
