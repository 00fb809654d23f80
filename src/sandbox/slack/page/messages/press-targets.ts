import type { Json } from '../draw/json.js';
import { recordOf, recordsOf, stringOf, textOf } from '../draw/json.js';
import { blockIdOf } from '../modal/view-values.js';
import { plainText } from '../text/inline.js';

/** A button of a message, as it can be pressed from elsewhere. */
export interface ClickTarget {
  readonly label: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly value: string;
}

/** Finds the buttons of a message that report a press; links to other pages are left out. */
export function clickTargets(blocks: readonly Json[]): readonly ClickTarget[] {
  return blocks.flatMap((block, index) => {
    const accessory = block.accessory === undefined ? [] : [recordOf(block.accessory)];
    const elements = block.type === 'actions' ? recordsOf(block.elements) : accessory;
    const buttons = elements.filter((element) => element.type === 'button' && element.url === undefined);
    return buttons.map((button) => {
      const label = plainText(textOf(button.text));
      const { action_id: actionId, value } = button;
      return {
        label,
        blockId: blockIdOf(block, index),
        actionId: stringOf(actionId),
        value: stringOf(value),
      };
    });
  });
}
