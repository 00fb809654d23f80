import { textNodes } from '../blocks/text-object.js';
import { el } from '../draw/dom.js';
import { recordOf, textOf } from '../draw/json.js';
import type { Reader } from '../text/text-nodes.js';

/** Asks the question an element carries; without one the answer is yes. Escape and a click outside mean no. */
export function confirmed(question: unknown, reader: Reader): Promise<boolean> {
  if (question === undefined) return Promise.resolve(true);
  const { title, text, confirm, deny, style } = recordOf(question);
  return new Promise((resolve) => {
    const result = (isYes: boolean) => (): void => dialog.close(isYes ? 'yes' : '');
    const yesClass = `button button-${style === 'danger' ? 'danger' : 'primary'}`;
    const dialog = el(
      'dialog',
      { class: 'dialog dialog-small', 'aria-labelledby': 'confirm-title' },
      el('h2', { class: 'dialog-title', id: 'confirm-title' }, textOf(title)),
      el('div', { class: 'dialog-text' }, ...textNodes(text, reader)),
      el(
        'div',
        { class: 'dialog-buttons' },
        el('button', { class: 'button', type: 'button', onclick: result(false) }, textOf(deny) || 'Cancel'),
        el('button', { class: yesClass, type: 'button', onclick: result(true) }, textOf(confirm) || 'Yes'),
      ),
    );
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close(''));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
