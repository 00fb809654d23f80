import type { Reply } from '../server/reply.js';
import { json, Refusal } from '../server/reply.js';
import type { Field, QueryContext } from './match-query.js';
import { compileQuery } from './match-query.js';
import type { Parameters } from './parameters.js';
import { parseQuery } from './query-language.js';

/** The columns of one list and how it is sorted when nobody says. */
export interface Listing<Row> {
  readonly fields: readonly Field<Row>[];
  readonly defaultSort: string;
}

/** A page request with all it depends on. */
export interface PageRequest extends QueryContext {
  readonly parameters: Parameters;
  /** Changes with every request, so that equal sort values come in another order each time. */
  readonly seed: number;
  readonly withTotalCount: boolean;
}

/** Answers a list query: filters, sorts, cuts the page out and counts all that matched. */
export function respondPage<Row>(
  rows: readonly Row[],
  listing: Listing<Row>,
  request: PageRequest,
  toJson: (row: Row) => unknown,
): Reply {
  const { parameters } = request;
  const filter = compileQuery(parseQuery(parameters.get('querystring') ?? ''), listing.fields, request);
  const matching = sorted(rows.filter(filter), listing, request);
  const page = positive(parameters, 'pagereturned', 1);
  const limit = positive(parameters, 'returnlimit', 50);
  const shown = matching.slice((page - 1) * limit, page * limit).map(toJson);
  const headers = request.withTotalCount ? { 'X-Total-Count': String(matching.length) } : {};
  return json(shown, headers);
}

function positive(parameters: Parameters, name: string, usual: number): number {
  const text = parameters.get(name) ?? String(usual);
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new Refusal(400, `Invalid value for ${name}: ${text}.`);
  return Number(text);
}

function sorted<Row>(rows: readonly Row[], listing: Listing<Row>, request: PageRequest): Row[] {
  const wanted = request.parameters.get('sortfield') || listing.defaultSort;
  const field = listing.fields.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (field === undefined || field.isSorted === false)
    throw new Refusal(400, `Invalid sort field: ${wanted}.`, '0xA011004A');
  const order = request.parameters.get('sortascending') ?? '0';
  if (order !== '0' && order !== '1') throw new Refusal(400, `Invalid value for SortAscending: ${order}.`);
  const sign = order === '0' ? 1 : -1;
  return shuffled(rows, request.seed).sort((a, b) => sign * compare(field.read(a), field.read(b)));
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
