import { el } from '../draw/dom.js';
import type { Json } from '../draw/json.js';
import { recordsOf, stringOf } from '../draw/json.js';
import type { Reader } from '../text/text-nodes.js';
import { richTextNode } from './rich-text.js';

/** Draws a table block; its first row is the heading. */
export function tableNode(block: Json, reader: Reader): HTMLElement {
  const rows = Array.isArray(block.rows) ? block.rows.map(recordsOf) : [];
  const align = recordsOf(block.column_settings).map((column) => stringOf(column.align) || 'left');
  const rowNode = (cells: readonly Json[], tag: 'th' | 'td'): HTMLElement =>
    el(
      'tr',
      {},
      ...cells.map((cell, i) => el(tag, { class: `align-${align[i] ?? 'left'}` }, cellNode(cell, reader))),
    );
  const [head = [], ...body] = rows;
  const table = el(
    'table',
    { class: 'table' },
    el('thead', {}, rowNode(head, 'th')),
    el('tbody', {}, ...body.map((cells) => rowNode(cells, 'td'))),
  );
  return el('div', { class: 'block table-frame', tabindex: 0, role: 'region', 'aria-label': 'Table' }, table);
}

function cellNode(cell: Json, reader: Reader): Node {
  if (cell.type === 'rich_text') return richTextNode(cell, reader);
  const { text, value } = cell;
  return document.createTextNode(
    stringOf(text) || (typeof value === 'number' ? String(value) : stringOf(value)),
  );
}
