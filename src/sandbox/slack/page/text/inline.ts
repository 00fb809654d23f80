import { emojiGlyph } from './emoji.js';
import { unescapeEntities } from './entities.js';
import type { Reference } from './reference.js';
import { parseReference } from './reference.js';

/** One piece of a line. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'emoji'; readonly name: string; readonly glyph: string }
  | { readonly kind: 'line-break' }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | Reference;

interface Found {
  readonly token: Inline;
  readonly end: number;
}

const styles = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

/** Reads the markup inside lines: emphasis, code, links, mentions and emoji. */
export function parseInline(source: string): readonly Inline[] {
  return scan(source, markupAt);
}

/** Reads a plain text, in which only line breaks and emoji shortcodes mean something. */
function parsePlain(source: string): readonly Inline[] {
  return scan(source, (text, at) => lineBreakAt(text, at) ?? emojiAt(text, at));
}

/** Reads a plain text as the words a title or a list item shows. */
export function plainText(source: string): string {
  return parsePlain(source).map(textOf).join('');
}

function textOf(token: Inline): string {
  if (token.kind === 'emoji') return token.glyph;
  return token.kind === 'text' ? token.text : '\n';
}

function scan(source: string, find: (source: string, at: number) => Found | undefined): readonly Inline[] {
  const tokens: Inline[] = [];
  let text = '';
  let at = 0;
  const flush = (): void => {
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
  };
  while (at < source.length) {
    const found = find(source, at);
    if (found?.token.kind === 'text') text += found.token.text;
    else if (found !== undefined) {
      flush();
      tokens.push(found.token);
    } else text += source[at] ?? '';
    at = found?.end ?? at + 1;
  }
  flush();
  return tokens;
}

function markupAt(source: string, at: number): Found | undefined {
  switch (source[at]) {
    case '\n':
      return lineBreakAt(source, at);
    case '<':
      return referenceAt(source, at);
    case '`':
      return codeAt(source, at);
    case '*':
    case '_':
    case '~':
      return styleAt(source, at);
    case ':':
      return emojiAt(source, at);
    case '&':
      return entityAt(source, at);
    default:
      return undefined;
  }
}

function lineBreakAt(source: string, at: number): Found | undefined {
  return source[at] === '\n' ? { token: { kind: 'line-break' }, end: at + 1 } : undefined;
}

function referenceAt(source: string, at: number): Found | undefined {
  const end = source.indexOf('>', at);
  const token = end < 0 ? undefined : parseReference(source.slice(at + 1, end));
  return token === undefined ? undefined : { token, end: end + 1 };
}

function codeAt(source: string, at: number): Found | undefined {
  const match = /^`([^`\n]+)`/.exec(source.slice(at));
  if (match?.[1] === undefined) return undefined;
  return { token: { kind: 'code', text: unescapeEntities(match[1]) }, end: at + match[0].length };
}

function emojiAt(source: string, at: number): Found | undefined {
  const match = source[at] === ':' ? /^:([a-z0-9_+-]+):/.exec(source.slice(at, at + 60)) : null;
  const glyph = match?.[1] === undefined ? undefined : emojiGlyph(match[1]);
  if (match?.[1] === undefined || glyph === undefined) return undefined;
  return { token: { kind: 'emoji', name: match[1], glyph }, end: at + match[0].length };
}

function entityAt(source: string, at: number): Found | undefined {
  const match = /^&(?:amp|lt|gt);/.exec(source.slice(at, at + 5));
  if (match === null) return undefined;
  return { token: { kind: 'text', text: unescapeEntities(match[0]) }, end: at + match[0].length };
}

function styleAt(source: string, at: number): Found | undefined {
  const mark = source[at];
  if (mark !== '*' && mark !== '_' && mark !== '~') return undefined;
  if (isWordBefore(source, at) || source[at + 1] === mark) return undefined;
  const end = closingMark(source, at, mark);
  if (end === undefined) return undefined;
  return { token: { kind: styles[mark], children: parseInline(source.slice(at + 1, end)) }, end: end + 1 };
}

function isWordBefore(source: string, at: number): boolean {
  return at > 0 && /[\p{L}\p{N}]/u.test(source[at - 1] ?? '');
}

/** Where emphasis ends: on its line, outside `<…>` and code, touching the last word and followed by none. */
function closingMark(source: string, at: number, mark: string): number | undefined {
  if (/^\s?$/.test(source[at + 1] ?? '')) return undefined;
  for (let i = at + 1; i < source.length && source[i] !== '\n'; i += 1) {
    if (source[i] === '<') i = Math.max(i, source.indexOf('>', i));
    if (source[i] === '`') i = (codeAt(source, i)?.end ?? i + 1) - 1;
    const touches = !/\s/.test(source[i - 1] ?? '');
    if (source[i] === mark && i > at + 1 && touches && !/[\p{L}\p{N}]/u.test(source[i + 1] ?? '')) return i;
  }
  return undefined;
}
