import { isObject, type JsonObject } from '../wire/json-object.js';

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
    return filled;
  });
}

function withActionId(element: JsonObject, nextId: () => string): JsonObject {
  const type = element.type;
  if (typeof type !== 'string' || !INTERACTIVE.test(type)) return element;
  return { ...element, action_id: element.action_id ?? nextId() };
}
