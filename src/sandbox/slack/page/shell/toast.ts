import { el } from '../draw/dom.js';

const shownForMs = 5000;

/** Says a short sentence at the bottom of the page for a few seconds, above any open modal. */
export function toast(text: string, tone: 'plain' | 'problem' = 'plain'): void {
  const role = tone === 'problem' ? 'alert' : 'status';
  const node = el('div', { class: `toast toast-${tone}`, popover: 'manual', role }, text);
  for (const old of document.querySelectorAll('.toast')) old.remove();
  document.body.append(node);
  node.showPopover();
  setTimeout(() => node.remove(), shownForMs);
}
