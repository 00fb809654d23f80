import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { ApiResult } from '../session/api.js';

/** Where a person writes. */
export interface Composer {
  readonly node: HTMLElement;
  /** Turns to another conversation; what was being written there comes back. */
  turnTo(place: ComposerPlace): void;
}

/** The conversation a composer writes to. */
export interface ComposerPlace {
  /** Unique for person and conversation. */
  readonly key: string;
  readonly placeholder: string;
  /** Why nothing can be written here, when that is so. */
  readonly closedBecause: string | undefined;
}

const highestPx = 200;

/**
 * Creates a composer that sends with Enter and breaks the line with Shift and Enter.
 *
 * A text leaves the field only when the workspace took it; every conversation and person has a draft of its own.
 */
export function createComposer(say: (text: string) => Promise<ApiResult>): Composer {
  const drafts = new Map<string, string>();
  let place = '';
  const { form, field, send, closed } = composerParts();
  const grow = (): void => {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, highestPx)}px`;
    send.disabled = field.value.trim() === '';
  };
  const submit = async (): Promise<void> => {
    const text = field.value.trim();
    const sentFrom = place;
    if (text === '' || (await say(text)).kind === 'refused') return;
    drafts.delete(sentFrom);
    if (sentFrom === place && field.value.trim() === text) field.value = '';
    grow();
  };
  field.addEventListener('input', () => {
    drafts.set(place, field.value);
    grow();
  });
  sendOn(form, field, () => void submit());
  return {
    node: el('div', { class: 'composer-area' }, form, closed),
    turnTo({ key, placeholder, closedBecause }) {
      form.hidden = closedBecause !== undefined;
      closed.hidden = closedBecause === undefined;
      closed.textContent = closedBecause ?? '';
      field.placeholder = placeholder;
      field.setAttribute('aria-label', placeholder);
      if (key === place) return;
      place = key;
      field.value = drafts.get(key) ?? '';
      grow();
    },
  };
}

function sendOn(form: HTMLFormElement, field: HTMLTextAreaElement, submit: () => void): void {
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
}

function composerParts() {
  const field = el('textarea', { class: 'composer-field', rows: 1 });
  const send = el('button', { class: 'composer-send', type: 'submit', 'aria-label': 'Send' }, icon('send'));
  const closed = el('p', { class: 'composer-closed', hidden: true });
  const key = (text: string): HTMLElement => el('kbd', {}, text);
  const hint = el('p', { class: 'composer-hint' });
  hint.append(
    key('Enter'),
    ' sends, ',
    key('Shift Enter'),
    ' starts a new line, ',
    key('/'),
    ' begins a command',
  );
  const form = el('form', { class: 'composer' }, el('div', { class: 'composer-box' }, field, send), hint);
  return { form, field, send, closed };
}
