import { optionOf, stateFieldOf } from '../blocks/element-state.js';
import type { PlacedElement } from '../blocks/find-elements.js';
import { isObject, type JsonObject, textAt } from '../wire/json-object.js';

/**
 * Describes one use of an element as an entry of `actions`.
 *
 * `value` is the option, person, date or text chosen; for a button it replaces the button's own value. Throws
 * when a menu has no such option.
 */
export function elementAction(placed: PlacedElement, value: string | undefined, ts: string): JsonObject {
  const { element, blockId, actionId } = placed;
  return {
    action_id: actionId,
    block_id: blockId,
    type: element.type,
    ...shown(element),
    ...chosen(element, value),
    action_ts: ts,
  };
}

/** What the element holds after this use, as it stands in `state.values`; nothing for a button. */
export function elementStateAfter(element: JsonObject, value: string | undefined): JsonObject | undefined {
  return stateFieldOf(element.type) === undefined
    ? undefined
    : { type: element.type, ...chosen(element, value) };
}

function shown(element: JsonObject): JsonObject {
  const keys = ['text', 'url', 'style', 'icon', 'placeholder', 'confirm'];
  return Object.fromEntries(keys.flatMap((key) => (element[key] === undefined ? [] : [[key, element[key]]])));
}

function chosen(element: JsonObject, value: string | undefined): JsonObject {
  const type = textAt(element, 'type') ?? '';
  if (type === 'feedback_buttons') return feedback(element, value);
  const field = type === 'overflow' ? 'selected_option' : stateFieldOf(type);
  if (field === undefined) {
    const sent = value ?? textAt(element, 'value');
    return sent === undefined ? {} : { value: sent };
  }
  if (value === undefined) return { [field]: field.endsWith('s') ? [] : null };
  if (field === 'selected_options') return { [field]: value.split(',').map((one) => option(element, one)) };
  if (field === 'selected_option') return { [field]: option(element, value) };
  if (field === 'selected_date_time') return { [field]: Number(value) };
  return { [field]: field.endsWith('s') ? value.split(',') : value };
}

function option(element: JsonObject, value: string): JsonObject {
  const found = optionOf(element, value);
  if (found !== undefined) return found;
  if (textAt(element, 'type')?.includes('external') === true) {
    return { text: { type: 'plain_text', text: value, emoji: true }, value };
  }
  throw new Error(`The element ${String(element.action_id)} has no option ${value}`);
}

function feedback(element: JsonObject, value: string | undefined): JsonObject {
  const buttons = [element.positive_button, element.negative_button].filter(isObject);
  const clicked = buttons.find((button) => button.value === value) ?? buttons[0];
  return { value: clicked?.value, text: clicked?.text };
}
