import type { Slot } from '../blocks/scope.js';
import { el } from '../draw/dom.js';
import { stringOf } from '../draw/json.js';
import { buttonNode } from './button.js';
import { checkListNode, radioListNode } from './choices.js';
import { dateNode } from './date.js';
import { imageChip } from './image-chip.js';
import { overflowNode } from './overflow.js';
import { selectNode } from './select.js';
import { textInputNode } from './text-input.js';

/** Draws one interactive element; one of an unknown type says so in its place. */
export function elementNode(slot: Slot): HTMLElement {
  const type = stringOf(slot.element.type);
  switch (type) {
    case 'button':
    case 'workflow_button':
      return buttonNode(slot);
    case 'overflow':
      return overflowNode(slot);
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return selectNode(slot);
    case 'radio_buttons':
      return radioListNode(slot);
    case 'checkboxes':
    case 'multi_static_select':
      return checkListNode(slot);
    case 'datepicker':
    case 'timepicker':
      return dateNode(slot);
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return textInputNode(slot);
    case 'image':
      return imageChip(slot.element);
    default:
      return el('span', { class: 'block-unknown' }, `This page does not draw “${type}”.`);
  }
}
