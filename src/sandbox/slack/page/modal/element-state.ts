import type { Json } from '../draw/json.js';
import { stringOf } from '../draw/json.js';

/** The state of one element, as Slack reports it. */
export type ElementState = Readonly<Record<string, unknown>>;

/** Under which name an element's state holds its value, and under which the app gives its first one. */
const holders: Readonly<Record<string, readonly [held: string, initial: string]>> = {
  plain_text_input: ['value', 'initial_value'],
  email_text_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  static_select: ['selected_option', 'initial_option'],
  external_select: ['selected_option', 'initial_option'],
  radio_buttons: ['selected_option', 'initial_option'],
  checkboxes: ['selected_options', 'initial_options'],
  multi_static_select: ['selected_options', 'initial_options'],
  users_select: ['selected_user', 'initial_user'],
  channels_select: ['selected_channel', 'initial_channel'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
};

/** Answers the state an untouched element has; undefined when it holds none, such as a button. */
export function initialState(element: Json): ElementState | undefined {
  const type = stringOf(element.type);
  const holder = holders[type];
  if (holder === undefined) return undefined;
  const nothing = holder[0] === 'selected_options' ? [] : null;
  return { type, [holder[0]]: element[holder[1]] ?? nothing };
}

/** Answers the state an element has once `held` was entered or chosen in it. */
export function stateHolding(element: Json, held: unknown): ElementState {
  const type = stringOf(element.type);
  return { type, [holders[type]?.[0] ?? 'value']: held };
}

/** Reads what a state holds, whatever its element calls it. */
export function heldIn(state: ElementState | undefined): unknown {
  return Object.entries(state ?? {}).find(([name]) => name !== 'type')?.[1];
}
