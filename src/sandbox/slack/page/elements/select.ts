import type { Slot } from '../blocks/scope.js';
import { el } from '../draw/dom.js';
import type { Json } from '../draw/json.js';
import { recordsOf, stringOf, textOf } from '../draw/json.js';
import { stateHolding } from '../modal/element-state.js';
import { chosenValues, optionsOf } from './option.js';

/** Draws a select as the browser's own list; choosing reports a press where the app listens. */
export function selectNode(slot: Slot): HTMLElement {
  const { element, id, labelling } = slot;
  const [chosen = ''] = chosenValues(slot);
  const placeholder = textOf(element.placeholder) || 'Select an option';
  const select = el(
    'select',
    {
      class: 'control select',
      id,
      'data-focus': id,
      'data-action': stringOf(element.action_id),
      ...labelling,
    },
    el('option', { value: '', disabled: true, selected: chosen === '' }, placeholder),
    ...choices(slot, chosen),
  );
  if (labelling['aria-labelledby'] === undefined) select.setAttribute('aria-label', placeholder);
  select.addEventListener('change', () => {
    const option = optionsOf(element).find((candidate) => candidate.value === select.value);
    slot.remember(stateHolding(element, option ?? select.value));
    slot.act(select.value);
  });
  return select;
}

function choices(slot: Slot, chosen: string): readonly HTMLElement[] {
  const { element, scope } = slot;
  const choice = (value: string, text: string): HTMLElement =>
    el('option', { value, selected: value === chosen }, text);
  const choiceOf = (option: Json): HTMLElement => choice(stringOf(option.value), textOf(option.text));
  if (element.type === 'users_select') {
    return scope.members
      .filter((member) => !member.isDeactivated)
      .map((member) => choice(member.id, member.realName));
  }
  if (element.type === 'channels_select' || element.type === 'conversations_select') {
    const channels = scope.conversations.filter((conversation) => conversation.kind === 'channel');
    return channels.map((channel) => choice(channel.id, `#${channel.name}`));
  }
  const groups = recordsOf(element.option_groups).map((group) =>
    el('optgroup', { label: textOf(group.label) }, ...recordsOf(group.options).map(choiceOf)),
  );
  return [...recordsOf(element.options).map(choiceOf), ...groups];
}
