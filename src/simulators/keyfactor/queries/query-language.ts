import { Refusal } from '../server/reply.js';

/** A filter, parsed. */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'both' | 'either'; readonly left: Query; readonly right: Query }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: string;
      readonly value: QueryValue;
    };

/** A value as written: in quotes or bare. `NULL` is only special when bare. */
export interface QueryValue {
  readonly text: string;
  readonly isQuoted: boolean;
}

/**
 * Parses `field -op value` terms joined with AND, OR and parentheses; AND binds tighter.
 *
 * Whatever does not fit the grammar is refused with 400, an unclosed quote or a stray `+` included.
 */
export function parseQuery(text: string): Query {
  if (text.trim() === '') return { kind: 'all' };
  const reader = createReader(tokenize(text));
  const query = readEither(reader);
  if (reader.peek() !== undefined) throw badQuery(text);
  return query;
}

interface Token extends QueryValue {
  readonly isMark: boolean;
}

interface Reader {
  peek(): Token | undefined;
  take(): Token;
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
    tokens.push({
      text: mark ?? quoted ?? bare ?? '',
      isQuoted: quoted !== undefined,
      isMark: mark !== undefined,
    });
  }
  if (text.slice(end).trim() !== '') throw badQuery(text.slice(end));
  return tokens;
}

function createReader(tokens: readonly Token[]): Reader {
  let position = 0;
  return {
    peek: () => tokens[position],
    take() {
      const token = tokens[position];
      if (token === undefined) throw badQuery('the end');
      position += 1;
      return token;
    },
  };
}

function isWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && !token.isQuoted && token.text.toUpperCase() === word;
}

function readEither(reader: Reader): Query {
  let left = readBoth(reader);
  while (isWord(reader.peek(), 'OR')) {
    reader.take();
    left = { kind: 'either', left, right: readBoth(reader) };
  }
  return left;
}

function readBoth(reader: Reader): Query {
  let left = readTerm(reader);
  while (isWord(reader.peek(), 'AND')) {
    reader.take();
    left = { kind: 'both', left, right: readTerm(reader) };
  }
  return left;
}

function readTerm(reader: Reader): Query {
  const first = reader.take();
  if (isWord(first, '(')) {
    const inner = readEither(reader);
    const closing = reader.take();
    if (!isWord(closing, ')')) throw badQuery(closing.text);
    return inner;
  }
  const operator = reader.take();
  const value = reader.take();
  const isSound = !first.isQuoted && !first.isMark && /^-[a-z]+$/i.test(operator.text) && !value.isMark;
  if (!isSound || operator.isQuoted) throw badQuery(`${first.text} ${operator.text} ${value.text}`);
  return { kind: 'compare', field: first.text, operator: operator.text.toLowerCase(), value };
}
