import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  Overflow,
  RichTextBlock,
  SectionBlock,
  StaticSelect,
} from '@slack/types';
import { cutText, showInvisible } from '../../shared/text.js';

/** The text of a section, and of a context element, may be no longer. */
export const maxSectionLength = 3000;

/** A heading. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: cutText(text, 150), emoji: true } };
}

/**
 * Lines of mrkdwn, as many whole ones as fit.
 *
 * Verbatim, so that Slack makes no link of what merely looks like a host name.
 */
export function section(lines: readonly string[], maxLength = maxSectionLength): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: fitLines(lines, maxLength), verbatim: true } };
}

/** As many sections as hold the lines. */
export function sections(lines: readonly string[]): readonly SectionBlock[] {
  return chunks(lines).map((chunk) => section(chunk));
}

/** A text in which nothing is read as markup. */
export function plainSection(text: string): SectionBlock {
  return {
    type: 'section',
    text: { type: 'plain_text', text: cutText(showInvisible(text), maxSectionLength), emoji: false },
  };
}

/** A text shown letter by letter, its lines kept; nothing in it is read as markup. */
export function preformatted(text: string, maxLength = maxSectionLength): RichTextBlock {
  const shown = cutText(showInvisible(text), maxLength);
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shown }] }],
  };
}

/** Small print. */
export function context(lines: readonly string[]): ContextBlock {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: fitLines(lines, maxSectionLength), verbatim: true }],
  };
}

/** A row of buttons; a new id at every change keeps Slack's apps from showing a button's old state. */
export function actions(
  blockId: string,
  elements: readonly (Button | StaticSelect | Overflow)[],
): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements: [...elements] };
}

/** Joins lines while they fit; the rest is left out, marked by `…`. */
export function fitLines(lines: readonly string[], maxLength: number): string {
  let text = '';
  for (const line of lines) {
    const next = text === '' ? line : `${text}\n${line}`;
    if (next.length > maxLength - 2) return text === '' ? '…' : `${text}\n…`;
    text = next;
  }
  return text === '' ? '—' : text;
}

/** Counts what Slack counts when it says that blocks are too long. */
export function blocksLength(blocks: readonly unknown[]): number {
  return JSON.stringify(blocks).length;
}

/** Spreads lines over as few sections as hold them. */
function chunks(lines: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > maxSectionLength - 10 && length > 0) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(line);
    length += line.length + 1;
  }
  return all;
}
