import { el } from '../draw/dom.js';
import { recordOf, recordsOf, textOf } from '../draw/json.js';
import { elementNode } from '../elements/element.js';
import type { BlockPlace } from './scope.js';
import { slotAt } from './scope.js';
import { textNodes } from './text-object.js';

const longTextLength = 700;
const longTextLines = 12;

/** Draws a section: text, fields in two columns, and its accessory beside them. */
export function sectionNode({ block, blockId, scope }: BlockPlace): HTMLElement {
  const accessory = block.accessory === undefined ? undefined : recordOf(block.accessory);
  const fields = recordsOf(block.fields).map((field) =>
    el('div', { class: 'field' }, ...textNodes(field, scope.reader)),
  );
  return el(
    'div',
    { class: 'block block-section' },
    el(
      'div',
      { class: 'section-main' },
      block.text !== undefined && textNode({ block, blockId, scope }),
      fields.length > 0 && el('div', { class: 'fields' }, ...fields),
    ),
    accessory && elementNode(slotAt({ scope, blockId, element: accessory, isDispatching: true })),
  );
}

/** A long text is folded until the person opens it, unless the app asked for all of it. */
function textNode({ block, blockId, scope }: BlockPlace): HTMLElement {
  const text = textOf(block.text);
  const body = el('div', { class: 'section-text' }, ...textNodes(block.text, scope.reader));
  const isLong = text.length > longTextLength || text.split('\n').length > longTextLines;
  if (!isLong || block.expand === true) return body;
  const key = `${scope.key}/${blockId}`;
  const show = (): void => {
    const isOpen = scope.opened.has(key);
    body.classList.toggle('is-folded', !isOpen);
    toggle.textContent = isOpen ? 'Show less' : 'Show more';
    toggle.setAttribute('aria-expanded', String(isOpen));
  };
  const toggle = el('button', { class: 'fold', type: 'button', 'data-focus': `${key}/fold` });
  toggle.addEventListener('click', () => {
    if (!scope.opened.delete(key)) scope.opened.add(key);
    show();
  });
  show();
  return el('div', {}, body, toggle);
}
