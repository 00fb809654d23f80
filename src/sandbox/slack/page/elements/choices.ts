import type { Slot } from '../blocks/scope.js';
import { textNodes } from '../blocks/text-object.js';
import { el } from '../draw/dom.js';
import type { Json } from '../draw/json.js';
import { stringOf } from '../draw/json.js';
import { stateHolding } from '../modal/element-state.js';
import { chosenValues, optionsOf } from './option.js';

/** Draws radio buttons; choosing one reports a press where the app listens. */
export function radioListNode(slot: Slot): HTMLElement {
  const chosen = chosenValues(slot);
  const rows = optionsOf(slot.element).map((option) => {
    const choose = (): void => {
      slot.remember(stateHolding(slot.element, option));
      slot.act(stringOf(option.value));
    };
    return choiceRow(slot, option, {
      type: 'radio',
      isChosen: chosen.includes(stringOf(option.value)),
      choose,
    });
  });
  return el('div', { class: 'choices', role: 'radiogroup', ...slot.labelling }, ...rows);
}

/** Draws checkboxes, also for a select of several options; every change reports a press where the app listens. */
export function checkListNode(slot: Slot): HTMLElement {
  const chosen = new Set(chosenValues(slot));
  const options = optionsOf(slot.element);
  const rows = options.map((option) => {
    const value = stringOf(option.value);
    const choose = (): void => {
      if (!chosen.delete(value)) chosen.add(value);
      const held = options.filter((candidate) => chosen.has(stringOf(candidate.value)));
      slot.remember(stateHolding(slot.element, held));
      slot.act([...chosen].join(','));
    };
    return choiceRow(slot, option, { type: 'checkbox', isChosen: chosen.has(value), choose });
  });
  return el('div', { class: 'choices', role: 'group', ...slot.labelling }, ...rows);
}

interface Choice {
  readonly type: 'radio' | 'checkbox';
  readonly isChosen: boolean;
  choose(): void;
}

function choiceRow(slot: Slot, option: Json, { type, isChosen, choose }: Choice): HTMLElement {
  const { reader } = slot.scope;
  const focus = `${slot.id}/${stringOf(option.value)}`;
  return el(
    'label',
    { class: 'choice' },
    el('input', { type, name: slot.id, checked: isChosen, 'data-focus': focus, onchange: choose }),
    el(
      'span',
      { class: 'choice-words' },
      el('span', {}, ...textNodes(option.text, reader)),
      option.description !== undefined && el('small', {}, ...textNodes(option.description, reader)),
    ),
  );
}
