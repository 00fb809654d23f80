import htm from 'htm';
import { type ComponentChildren, h, render, type VNode } from 'preact';
import type { Member } from './protocol.js';

/** What can stand inside an element; nothing is drawn for `false` and `undefined`. */
export type Child = ComponentChildren;

/** Draws a template with preact; what an app or a person wrote becomes text and is never read as HTML. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode;

/** Joins the class names that apply. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}

const paths = {
  hash: 'M6.5 2.5 5 13.5M11 2.5 9.5 13.5M2.8 5.8h11M2.2 10.2h11',
  close: 'm4 4 8 8m0-8-8 8',
  chevron: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  twice: 'M5.2 2.5 2.5 8h3l-1 5.5M11.2 2.5 8.5 8h3l-1 5.5',
  people:
    'M6 7.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6ZM2 13c.2-2.6 1.8-4 4-4s3.8 1.4 4 4M10.6 3a2.2 2.2 0 0 1 0 4.2M11.8 9.3c1.3.5 2.1 1.7 2.2 3.7',
  traffic: 'M2.5 5.5h10m0 0L9.8 2.8M12.5 5.5 9.8 8.2M13.5 10.5h-10m0 0 2.7-2.7m-2.7 2.7 2.7 2.7',
  out: 'M3 8h10m0 0L9 4m4 4-4 4',
  in: 'M13 8H3m0 0 4-4M3 8l4 4',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  send: 'M2.5 13.5 14 8 2.5 2.5l1.6 4.6L9 8l-4.9.9-1.6 4.6Z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  check: 'm3.2 8.4 3.2 3.2 6.4-7',
  down: 'M8 3v10m0 0 4-4m-4 4L4 9',
  external: 'M6.5 3.5h-3v9h9v-3M9.5 3h3.5v3.5M13 3 7.5 8.5',
  archive: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3',
  alert: 'M8 2.5 14.2 13H1.8L8 2.5ZM8 6.5v3M8 11.2v.01',
} as const;

/** The names of the icons there are. */
export type IconName = keyof typeof paths;

/** Draws a small line icon in the color of the text around it; it is hidden from screen readers. */
export function icon(name: IconName): VNode {
  const path = html`<path d=${paths[name]} />`;
  return html`<svg viewBox="0 0 16 16" class="icon icon-${name}" aria-hidden="true">${path}</svg>`;
}

/** Draws a small label in capitals. */
export function badge(text: string, more = ''): VNode {
  return html`<span class=${classes('badge', more)}>${text}</span>`;
}

/** Draws the sign that something is under way. */
export function spinner(): VNode {
  return html`<span class="spinner" aria-hidden="true" />`;
}

/** Draws a button that is only an icon. */
export function iconButton(name: IconName, label: string, onclick: () => void): VNode {
  return html`<button class="icon-button" type="button" aria-label=${label} onclick=${onclick}>${icon(name)}</button>`;
}

/** Draws a member's picture: colored initials, or the mark of an app. */
export function avatar(member: Member | undefined, size: 'large' | 'small' = 'large'): VNode {
  const isBot = member?.isBot ?? false;
  const names = classes(`avatar avatar-${size}`, isBot && 'tint-app', member?.isDeactivated && 'is-faded');
  const style = isBot ? undefined : { background: tintOf(member?.id ?? '') };
  const content = isBot ? icon('check') : initialsOf(member?.realName ?? '?');
  return html`<span class=${names} style=${style} aria-hidden="true">${content}</span>`;
}

/** Answers up to two letters that stand for a name. */
function initialsOf(name: string): string {
  const text = name.split(/[\s._-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = text.length > 1 ? [text[0], text.at(-1)] : [text[0]];
  return letters.map((word) => (word ?? '?').charAt(0).toUpperCase()).join('');
}

const tints = ['#a8325e', '#2f6b4f', '#8a4b16', '#3a57a6', '#6d3f93', '#16697a', '#7b5a12', '#51617a'];

/** Spreads ids that differ in one letter over all tints (FNV-1a). */
function tintOf(id: string): string {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return tints[((hash ^ (hash >>> 13)) >>> 0) % tints.length] ?? '';
}

const shownForMs = 5000;

/** Says a short sentence at the bottom of the page for a few seconds, above any open modal. */
export function toast(text: string, tone: 'plain' | 'problem' = 'plain'): void {
  for (const old of document.querySelectorAll('.toast')) old.remove();
  const node = appended('div', document.body, { class: `toast toast-${tone}`, popover: 'manual' });
  node.role = tone === 'problem' ? 'alert' : 'status';
  node.textContent = text;
  node.showPopover();
  setTimeout(() => node.remove(), shownForMs);
}

const gapPx = 6;

/**
 * Opens a panel beside the button that was pressed and gives its content a way to close it.
 *
 * Escape, a click elsewhere or a second press of the button close it; focus returns to the button.
 */
export function openPopover(anchor: HTMLElement, content: (close: () => void) => VNode): void {
  // Inside a modal the panel must belong to it, or the modal would keep it out of reach.
  const host = anchor.closest('dialog') ?? document.body;
  const panel = appended('div', host, { class: 'popover', popover: 'auto' });
  render(
    content(() => panel.hidePopover()),
    panel,
  );
  panel.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    anchor.setAttribute('aria-expanded', 'false');
    panel.remove();
  });
  panel.addEventListener('keydown', (event) => moveAmongItems(panel, event));
  panel.showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  place(panel, anchor);
  panel.querySelector<HTMLElement>('[aria-current="true"], button, a, select, input')?.focus();
}

/** Adds an element that lives beside what preact draws. */
export function appended<Tag extends 'div' | 'dialog'>(
  tag: Tag,
  host: HTMLElement,
  attributes: Readonly<Record<string, string>>,
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  host.append(node);
  return node;
}

function place(panel: HTMLElement, anchor: HTMLElement): void {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const isRoomBelow = from.bottom + gapPx + height < window.innerHeight;
  const top = isRoomBelow ? from.bottom + gapPx : Math.max(gapPx, from.top - gapPx - height);
  const left = from.left > window.innerWidth / 2 ? from.right - width : from.left;
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
