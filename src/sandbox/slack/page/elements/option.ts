import type { Slot } from '../blocks/scope.js';
import type { Json } from '../draw/json.js';
import { recordOf, recordsOf, stringOf } from '../draw/json.js';
import { heldIn } from '../modal/element-state.js';

/** Reads an element's options, those of its groups included. */
export function optionsOf(element: Json): readonly Json[] {
  const grouped = recordsOf(element.option_groups).flatMap((group) => recordsOf(group.options));
  return [...recordsOf(element.options), ...grouped];
}

/** Reads the values that are chosen in an element. */
export function chosenValues(slot: Slot): readonly string[] {
  const held = heldIn(slot.state);
  if (typeof held === 'string') return [held];
  const options = Array.isArray(held) ? recordsOf(held) : [recordOf(held)];
  return options.map((option) => stringOf(option.value)).filter((value) => value !== '');
}
