import type { InputBlock } from '@slack/types';
import type { VariableSpec } from '../../../../domain/change.js';
import type { TypedValue } from '../../../../domain/command-line.js';
import { readValue } from '../../../../domain/read-variables.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { plainFormatter } from '../../messages/ink.js';
import { defaultHint, pickerText } from '../../messages/replies/picker-words.js';

/** What stands in a field from the beginning may be no longer, so that a modal with many stays small. */
const mostPrefilled = 1_000;
const mostDigits = 100;

/** Asks for one value with a field that fits its kind; it begins with what was typed, or the workflow's own value. */
export function valueInput(
  spec: VariableSpec,
  { block, values }: { readonly block: string; readonly values: readonly TypedValue[] },
): InputBlock {
  const { name, type, isRequired, default: own } = spec;
  const typed = values.find((one) => one.name.toLowerCase() === name.toLowerCase())?.text;
  const first = readValue(typed ?? own ?? '', type) ?? readValue(own ?? '', type) ?? '';
  return {
    type: 'input',
    block_id: block,
    // What the workflow has a value of its own for need not be given.
    optional: !isRequired || own !== undefined,
    label: { type: 'plain_text', text: plainFormatter.text(name, 150), emoji: false },
    ...(own === undefined || own.trim() === ''
      ? {}
      : { hint: { type: 'plain_text', text: defaultHint(own), emoji: false } }),
    element: elementFor(spec, { actionId: block, first: first.length > mostPrefilled ? '' : first }),
  };
}

function elementFor(
  { type }: VariableSpec,
  { actionId, first }: { readonly actionId: string; readonly first: string },
): InputBlock['element'] {
  const named = { action_id: actionId };
  const prefilled = first === '' ? {} : { initial_value: first };
  switch (type) {
    case 'string':
      return { type: 'plain_text_input', ...named, max_length: 3000, ...prefilled };
    case 'number':
      return {
        type: 'number_input',
        ...named,
        is_decimal_allowed: true,
        ...(first.length > mostDigits ? {} : prefilled),
      };
    case 'boolean':
      return yesOrNo(actionId, first);
    case 'date':
      return { type: 'datepicker', ...named, ...(first === '' ? {} : { initial_date: first }) };
    default:
      return assertNever(type);
  }
}

function yesOrNo(actionId: string, first: string): InputBlock['element'] {
  const options = (['true', 'false'] as const).map((value) => ({
    text: {
      type: 'plain_text' as const,
      text: value === 'true' ? pickerText.yes : pickerText.no,
      emoji: false,
    },
    value,
  }));
  const initial = options.find(({ value }) => value === first);
  return {
    type: 'radio_buttons',
    action_id: actionId,
    options,
    ...(initial ? { initial_option: initial } : {}),
  };
}
