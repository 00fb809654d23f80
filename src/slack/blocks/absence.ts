import type { InputBlock, ModalView } from '@slack/types';
import { personKey } from '../../domain/person.js';
import type { AwayChoices } from '../../use-cases/delegation.js';
import { awayFields, callbackIds } from '../ids.js';
import { awayText } from '../text/absence.js';
import { plainText } from './blocks.js';

/** A menu takes no more, and the value of an option no more letters. */
const most = { options: 100, value: 150 };

/** Asks an approver until when they are away, and who decides in their place. */
export function awayModal({ rules, delegates }: AwayChoices): ModalView {
  return {
    type: 'modal',
    callback_id: callbackIds.away,
    title: plainText(awayText.title, 24),
    submit: plainText(awayText.submit, 24),
    close: plainText(awayText.cancel, 24),
    blocks: [
      {
        type: 'input',
        block_id: awayFields.until,
        label: plainText(awayText.until),
        hint: plainText(awayText.untilHint, 150),
        element: {
          type: 'plain_text_input',
          action_id: awayFields.until,
          max_length: 40,
          focus_on_load: true,
        },
      },
      ...menu(
        'delegate',
        delegates.map(({ id, name }) => [name, personKey(id)] as const),
      ),
      ...(rules.length > 1
        ? menu(
            'rule',
            rules.map((rule) => [rule, rule] as const),
          )
        : []),
    ],
  };
}

const menuTexts = {
  delegate: { label: awayText.delegate, hint: awayText.delegateHint, none: awayText.nobody },
  rule: { label: awayText.rule, hint: awayText.ruleHint, none: awayText.everyRule },
} as const;

/** Nothing where there is nothing to choose. */
function menu(
  field: keyof typeof menuTexts,
  choices: readonly (readonly [name: string, value: string])[],
): readonly InputBlock[] {
  const { label, hint, none } = menuTexts[field];
  const options = choices
    .filter(([, value]) => value.length <= most.value)
    .slice(0, most.options)
    .map(([name, value]) => ({ text: plainText(name), value }));
  if (options.length === 0) return [];
  return [
    {
      type: 'input',
      block_id: awayFields[field],
      optional: true,
      label: plainText(label),
      hint: plainText(hint, 150),
      element: {
        type: 'static_select',
        action_id: awayFields[field],
        placeholder: plainText(none),
        options,
      },
    },
  ];
}
