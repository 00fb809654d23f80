import { blockNodes } from '../blocks/block.js';
import type { BlockScope } from '../blocks/scope.js';
import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import { recordsOf, textOf } from '../draw/json.js';
import type { OpenView } from '../protocol.js';
import { plainText } from '../text/inline.js';

/** What a modal is drawn from, and what its buttons do. */
export interface ModalParts {
  readonly view: OpenView;
  readonly scope: BlockScope;
  /** True when another modal waits behind it. */
  readonly isStacked: boolean;
  leave(): void;
  send(): void;
}

/** Draws a modal: title, blocks, and the buttons its view names. */
export function modalNode(parts: ModalParts): HTMLElement {
  const { view, scope, send } = parts;
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    send();
  };
  return el(
    'form',
    { class: 'modal-form', onsubmit, novalidate: true, 'aria-busy': view.isSubmitting || undefined },
    headNode(parts),
    el('div', { class: 'modal-body' }, ...blockNodes(recordsOf(view.view.blocks), scope)),
    view.warning !== undefined &&
      el('p', { class: 'modal-warning', role: 'alert' }, icon('alert'), view.warning),
    footNode(parts),
  );
}

function headNode({ view, isStacked, leave }: ModalParts): HTMLElement {
  const button = (text: string, name: 'back' | 'close'): HTMLElement => {
    const attributes = { class: 'icon-button', type: 'button', 'aria-label': text, 'data-focus': text };
    return el('button', { ...attributes, onclick: leave }, icon(name));
  };
  return el(
    'header',
    { class: 'modal-head' },
    isStacked && button('Back', 'back'),
    el('h2', { id: 'modal-title' }, plainText(textOf(view.view.title))),
    button('Close', 'close'),
  );
}

function footNode({ view, leave }: ModalParts): HTMLElement {
  const isBusy = view.isSubmitting;
  const submit = plainText(textOf(view.view.submit));
  const close = plainText(textOf(view.view.close)) || (submit === '' ? 'Close' : 'Cancel');
  const attributes = {
    class: `button button-primary${isBusy ? ' is-busy' : ''}`,
    type: 'submit',
    'data-focus': 'submit',
    'aria-disabled': isBusy || undefined,
  };
  const spinner = isBusy && el('span', { class: 'spinner', 'aria-hidden': 'true' });
  return el(
    'footer',
    { class: 'modal-foot' },
    el('button', { class: 'button', type: 'button', 'data-focus': 'cancel', onclick: leave }, close),
    submit !== '' && el('button', attributes, el('span', { class: 'button-label' }, submit), spinner),
  );
}
