import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';

const dismissedKey = 'countersign-welcome-dismissed';

/** Draws the strip that tells a newcomer what this page is; undefined once it was closed. */
export function welcomeNode(): HTMLElement | undefined {
  if (localStorage.getItem(dismissedKey) !== null) return undefined;
  const close = el(
    'button',
    { class: 'icon-button', type: 'button', 'aria-label': 'Close this hint' },
    icon('close'),
  );
  const strip = el(
    'div',
    { class: 'welcome', role: 'note' },
    el(
      'p',
      {},
      el('strong', {}, 'A simulated workspace. '),
      'Be anyone with ',
      el('em', {}, 'Acting as'),
      ', press what you like, point at a card to press it twice. Nothing leaves your machine.',
    ),
    close,
  );
  close.addEventListener('click', () => {
    localStorage.setItem(dismissedKey, 'yes');
    strip.remove();
  });
  return strip;
}
