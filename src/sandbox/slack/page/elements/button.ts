import type { Slot } from '../blocks/scope.js';
import { textNodes } from '../blocks/text-object.js';
import type { Attributes } from '../draw/dom.js';
import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import { stringOf } from '../draw/json.js';

/**
 * Draws a button, or a link when it has an address; both report the press.
 *
 * A busy button spins but can be pressed again, as in Slack: the app has to stand that.
 */
export function buttonNode(slot: Slot): HTMLElement {
  const { element, isBusy, id } = slot;
  const style = stringOf(element.style);
  const value = stringOf(element.value);
  const attributes: Attributes = {
    class: `button${style === '' ? '' : ` button-${style}`}${isBusy ? ' is-busy' : ''}`,
    'data-focus': id,
    'data-action': stringOf(element.action_id),
    'aria-label': stringOf(element.accessibility_label) || undefined,
    'aria-busy': isBusy || undefined,
    onclick: () => slot.act(value === '' ? undefined : value),
  };
  const label = el('span', { class: 'button-label' }, ...textNodes(element.text, slot.scope.reader));
  const spinner = isBusy && el('span', { class: 'spinner', 'aria-hidden': 'true' });
  const url = stringOf(element.url);
  if (!/^https?:/i.test(url)) return el('button', { ...attributes, type: 'button' }, label, spinner);
  const link = { ...attributes, href: url, target: '_blank', rel: 'noopener noreferrer' };
  return el('a', link, label, icon('external'), spinner);
}
