import type { Slot } from '../blocks/scope.js';
import { textNodes } from '../blocks/text-object.js';
import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import { stringOf } from '../draw/json.js';
import { openPopover } from '../shell/popover.js';
import { optionsOf } from './option.js';

/** Draws the three-dot button of an overflow menu, which opens its options. */
export function overflowNode(slot: Slot): HTMLElement {
  const { id, isBusy } = slot;
  const button = el(
    'button',
    {
      class: 'button button-icon',
      type: 'button',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'data-focus': id,
    },
    isBusy ? el('span', { class: 'spinner' }) : icon('more'),
  );
  button.addEventListener('click', () => {
    openPopover(button, (close) => el('div', { class: 'menu', role: 'menu' }, ...items(slot, close)));
  });
  return button;
}

function items(slot: Slot, close: () => void): readonly HTMLElement[] {
  return optionsOf(slot.element).map((option) => {
    const choose = (): void => {
      close();
      slot.act(stringOf(option.value));
    };
    const text = textNodes(option.text, slot.scope.reader);
    return el('button', { class: 'menu-item', type: 'button', role: 'menuitem', onclick: choose }, ...text);
  });
}
