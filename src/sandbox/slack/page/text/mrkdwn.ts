import { unescapeEntities } from './entities.js';
import type { Inline } from './inline.js';
import { parseInline } from './inline.js';

/** A stretch of lines of one sort. */
export type Paragraph =
  | { readonly kind: 'lines'; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly children: readonly Inline[] }
  | { readonly kind: 'pre'; readonly text: string };

/**
 * Reads Slack's mrkdwn into paragraphs of tokens.
 *
 * Never fails: what is not markup stays text, letter by letter.
 */
export function parseMrkdwn(source: string): readonly Paragraph[] {
  const parts = source.split('```');
  // Without its closing fence the last opening one is plain text.
  const paired = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), parts.slice(-2).join('```')];
  return paired.flatMap((part, index) =>
    index % 2 === 1 ? [preformatted(part)] : paragraphs(part, index, paired),
  );
}

function preformatted(part: string): Paragraph {
  return { kind: 'pre', text: unescapeEntities(part.replace(/^\n|\n$/g, '')) };
}

function paragraphs(part: string, index: number, all: readonly string[]): readonly Paragraph[] {
  // A fence brings its own line break, so the one written beside it is not shown again.
  const afterFence = index > 0 ? part.replace(/^\n/, '') : part;
  const text = index < all.length - 1 ? afterFence.replace(/\n$/, '') : afterFence;
  return text === '' ? [] : groupQuotes(text.split('\n'));
}

function groupQuotes(lines: readonly string[]): readonly Paragraph[] {
  const groups: { kind: 'lines' | 'quote'; lines: string[] }[] = [];
  let isQuotingToTheEnd = false;
  for (const line of lines) {
    const rest = /^(?:&gt;|>){3}\s?(.*)$/.exec(line);
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const kind = isQuotingToTheEnd || quoted !== null ? 'quote' : 'lines';
    const text = isQuotingToTheEnd ? line : (rest?.[1] ?? quoted?.[1] ?? line);
    isQuotingToTheEnd ||= rest !== null;
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(text);
    else groups.push({ kind, lines: [text] });
  }
  return groups.map(({ kind, lines: texts }) => ({ kind, children: parseInline(texts.join('\n')) }));
}
