import { isObject, type JsonObject, objectsAt, textAt } from './api-method.js';

/** Slack's `state.values`: block id, then action id, then what the element holds. */
export type StateValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** In which field each type of element holds its state; several values where the name is a plural. */
const stateFields: Readonly<Record<string, string>> = {
  plain_text_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
  number_input: 'value',
  static_select: 'selected_option',
  external_select: 'selected_option',
  radio_buttons: 'selected_option',
  checkboxes: 'selected_options',
  multi_static_select: 'selected_options',
  multi_external_select: 'selected_options',
  users_select: 'selected_user',
  multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation',
  multi_conversations_select: 'selected_conversations',
  channels_select: 'selected_channel',
  multi_channels_select: 'selected_channels',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
  rich_text_input: 'rich_text_value',
};

/** The name of the field in which an element of this type holds its state; nothing for a plain button. */
export function stateFieldOf(type: unknown): string | undefined {
  return typeof type === 'string' && Object.hasOwn(stateFields, type) ? stateFields[type] : undefined;
}

/** What an element says in its field while nothing is chosen. */
export function emptyStateOf(field: string): readonly unknown[] | null {
  return field.endsWith('s') ? [] : null;
}

/** What the stateful elements of these blocks hold before anybody touched them. */
export function initialState(blocks: readonly JsonObject[]): StateValues {
  const values: Record<string, Record<string, unknown>> = {};
  for (const { blockId, actionId, element } of findElements(blocks)) {
    const field = stateFieldOf(element.type);
    if (field === undefined) continue;
    const held = element[`initial_${field.replace(/^selected_|^rich_text_/, '')}`] ?? emptyStateOf(field);
    values[blockId] = { ...values[blockId], [actionId]: { type: element.type, [field]: held } };
  }
  return values;
}

/**
 * Lays entered values over those of the blocks; throws on a block or action the blocks do not have, because no
 * person could have entered it. An empty text counts as none, as in Slack.
 */
export function mergeState(base: StateValues, entered: StateValues): StateValues {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const [blockId, ofBlock] of Object.entries(base)) merged[blockId] = { ...ofBlock };
  for (const [blockId, ofBlock] of Object.entries(entered)) {
    for (const [actionId, state] of Object.entries(ofBlock)) {
      const target = merged[blockId];
      const before = target?.[actionId];
      if (target === undefined || before === undefined) {
        throw new Error(`The view has no element ${blockId} / ${actionId} that holds a value`);
      }
      target[actionId] = { ...asFields(before), ...withoutEmptyText(asFields(state)) };
    }
  }
  return merged;
}

/** Keeps what was entered in elements that are still there after a view was replaced. */
export function keepState(fresh: StateValues, entered: StateValues): StateValues {
  const kept: Record<string, Record<string, unknown>> = {};
  for (const [blockId, ofBlock] of Object.entries(fresh)) {
    kept[blockId] = Object.fromEntries(
      Object.entries(ofBlock).map(([actionId, state]) => [actionId, entered[blockId]?.[actionId] ?? state]),
    );
  }
  return kept;
}

/** Finds one option of an element by its value, in plain options and in groups. */
export function optionOf(element: JsonObject, value: string): JsonObject | undefined {
  const grouped = objectsAt(element, 'option_groups').flatMap((group) => objectsAt(group, 'options'));
  return [...objectsAt(element, 'options'), ...grouped].find((one) => one.value === value);
}

function asFields(state: unknown): Record<string, unknown> {
  return typeof state === 'object' && state !== null ? { ...state } : {};
}

function withoutEmptyText(state: Record<string, unknown>): Record<string, unknown> {
  return state.value === '' ? { ...state, value: null } : state;
}

const INTERACTIVE =
  /^(button|overflow|checkboxes|radio_buttons|datepicker|timepicker|datetimepicker|workflow_button|feedback_buttons|icon_button|.*_select|.*_input)$/;

/** Gives every block a `block_id` and every interactive element an `action_id`, as Slack does on arrival. */
export function fillIds(blocks: readonly JsonObject[], nextId: () => string): readonly JsonObject[] {
  return blocks.map((block) => {
    const filled: Record<string, unknown> = { ...block, block_id: block.block_id ?? nextId() };
    for (const key of ['accessory', 'element']) {
      if (isObject(block[key])) filled[key] = withActionId(block[key], nextId);
    }
    for (const key of ['elements', 'actions']) {
      const list = block[key];
      if (Array.isArray(list)) {
        filled[key] = list.map((element) => (isObject(element) ? withActionId(element, nextId) : element));
      }
    }
    if (Array.isArray(block.child_blocks)) {
      filled.child_blocks = fillIds(objectsAt(block, 'child_blocks'), nextId);
    }
    return filled;
  });
}

function withActionId(element: JsonObject, nextId: () => string): JsonObject {
  const type = element.type;
  if (typeof type !== 'string' || !INTERACTIVE.test(type)) return element;
  return { ...element, action_id: element.action_id ?? nextId() };
}

/** An interactive element and the block it sits in. */
export interface PlacedElement {
  readonly block: JsonObject;
  readonly blockId: string;
  readonly element: JsonObject;
  readonly actionId: string;
}

/** Lists every element with an action id, block by block. */
export function findElements(blocks: readonly JsonObject[]): readonly PlacedElement[] {
  return blocks.flatMap((block) =>
    candidates(block).flatMap((element) => {
      const actionId = textAt(element, 'action_id');
      if (actionId === undefined) return [];
      return [{ block, blockId: textAt(block, 'block_id') ?? '', element, actionId }];
    }),
  );
}

function candidates(block: JsonObject): readonly JsonObject[] {
  const single = [block.accessory, block.element].filter(isObject);
  const nested = ['child_blocks', 'elements'].flatMap((key) =>
    objectsAt(block, key)
      .filter((child) => child.type === 'card' || key === 'child_blocks')
      .flatMap(candidates),
  );
  return [...single, ...objectsAt(block, 'elements'), ...objectsAt(block, 'actions'), ...nested];
}
