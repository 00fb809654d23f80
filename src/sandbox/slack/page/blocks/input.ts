import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import { recordOf, stringOf } from '../draw/json.js';
import { elementNode } from '../elements/element.js';
import type { BlockPlace } from './scope.js';
import { slotAt } from './scope.js';
import { textNodes } from './text-object.js';

/** Draws an input block: label, element, hint, and the error of its last submission. */
export function inputNode({ block, blockId, scope }: BlockPlace): HTMLElement {
  const element = recordOf(block.element);
  const error = scope.errors[blockId];
  const id = `${scope.key}/${blockId}`;
  const described = error === undefined ? `${id}/hint` : `${id}/error ${id}/hint`;
  const labelling = { 'aria-labelledby': `${id}/label`, 'aria-describedby': described };
  const invalid = error === undefined ? {} : { 'aria-invalid': 'true' };
  const isDispatching = block.dispatch_action === true;
  const slot = slotAt({ scope, blockId, element, labelling: { ...labelling, ...invalid }, isDispatching });
  return el(
    'div',
    {
      class: error === undefined ? 'block block-input' : 'block block-input has-error',
      'data-block': blockId,
    },
    el(
      'label',
      { class: 'input-label', id: `${id}/label`, for: `${id}/${stringOf(element.action_id)}` },
      ...textNodes(block.label, scope.reader),
      block.optional === true && el('span', { class: 'input-optional' }, ' (optional)'),
    ),
    elementNode(slot),
    error !== undefined &&
      el('p', { class: 'input-error', id: `${id}/error`, role: 'alert' }, icon('alert'), error),
    block.hint !== undefined &&
      el('p', { class: 'input-hint', id: `${id}/hint` }, ...textNodes(block.hint, scope.reader)),
  );
}
