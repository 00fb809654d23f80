import { json, type Reply } from '../shared/server.js';
import { type Instance, stepNamed } from './engine.js';
import { Refusal } from './refusal.js';
import { reportedChange } from './wire.js';
import type { World } from './world.js';

/** The columns of one list and how it is sorted when nobody says. */
export interface Listing<Row> {
  readonly fields: readonly Field<Row>[];
  readonly defaultSort: string;
}

/** A page request with all it depends on. */
interface PageRequest {
  readonly parameters: Parameters;
  /** Changes with every request, so that equal sort values come in another order each time. */
  readonly seed: number;
  readonly withTotalCount: boolean;
  readonly longestPage: number | null;
  readonly pagesCountedBy: 'limit' | 'asked';
  /** Replaces `%ME%`. */
  readonly callerName: string;
  /** Replaces `%TODAY%` with midnight of that day. */
  readonly nowMs: number;
}

/** Answers a list query: filters, sorts, cuts the page out and counts all that matched. */
export function respondPage<Row>(
  rows: readonly Row[],
  listing: Listing<Row>,
  request: PageRequest,
  toJson: (row: Row) => unknown,
): Reply {
  const { parameters } = request;
  const filter = compileQuery(parameters.get('querystring') ?? '', listing.fields, request);
  const matching = sorted(rows.filter(filter), listing, request);
  const page = positive(parameters, 'pagereturned', 1);
  const limit = positive(parameters, 'returnlimit', 50);
  const length = Math.min(limit, request.longestPage ?? limit);
  const from = (page - 1) * (request.pagesCountedBy === 'limit' ? length : limit);
  const shown = matching.slice(from, from + length).map(toJson);
  return json(shown, 200, request.withTotalCount ? { 'X-Total-Count': String(matching.length) } : {});
}

/** One column of a list: what may be compared, sorted, or both. */
interface Field<Row> {
  readonly name: string;
  readonly kind: 'text' | 'guid' | 'state' | 'number' | 'date' | 'boolean' | 'texts';
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
  /** What a list is sorted by, where that is not what is read. */
  readonly order?: (row: Row) => unknown;
}

/** Makes a column that may be filtered and sorted by. */
export function column<Row>(name: string, read: Field<Row>['read'], kind: Field<Row>['kind'] = 'text') {
  return { name, kind, read, isFilter: true };
}

/** Gives the columns of the lists of runs. */
export function instanceListing(world: World): Listing<Instance> {
  const step = (instance: Instance) => stepNamed(world.stepsOf(instance), instance.stepName);
  const type = (instance: Instance) => world.definitions.find(instance.definitionId)?.workflowType ?? null;
  return {
    defaultSort: 'CurrentStepDisplayName',
    fields: [
      column('Id', ({ id }) => id, 'guid'),
      column('DefinitionId', ({ definitionId }) => definitionId, 'guid'),
      column('InitiatingUserName', ({ initiator }) => initiator),
      column('Status', ({ status }) => status, 'state'),
      column('Title', ({ title }) => title),
      column('WorkflowType', type),
      { name: 'CurrentStepDisplayName', kind: 'text', read: (one) => step(one)?.displayName ?? null },
      { name: 'CurrentStepUniqueName', kind: 'text', read: ({ stepName }) => stepName },
      column('ReferenceId', ({ referenceId }) => referenceId, 'number'),
      column('StartDate', ({ startedAt }) => startedAt, 'date'),
      changeField(world),
    ],
  };
}

const twoHoursMs = 7_200_000;

function changeField(world: World): Field<Instance> {
  const { queriesByChange, sortsByChange } = world.behaviour();
  const read = (instance: Instance) => reportedChange(world, instance);
  const lateBy = queriesByChange === 'late' ? twoHoursMs : 0;
  return {
    name: 'LastModified',
    kind: 'date',
    read,
    compared: (instance) => {
      const at = read(instance);
      return at === null ? null : at - lateBy;
    },
    isFilter: queriesByChange !== 'refused',
    isIgnored: queriesByChange === 'ignored',
    isSorted: sortsByChange !== false,
    order: sortsByChange === 'ignored' ? () => 0 : read,
  };
}

function positive(parameters: Parameters, name: string, usual: number): number {
  const text = parameters.get(name) ?? String(usual);
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new Refusal(400, `Invalid value for ${name}: ${text}.`);
}

function sorted<Row>(rows: readonly Row[], listing: Listing<Row>, request: PageRequest): Row[] {
  const wanted = request.parameters.get('sortfield') || listing.defaultSort;
  const field = listing.fields.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (field === undefined || field.isSorted === false)
    throw new Refusal(400, `Invalid sort field: ${wanted}.`, '0xA011004A');
  const direction = request.parameters.get('sortascending') ?? '0';
  if (direction !== '0' && direction !== '1')
    throw new Refusal(400, `Invalid value for SortAscending: ${direction}.`);
  const sign = direction === '0' ? 1 : -1;
  const { order = field.read } = field;
  return shuffled(rows, request.seed).sort((a, b) => sign * compare(order(a), order(b)));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? '').toLowerCase(), String(b ?? '').toLowerCase()];
  return left < right ? -1 : Number(left > right);
}

/** A different but repeatable order per seed: without a unique sort key the database promises none. */
function shuffled<Row>(rows: readonly Row[], seed: number): Row[] {
  const result = [...rows];
  let state = seed + 1;
  for (let last = result.length - 1; last > 0; last -= 1) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    result.splice(last, 1, ...result.splice(other, 1, ...result.slice(last, last + 1)));
  }
  return result;
}

/** Query parameters by lower-case name, because the server does not care about case. */
export type Parameters = ReadonlyMap<string, string>;

const oldPrefixes = /^(pq|instancequery|query)\./;

/**
 * Reads a query string, taking the bare names of newer versions and the prefixed ones of 10.x alike.
 *
 * `+` stays a plus sign unless told otherwise, which is why `URLSearchParams` is of no use here.
 */
export function readParameters(queryString: string, plusIsSpace: boolean): Parameters {
  const pairs = queryString.split('&').filter((pair) => pair !== '');
  const decode = (text: string): string => decodeSafely(plusIsSpace ? text.replaceAll('+', ' ') : text);
  const read = new Map<string, string>();
  for (const pair of pairs) {
    const [spelled = '', ...rest] = pair.split('=');
    const name = decode(spelled).toLowerCase().replace(oldPrefixes, '');
    if (read.has(name)) throw new Refusal(400, `The parameter '${name}' is given twice.`);
    read.set(name, decode(rest.join('=')));
  }
  return read;
}

/** Decodes percent-encoding, and leaves text alone that is badly encoded. */
export function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Test<Row> = (row: Row) => boolean;

/**
 * Compiles `field -op value` terms joined with AND, OR and parentheses into a test for rows; AND binds tighter.
 *
 * Whatever does not fit the grammar is refused with 400, an unclosed quote or a stray `+` included, and so is a
 * field, operator or value that does not fit.
 */
function compileQuery<Row>(text: string, fields: readonly Field<Row>[], request: PageRequest): Test<Row> {
  if (text.trim() === '') return () => true;
  const tokens = tokenize(text);
  const take = (): Token => {
    const token = tokens.shift();
    if (token === undefined) throw badQuery('the end');
    return token;
  };
  const joined = (word: string, part: () => Test<Row>): Test<Row>[] => {
    const tests = [part()];
    while (isWord(tokens[0], word)) {
      take();
      tests.push(part());
    }
    return tests;
  };
  const either = (): Test<Row> => {
    const tests = joined('OR', both);
    return (row) => tests.some((test) => test(row));
  };
  const both = (): Test<Row> => {
    const tests = joined('AND', term);
    return (row) => tests.every((test) => test(row));
  };
  const term = (): Test<Row> => {
    const first = take();
    if (isWord(first, '(')) {
      const inner = either();
      const closing = take();
      if (!isWord(closing, ')')) throw badQuery(closing.text);
      return inner;
    }
    const [operator, value] = [take(), take()];
    const isSound = !first.isQuoted && !first.isMark && /^-[a-z]+$/i.test(operator.text) && !value.isMark;
    if (!isSound || operator.isQuoted) throw badQuery(`${first.text} ${operator.text} ${value.text}`);
    const field = fields.find(
      ({ name, isFilter }) => isFilter && name.toLowerCase() === first.text.toLowerCase(),
    );
    if (field === undefined) throw new Refusal(400, `Invalid query field: ${first.text}.`);
    return compileComparison(field, operator.text.toLowerCase(), value, request);
  };
  const test = either();
  if (tokens.length > 0) throw badQuery(text);
  return test;
}

/** A part of a filter; `NULL` and the words between terms are only special when they are not quoted. */
interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly isMark: boolean;
}

function badQuery(near: string): Refusal {
  return new Refusal(400, `Invalid query string near: ${near.slice(0, 80)}`);
}

function tokenize(text: string): Token[] {
  const pattern = /\s*(?:([()])|"([^"]*)"(?=[\s)]|$)|([^\s()"]+)(?=[\s()]|$))/gy;
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole, mark, quoted, bare] = match;
    end = match.index + whole.length;
    const isMark = mark !== undefined;
    tokens.push({ text: mark ?? quoted ?? bare ?? '', isQuoted: quoted !== undefined, isMark });
  }
  if (text.slice(end).trim() !== '') throw badQuery(text.slice(end));
  return tokens;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && !token.isQuoted && token.text.toUpperCase() === word;
}

const orders = ['-eq', '-ne', '-lt', '-le', '-gt', '-ge'];

const operatorsOf: Readonly<Record<Field<unknown>['kind'], readonly string[]>> = {
  text: ['-eq', '-ne', '-contains', '-notcontains', '-startswith', '-endswith'],
  guid: ['-eq', '-ne'],
  state: ['-eq', '-ne'],
  texts: ['-eq', '-ne', '-contains', '-notcontains'],
  number: orders,
  date: orders,
  boolean: ['-eq', '-ne'],
};

function compileComparison<Row>(
  field: Field<Row>,
  operator: string,
  value: Token,
  request: PageRequest,
): Test<Row> {
  if (!operatorsOf[field.kind].includes(operator)) {
    throw new Refusal(400, `Operator ${operator} cannot be used with ${field.name}.`);
  }
  if (isWord(value, 'NULL')) {
    if (operator === '-eq' || operator === '-ne')
      return (row) => (field.read(row) === null) === (operator === '-eq');
    throw new Refusal(400, `NULL cannot be used with ${operator}.`);
  }
  const wanted = toComparable(field, value, request);
  if (typeof wanted === 'string') return textTest(field, operator, wanted);
  if (field.isIgnored) return () => true;
  const compared = field.compared ?? field.read;
  return (row) => orderTest(operator, Number(compared(row)) - wanted) && compared(row) !== null;
}

function textTest<Row>(field: Field<Row>, operator: string, wanted: string): Test<Row> {
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

/** A value that is no id, or no state, cannot be compared with one; the vendor says nothing of it. */
const forms = {
  guid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  state: /^(CanceledForRestart|Complete|Failed|Rejected|Running|Suspended)$/i,
};

function toComparable<Row>(field: Field<Row>, value: Token, request: PageRequest): string | number {
  const refusal = new Refusal(400, `Invalid value for ${field.name}: ${value.text}`);
  if (field.kind === 'guid' || field.kind === 'state') {
    if (!value.isQuoted || !forms[field.kind].test(value.text)) throw refusal;
    return value.text;
  }
  if (field.kind === 'text' || field.kind === 'texts') {
    if (!value.isQuoted) throw refusal;
    return value.text === '%ME%' ? request.callerName : value.text;
  }
  const read = { boolean: readBoolean, number: Number, date: readDate(request.nowMs) }[field.kind];
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
