import { assertNever } from '../../../shared/assert-never.js';
import { Refusal } from '../server/reply.js';
import type { Query, QueryValue } from './query-language.js';

/** One column of a list: what may be compared, sorted, or both. */
export interface Field<Row> {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'date' | 'boolean' | 'texts';
  /** Dates are read as epoch milliseconds. */
  read(row: Row): string | number | boolean | readonly string[] | null;
  /** What a filter compares, where that is not what is read. */
  readonly compared?: (row: Row) => number | null;
  /** Absent means the field can be sorted by but not filtered. */
  readonly isFilter?: boolean;
  /** True where a comparison with it is read and then holds for every row. */
  readonly isIgnored?: boolean;
  /** False refuses to sort by it. */
  readonly isSorted?: boolean;
}

/** What the tokens in a filter stand for. */
export interface QueryContext {
  /** Replaces `%ME%`. */
  readonly callerName: string;
  /** Replaces `%TODAY%` with midnight of that day. */
  readonly nowMs: number;
}

const operatorsOf: Readonly<Record<Field<unknown>['kind'], readonly string[]>> = {
  text: ['-eq', '-ne', '-contains', '-notcontains', '-startswith', '-endswith'],
  texts: ['-eq', '-ne', '-contains', '-notcontains'],
  number: ['-eq', '-ne', '-lt', '-le', '-gt', '-ge'],
  date: ['-eq', '-ne', '-lt', '-le', '-gt', '-ge'],
  boolean: ['-eq', '-ne'],
};

/** Turns a parsed filter into a test for rows; a field, operator or value that does not fit is refused with 400. */
export function compileQuery<Row>(
  query: Query,
  fields: readonly Field<Row>[],
  context: QueryContext,
): (row: Row) => boolean {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'both':
    case 'either': {
      const left = compileQuery(query.left, fields, context);
      const right = compileQuery(query.right, fields, context);
      return query.kind === 'both' ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
    }
    case 'compare':
      return compileComparison(query, fields, context);
    default:
      return assertNever(query);
  }
}

function compileComparison<Row>(
  query: Extract<Query, { kind: 'compare' }>,
  fields: readonly Field<Row>[],
  context: QueryContext,
): (row: Row) => boolean {
  const { operator, value } = query;
  const field = fields.find(
    ({ name, isFilter }) => isFilter && name.toLowerCase() === query.field.toLowerCase(),
  );
  if (field === undefined) throw new Refusal(400, `Invalid query field: ${query.field}.`);
  if (!operatorsOf[field.kind].includes(operator)) {
    throw new Refusal(400, `Operator ${operator} cannot be used with ${field.name}.`);
  }
  if (!value.isQuoted && value.text.toUpperCase() === 'NULL') return nullTest(field, operator);
  const wanted = toComparable(field, value, context);
  if (field.kind === 'text' || field.kind === 'texts') return textTest(field, operator, String(wanted));
  if (field.isIgnored) return () => true;
  const compared = field.compared ?? field.read;
  return (row) => orderTest(operator, Number(compared(row)) - Number(wanted)) && compared(row) !== null;
}

function nullTest<Row>(field: Field<Row>, operator: string): (row: Row) => boolean {
  if (operator !== '-eq' && operator !== '-ne')
    throw new Refusal(400, `NULL cannot be used with ${operator}.`);
  return (row) => (field.read(row) === null) === (operator === '-eq');
}

function textTest<Row>(field: Field<Row>, operator: string, wanted: string): (row: Row) => boolean {
  const needle = wanted.toLowerCase();
  const fits = (text: string): boolean => {
    const value = text.toLowerCase();
    if (operator.endsWith('contains')) return value.includes(needle);
    if (operator === '-startswith') return value.startsWith(needle);
    return operator === '-endswith' ? value.endsWith(needle) : value === needle;
  };
  const isNegated = operator === '-ne' || operator === '-notcontains';
  return (row) => {
    const value = field.read(row);
    const texts = Array.isArray(value) ? value.map(String) : value === null ? [] : [String(value)];
    return texts.some(fits) !== isNegated;
  };
}

function orderTest(operator: string, difference: number): boolean {
  if (operator === '-eq') return difference === 0;
  if (operator === '-ne') return difference !== 0;
  if (operator === '-lt') return difference < 0;
  if (operator === '-le') return difference <= 0;
  return operator === '-gt' ? difference > 0 : difference >= 0;
}

function toComparable<Row>(field: Field<Row>, value: QueryValue, context: QueryContext): string | number {
  const refusal = new Refusal(400, `Invalid value for ${field.name}: ${value.text}`);
  if (field.kind === 'text' || field.kind === 'texts') {
    if (!value.isQuoted) throw refusal;
    return value.text === '%ME%' ? context.callerName : value.text;
  }
  const read = { boolean: readBoolean, number: Number, date: readDate(context.nowMs) }[field.kind];
  const wanted = value.text.trim() === '' ? Number.NaN : read(value.text);
  if (Number.isNaN(wanted)) throw refusal;
  return wanted;
}

function readBoolean(text: string): number {
  return { true: 1, false: 0 }[text.toLowerCase()] ?? Number.NaN;
}

/** A date without a zone is taken as UTC, as the server stores it. */
function readDate(nowMs: number): (text: string) => number {
  return (text) => {
    if (text.toUpperCase() === '%TODAY%') return Math.floor(nowMs / 86_400_000) * 86_400_000;
    const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text) || /^\d{4}-\d\d-\d\d$/.test(text);
    return Date.parse(hasZone ? text : `${text}Z`);
  };
}
