import { el } from '../draw/dom.js';
import type { Json } from '../draw/json.js';
import { stringOf } from '../draw/json.js';

/** Draws a picture as its description, because the page loads nothing from elsewhere. */
export function imageChip(image: Json): HTMLElement {
  const text = stringOf(image.alt_text) || 'image';
  return el('span', { class: 'image-chip', role: 'img', 'aria-label': text, title: 'Image' }, text);
}
