import { blockNodes } from '../blocks/block.js';
import type { BlockScope } from '../blocks/scope.js';
import { el, keepFocus } from '../dom.js';
import { icon } from '../icons.js';
import { recordsOf, textOf } from '../json.js';
import type { OpenView } from '../protocol.js';
import { plainWords } from '../text/inline.js';
import { createDrafts } from './drafts.js';
import type { Values } from './view-values.js';
import { findProblems, readValues } from './view-values.js';

/** What happens outside a modal when something is done in it. */
export interface ModalHost {
  submit(viewId: string, values: Values): void;
  close(viewId: string): void;
  pressInView(press: {
    viewId: string;
    blockId: string;
    actionId: string;
    value?: string;
    values: Values;
  }): void;
  /** Everything blocks need that is not about the modal. */
  surroundings(): Pick<BlockScope, 'reader' | 'members' | 'conversations' | 'opened'>;
}

/** The modals of the person at the screen. */
export interface ModalStack {
  /** Shows the last of these views, or none. */
  show(views: readonly OpenView[]): void;
}

/** Creates a stack that shows nothing yet. */
export function createModalStack(host: ModalHost): ModalStack {
  const drafts = createDrafts();
  const local = new Map<string, Readonly<Record<string, string>>>();
  const dialog = el('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title' });
  let shown: readonly OpenView[] = [];
  let signature = '';

  const top = (): OpenView | undefined => shown.at(-1);
  const leave = (): void => {
    const view = top();
    if (view !== undefined) host.close(view.id);
  };
  const send = (): void => {
    const view = top();
    if (view === undefined || view.isSubmitting) return;
    const values = readValues(view.view, (blockId, actionId) => drafts.read(view.id, blockId, actionId));
    const problems = findProblems(view.view, values);
    local.set(view.id, problems);
    if (Object.keys(problems).length === 0) host.submit(view.id, values);
    draw();
    focusFirstError(dialog);
  };
  const scopeOf = (view: OpenView): BlockScope => ({
    ...host.surroundings(),
    key: view.id,
    errors: { ...view.errors, ...local.get(view.id) },
    isBusy: () => false,
    typed: (blockId, actionId) => drafts.read(view.id, blockId, actionId),
    remember: (entry) => drafts.write(view.id, entry),
    press(press) {
      const values = readValues(view.view, (blockId, actionId) => drafts.read(view.id, blockId, actionId));
      host.pressInView({ viewId: view.id, ...press, values });
    },
  });
  const draw = (): void => {
    const view = top();
    if (view === undefined) return;
    const scrollTop = dialog.querySelector('.modal-body')?.scrollTop ?? 0;
    keepFocus(dialog, () => {
      dialog.replaceChildren(
        modalNode({ view, scope: scopeOf(view), isStacked: shown.length > 1, leave, send }),
      );
    });
    dialog.querySelector('.modal-body')?.scrollTo({ top: scrollTop });
  };
  wireDialog(dialog, { leave, send, isOpen: () => top() !== undefined });
  document.body.append(dialog);
  return {
    show(views) {
      const before = top();
      shown = views;
      const view = top();
      const now = JSON.stringify(views);
      if (now === signature) return;
      signature = now;
      drafts.keepOnly(views.map(({ id }) => id));
      if (view === undefined) return dialog.close();
      if (JSON.stringify(before?.errors) !== JSON.stringify(view.errors)) local.delete(view.id);
      draw();
      if (!dialog.open) dialog.showModal();
      if (before?.id !== view.id) focusFirstField(dialog);
      if (before?.isSubmitting === true && !view.isSubmitting) focusFirstError(dialog);
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

interface ModalParts {
  readonly view: OpenView;
  readonly scope: BlockScope;
  readonly isStacked: boolean;
  leave(): void;
  send(): void;
}

function modalNode({ view, scope, isStacked, leave, send }: ModalParts): HTMLElement {
  const { title, submit, close, blocks } = view.view;
  const busy = view.isSubmitting;
  const submitLabel = plainWords(textOf(submit));
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    send();
  };
  const closeLabel = plainWords(textOf(close)) || (submitLabel === '' ? 'Close' : 'Cancel');
  return el(
    'form',
    { class: 'modal-form', onsubmit, novalidate: true, 'aria-busy': busy || undefined },
    el(
      'header',
      { class: 'modal-head' },
      isStacked &&
        el(
          'button',
          { class: 'icon-button', type: 'button', 'aria-label': 'Back', onclick: leave },
          icon('back'),
        ),
      el('h2', { id: 'modal-title' }, plainWords(textOf(title))),
      el(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': 'Close', 'data-focus': 'x', onclick: leave },
        icon('close'),
      ),
    ),
    el('div', { class: 'modal-body' }, ...blockNodes(recordsOf(blocks), scope)),
    el(
      'footer',
      { class: 'modal-foot' },
      el('button', { class: 'button', type: 'button', 'data-focus': 'close', onclick: leave }, closeLabel),
      submitLabel !== '' &&
        el(
          'button',
          {
            class: `button button-primary${busy ? ' is-busy' : ''}`,
            type: 'submit',
            'data-focus': 'submit',
            'aria-disabled': busy || undefined,
          },
          el('span', { class: 'button-label' }, submitLabel),
          busy && el('span', { class: 'spinner', 'aria-hidden': 'true' }),
        ),
    ),
  );
}

function focusFirstField(dialog: HTMLElement): void {
  const field =
    dialog.querySelector<HTMLElement>('[autofocus]') ??
    dialog.querySelector<HTMLElement>('.modal-body .control, .modal-body input');
  (field ?? dialog.querySelector<HTMLElement>('.modal-foot .button:last-child'))?.focus();
}

function focusFirstError(dialog: HTMLElement): void {
  dialog.querySelector<HTMLElement>('.has-error .control, .has-error input')?.focus();
}
