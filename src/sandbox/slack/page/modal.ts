import { Component, createRef, type VNode } from 'preact';
import { recordsOf, textOf } from './block-kit.js';
import { blockNodes } from './blocks.js';
import { plainText } from './mrkdwn.js';
import { classes, html, icon, iconButton, spinner } from './parts.js';
import type { OpenView } from './protocol.js';
import type { Session } from './session.js';

/** The modal on top of the person's stack; leaving or sending it is told to the workspace. */
export class Modal extends Component<{ session: Session }> {
  readonly #dialog = createRef<HTMLDialogElement>();
  #shown: OpenView | undefined;

  get #top(): OpenView | undefined {
    return this.props.session.workspace?.views.at(-1);
  }

  override componentDidUpdate(): void {
    const [before, view, dialog] = [this.#shown, this.#top, this.#dialog.current];
    this.#shown = view;
    if (dialog === null) return;
    if (view === undefined) dialog.close();
    else if (!dialog.open) dialog.showModal();
    if (view === undefined) return;
    if (before?.id !== view.id) focusFirstField(dialog);
    else if (before.isSubmitting && !view.isSubmitting) focusFirstError(dialog);
  }

  override render(): VNode {
    const view = this.#top;
    // The browser may insist on closing; the view is still open on the workspace's side then.
    const closed = (): void => {
      if (this.#top !== undefined) this.#leave();
    };
    return html`<dialog class="dialog modal" aria-labelledby="modal-title" ref=${this.#dialog} onclose=${closed}
      oncancel=${(event: Event) => event.preventDefault()} onkeydown=${(event: KeyboardEvent) => this.#key(event)}>
      ${view !== undefined && this.#form(view)}
    </dialog>`;
  }

  #leave(): void {
    const view = this.#top;
    if (view !== undefined) void this.props.session.post('close-view', { viewId: view.id });
  }

  #send(): void {
    const [view, dialog] = [this.#top, this.#dialog.current];
    if (view === undefined || dialog === null || view.isSubmitting) return;
    if (!this.props.session.submit(view)) focusFirstError(dialog);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#send();
    // Enter in a field must not decide anything; the button does.
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
    // A popover inside the modal takes the first Escape for itself.
    if (event.key !== 'Escape' || this.#dialog.current?.querySelector(':popover-open') !== null) return;
    event.preventDefault();
    this.#leave();
  }

  #form(view: OpenView): VNode {
    const { session } = this.props;
    const isStacked = (session.workspace?.views.length ?? 0) > 1;
    const submit = (event: Event): void => {
      event.preventDefault();
      this.#send();
    };
    const warning =
      view.warning !== undefined &&
      html`<p class="modal-warning" role="alert">${icon('alert')}${view.warning}</p>`;
    const leave = (): void => this.#leave();
    return html`<form key=${view.id} class="modal-form" novalidate onsubmit=${submit}
      aria-busy=${view.isSubmitting || undefined}>
      <header class="modal-head">
        ${isStacked && iconButton('back', 'Back', leave)}
        <h2 id="modal-title">${plainText(textOf(view.view.title))}</h2>
        ${iconButton('close', 'Close', leave)}
      </header>
      <div class="modal-body">${blockNodes(recordsOf(view.view.blocks), session.scopeOf(view))}</div>
      ${warning}${foot(view, leave)}
    </form>`;
  }
}

function foot({ view, isSubmitting }: OpenView, leave: () => void): VNode {
  const submit = plainText(textOf(view.submit));
  const close = plainText(textOf(view.close)) || (submit === '' ? 'Close' : 'Cancel');
  const button = html`<button class=${classes('button button-primary', isSubmitting && 'is-busy')} type="submit"
    aria-disabled=${isSubmitting || undefined}>
    <span class="button-label">${submit}</span>${isSubmitting && spinner()}
  </button>`;
  return html`<footer class="modal-foot">
    <button class="button" type="button" onclick=${leave}>${close}</button>${submit !== '' && button}
  </footer>`;
}

function focusFirstField(dialog: HTMLElement): void {
  const fields = '.modal-body .control, .modal-body input';
  const field = dialog.querySelector<HTMLElement>('[autofocus]') ?? dialog.querySelector<HTMLElement>(fields);
  (field ?? dialog.querySelector<HTMLElement>('.modal-foot .button:last-child'))?.focus();
}

function focusFirstError(dialog: HTMLElement): void {
  dialog.querySelector<HTMLElement>('.has-error .control, .has-error input')?.focus();
}
