import { el } from '../draw/dom.js';

const gapPx = 6;

/**
 * Opens a panel beside a button and gives its content a way to close it.
 *
 * Escape, a click elsewhere or a second press of the button close it; focus returns to the button.
 */
export function openPopover(anchor: HTMLElement, content: (close: () => void) => HTMLElement): void {
  const close = (): void => panel.hidePopover();
  const panel = el('div', { class: 'popover', popover: 'auto' });
  panel.append(content(close));
  panel.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    anchor.setAttribute('aria-expanded', 'false');
    panel.remove();
  });
  panel.addEventListener('keydown', (event) => moveAmongItems(panel, event));
  // Inside a modal the panel must belong to it, or the modal would keep it out of reach.
  (anchor.closest('dialog') ?? document.body).append(panel);
  panel.showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  place(panel, anchor);
  panel.querySelector<HTMLElement>('[aria-current="true"], button, a, select, input')?.focus();
}

function place(panel: HTMLElement, anchor: HTMLElement): void {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const isRoomBelow = from.bottom + gapPx + height < window.innerHeight;
  const top = isRoomBelow ? from.bottom + gapPx : Math.max(gapPx, from.top - gapPx - height);
  const isRightHalf = from.left > window.innerWidth / 2;
  const left = isRightHalf ? from.right - width : from.left;
  panel.style.top = `${top}px`;
  panel.style.left = `${Math.max(gapPx, Math.min(left, window.innerWidth - width - gapPx))}px`;
}

function moveAmongItems(panel: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const items = [...panel.querySelectorAll<HTMLElement>('.menu-item, .person-item')];
  if (items.length === 0) return;
  event.preventDefault();
  const at = items.findIndex((item) => item.matches(':focus'));
  const next = event.key === 'ArrowDown' ? at + 1 : at - 1 + items.length;
  items[next % items.length]?.focus();
}
