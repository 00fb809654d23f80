import type { Slot } from '../blocks/scope.js';
import { el } from '../draw/dom.js';
import { stringOf } from '../draw/json.js';
import { heldIn, stateHolding } from '../modal/element-state.js';

/** Draws a date or time as the browser's own field; a change reports a press where the app listens. */
export function dateNode(slot: Slot): HTMLElement {
  const { element, id, labelling } = slot;
  const type = element.type === 'timepicker' ? 'time' : 'date';
  const actionId = stringOf(element.action_id);
  const input = el('input', {
    class: 'control control-date',
    type,
    id,
    'data-focus': id,
    'data-action': actionId,
  });
  for (const [name, value] of Object.entries(labelling)) input.setAttribute(name, value);
  if (labelling['aria-labelledby'] === undefined) input.setAttribute('aria-label', type);
  input.value = stringOf(heldIn(slot.state));
  input.addEventListener('change', () => {
    slot.remember(stateHolding(element, input.value === '' ? null : input.value));
    slot.act(input.value);
  });
  return input;
}
