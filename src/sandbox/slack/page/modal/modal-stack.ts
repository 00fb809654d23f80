import { el, keepFocus } from '../draw/dom.js';
import type { OpenView } from '../protocol.js';
import type { Session } from '../session/session.js';
import { modalNode } from './modal-node.js';
import { createViewForms } from './view-forms.js';

/** The modals of the person at the screen. */
export interface ModalStack {
  /** Shows the last of these views, or none. */
  show(views: readonly OpenView[]): void;
}

/** Creates a stack that shows nothing yet; leaving or sending a modal is told to the workspace. */
export function createModalStack(session: Session): ModalStack {
  const forms = createViewForms(session);
  const dialog = el('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title' });
  let shown: readonly OpenView[] = [];
  let signature = '[]';
  const top = (): OpenView | undefined => shown.at(-1);
  const leave = (): void => {
    const view = top();
    if (view !== undefined) void session.post('close-view', { viewId: view.id });
  };
  const send = (): void => {
    const view = top();
    if (view === undefined || view.isSubmitting) return;
    const values = forms.valuesToSubmit(view);
    draw(view);
    if (values === undefined) focusFirstError(dialog);
    else void session.post('submit-view', { viewId: view.id, values });
  };
  const draw = (view: OpenView): void => {
    const scrollTop = dialog.querySelector('.modal-body')?.scrollTop ?? 0;
    const parts = { view, scope: forms.scopeOf(view), isStacked: shown.length > 1, leave, send };
    keepFocus(dialog, () => dialog.replaceChildren(modalNode(parts)));
    dialog.querySelector('.modal-body')?.scrollTo({ top: scrollTop });
  };
  wireDialog(dialog, { leave, send, isOpen: () => top() !== undefined });
  document.body.append(dialog);
  return {
    show(views) {
      const [before, view] = [top(), views.at(-1)];
      const isSame = JSON.stringify(views) === signature;
      shown = views;
      if (isSame) return;
      signature = JSON.stringify(views);
      forms.keepOnly(views);
      if (view === undefined) return dialog.close();
      draw(view);
      if (!dialog.open) dialog.showModal();
      if (before?.id !== view.id) focusFirstField(dialog);
      else if (before.isSubmitting && !view.isSubmitting) focusFirstError(dialog);
    },
  };
}

interface Wiring {
  leave(): void;
  send(): void;
  isOpen(): boolean;
}

function wireDialog(dialog: HTMLDialogElement, { leave, send, isOpen }: Wiring): void {
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
    // Enter in a field must not decide anything; the button does.
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
    // A popover inside the modal takes the first Escape for itself.
    if (event.key !== 'Escape' || dialog.querySelector(':popover-open') !== null) return;
    event.preventDefault();
    leave();
  });
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  // The browser may insist on closing; the view is still open on the workspace's side then.
  dialog.addEventListener('close', () => isOpen() && leave());
}

function focusFirstField(dialog: HTMLElement): void {
  const fields = '.modal-body .control, .modal-body input';
  const field = dialog.querySelector<HTMLElement>('[autofocus]') ?? dialog.querySelector<HTMLElement>(fields);
  (field ?? dialog.querySelector<HTMLElement>('.modal-foot .button:last-child'))?.focus();
}

function focusFirstError(dialog: HTMLElement): void {
  dialog.querySelector<HTMLElement>('.has-error .control, .has-error input')?.focus();
}
