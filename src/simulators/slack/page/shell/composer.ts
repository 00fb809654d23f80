import type { Answer } from '../api.js';
import { el } from '../dom.js';
import { icon } from '../icons.js';

/** Where a person writes. */
export interface Composer {
  readonly node: HTMLElement;
  /** Turns to another conversation; what was being written there comes back. */
  turnTo(place: { key: string; placeholder: string; closedBecause: string | undefined }): void;
}

/**
 * Creates a composer that sends with Enter and breaks the line with Shift and Enter.
 *
 * A text leaves the field only when the workspace took it; every conversation and person has a draft of its own.
 */
export function createComposer(say: (text: string) => Promise<Answer>): Composer {
  const drafts = new Map<string, string>();
  let place = '';
  const field = el('textarea', { class: 'composer-field', rows: 1, 'data-focus': 'composer' });
  const send = el('button', { class: 'composer-send', type: 'submit', 'aria-label': 'Send' }, icon('send'));
  const closed = el('p', { class: 'composer-closed', hidden: true });
  const grow = (): void => {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    send.disabled = field.value.trim() === '';
  };
  const submit = async (): Promise<void> => {
    const text = field.value.trim();
    const sentFrom = place;
    if (text === '') return;
    const answer = await say(text);
    if (answer.kind === 'refused') return;
    drafts.delete(sentFrom);
    if (sentFrom === place && field.value.trim() === text) field.value = '';
    grow();
  };
  field.addEventListener('input', () => {
    drafts.set(place, field.value);
    grow();
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });
  const form = el('form', { class: 'composer' }, el('div', { class: 'composer-box' }, field, send));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  const hint = el(
    'p',
    { class: 'composer-hint' },
    kbd('Enter'),
    ' sends, ',
    kbd('Shift Enter'),
    ' starts a new line, ',
    kbd('/'),
    ' begins a command',
  );
  form.append(hint);
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

function kbd(words: string): HTMLElement {
  return el('kbd', {}, words);
}
