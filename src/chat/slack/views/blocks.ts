import type { ActionsBlock, Button, ContextBlock, HeaderBlock, SectionBlock } from '@slack/types';
import { cutText } from '../../../shared/cut-text.js';
import { showInvisible } from '../../../shared/show-invisible.js';

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

/** A text in which nothing is read as markup. */
export function plainSection(text: string): SectionBlock {
  return {
    type: 'section',
    text: { type: 'plain_text', text: cutText(showInvisible(text), maxSectionLength), emoji: false },
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
export function actions(blockId: string, elements: readonly Button[]): ActionsBlock {
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
