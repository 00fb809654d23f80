import { emptyStateOf, type StateValues, stateFieldOf } from '../../blocks/element-state.js';
import { isObject, type JsonObject, objectAt, objectsAt, textAt } from '../../wire/json-object.js';

/** What Slack's own client says about the inputs before the app hears of them, by block id. */
export function inputErrors(view: JsonObject, state: StateValues): Readonly<Record<string, string>> {
  const inputs = objectsAt(view, 'blocks').filter((block) => block.type === 'input');
  return Object.fromEntries(
    inputs.flatMap((block) => {
      const error = errorOf(block, state);
      return error === undefined ? [] : [[textAt(block, 'block_id') ?? '', error]];
    }),
  );
}

function errorOf(block: JsonObject, state: StateValues): string | undefined {
  const element = objectAt(block, 'element');
  const field = stateFieldOf(element.type);
  if (field === undefined) return undefined;
  const held = state[textAt(block, 'block_id') ?? '']?.[textAt(element, 'action_id') ?? ''];
  const value = isObject(held) ? held[field] : undefined;
  if (isEmpty(value, element)) {
    return block.optional === true ? undefined : 'Please complete this required field.';
  }
  if (typeof value !== 'string') return undefined;
  return element.type === 'number_input' ? numberError(value, element) : lengthError(value, element);
}

/** What is no number cannot be entered; Slack's client says so itself. */
function numberError(value: string, element: JsonObject): string | undefined {
  const form = element.is_decimal_allowed === true ? /^-?\d*\.?\d+$/ : /^-?\d+$/;
  return form.test(value) ? undefined : 'Please enter a valid number.';
}

function isEmpty(value: unknown, element: JsonObject): boolean {
  if (value === undefined || value === null || value === emptyStateOf(element.type)) return true;
  return Array.isArray(value) && value.length === 0;
}

function lengthError(value: string, element: JsonObject): string | undefined {
  if (element.type !== 'plain_text_input') return undefined;
  const min = Number(element.min_length ?? 0);
  const max = Number(element.max_length ?? 3000);
  if (value.length < min) return `Please enter at least ${min} characters.`;
  return value.length > max ? `Please enter at most ${max} characters.` : undefined;
}
