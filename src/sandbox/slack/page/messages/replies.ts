import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { Row } from './rows.js';

/** Draws the line that counts the replies of a message and folds them in and out. */
export function repliesNode(row: Extract<Row, { kind: 'replies' }>, toggle: () => void): HTMLElement {
  const text = `${row.count} ${row.count === 1 ? 'reply' : 'replies'}`;
  const state = row.isOpen ? 'replies is-open' : 'replies';
  return el(
    'div',
    { class: state },
    el(
      'button',
      { type: 'button', 'aria-expanded': String(row.isOpen), 'data-focus': row.key, onclick: toggle },
      text,
      icon('chevron'),
    ),
  );
}
