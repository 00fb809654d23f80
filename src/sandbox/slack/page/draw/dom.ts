/** A listener that may name a narrower event than `Event`. */
type Listener = { bivariant(event: Event): void }['bivariant'];

/** Attributes of an element by name; listeners are functions. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | Listener;
}

/** What can stand inside an element; nothing is drawn for `false` and `undefined`. */
export type Child = Node | string | false | undefined;

/**
 * Builds an element from attributes, listeners (`onclick`) and children.
 *
 * Strings become text nodes, so nothing an app or a person wrote is ever read as HTML.
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) apply(node, name, value);
  node.append(...children.filter((child) => child !== undefined && child !== false));
  return node;
}

function apply(node: HTMLElement, name: string, value: Attributes[string]): void {
  if (value === undefined || value === false) return;
  if (typeof value === 'function') node.addEventListener(name.slice(2), value);
  else node.setAttribute(name, value === true ? '' : String(value));
}

/**
 * Runs a drawing that replaces the content of `host`, and puts focus and selection back where they were.
 *
 * An element is found again by its `data-focus` attribute.
 */
export function keepFocus(host: HTMLElement, draw: () => void): void {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && host.contains(active) ? active.dataset.focus : undefined;
  const selection = key === undefined ? undefined : selectionOf(active);
  draw();
  if (key === undefined || host.contains(document.activeElement)) return;
  const again = host.querySelector<HTMLElement>(`[data-focus="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (selection !== undefined && isTextField(again)) again.setSelectionRange(selection.from, selection.to);
}

function selectionOf(node: Element | null): { from: number; to: number } | undefined {
  if (!isTextField(node) || node.selectionStart === null) return undefined;
  return { from: node.selectionStart, to: node.selectionEnd ?? node.selectionStart };
}

function isTextField(node: Element | null | undefined): node is HTMLInputElement | HTMLTextAreaElement {
  if (node instanceof HTMLTextAreaElement) return true;
  return node instanceof HTMLInputElement && (node.type === 'text' || node.type === 'url');
}
