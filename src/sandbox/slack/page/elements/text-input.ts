import type { Slot } from '../blocks/scope.js';
import { el } from '../draw/dom.js';
import { stringOf, textOf } from '../draw/json.js';
import { heldIn, stateHolding } from '../modal/element-state.js';

/**
 * Draws a text field, with a counter when its length is limited.
 *
 * Every key stroke is remembered, so a redraw or an error never costs what was typed. Enter in a single line
 * sends nothing by accident: it only reports a press where the app listens for one.
 */
export function textInputNode(slot: Slot): HTMLElement {
  const { element } = slot;
  const field = fieldNode(slot);
  const most = typeof element.max_length === 'number' ? element.max_length : undefined;
  const counter = el('span', { class: 'counter', 'aria-hidden': 'true' });
  const count = (): void => {
    if (most === undefined) return;
    counter.textContent = `${field.value.length} / ${most}`;
    counter.classList.toggle('is-over', field.value.length > most);
  };
  field.addEventListener('input', () => {
    slot.remember(stateHolding(element, field.value === '' ? null : field.value));
    count();
  });
  field.addEventListener('keydown', (event: Event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Enter') return;
    if (field instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    slot.act(field.value);
  });
  count();
  return el('div', { class: 'text-field' }, field, most !== undefined && counter);
}

function fieldNode({ element, id, labelling, state }: Slot): HTMLInputElement | HTMLTextAreaElement {
  const attributes = {
    class: 'control',
    id,
    'data-focus': id,
    'data-action': stringOf(element.action_id),
    placeholder: textOf(element.placeholder) || undefined,
    autofocus: element.focus_on_load === true,
    autocomplete: 'off',
    ...labelling,
  };
  const isMultiline = element.multiline === true;
  const type = element.type === 'number_input' ? 'number' : 'text';
  const field = isMultiline
    ? el('textarea', { ...attributes, rows: 4 })
    : el('input', { ...attributes, type });
  field.value = stringOf(heldIn(state));
  return field;
}
