import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { Api } from '../session/api.js';
import { trafficEntryNode } from './traffic-entry.js';

/** The drawer with everything that app and workspace said to each other. */
export interface TrafficDrawer {
  readonly node: HTMLElement;
  /** The button that opens and closes it. */
  readonly toggle: HTMLButtonElement;
  /** Reads what is new, if anybody is looking. */
  refresh(): Promise<void>;
  /** Forgets everything, because a workspace that started again counts from one. */
  reset(): void;
}

const keptRows = 400;

/** Creates the closed drawer and its button. */
export function createTrafficDrawer(api: Api): TrafficDrawer {
  let last = 0;
  const parts = drawerParts();
  const { node, toggle, list, none, filter } = parts;
  const refresh = async (): Promise<void> => {
    if (node.hidden) return;
    const entries = (await api.traffic(last)).filter((entry) => entry.n > last);
    last = Math.max(last, ...entries.map((entry) => entry.n));
    list.prepend(...entries.reverse().map(trafficEntryNode));
    while (list.children.length > keptRows) list.lastElementChild?.remove();
    none.hidden = list.children.length > 0;
    applyFilter(list, filter.value);
  };
  wireDrawer(parts, (isOpen) => {
    node.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) void refresh();
    else toggle.focus();
  });
  return {
    node,
    toggle,
    refresh,
    reset() {
      last = 0;
      list.replaceChildren();
    },
  };
}

function drawerParts() {
  const list = el('ol', { class: 'traffic-list', 'aria-label': 'Requests and frames' });
  const none = el('p', { class: 'traffic-none' }, 'Nothing yet. Press a button or write something.');
  const filterText = { placeholder: 'Filter by name or outcome', 'aria-label': 'Filter' };
  const filter = el('input', { class: 'control', type: 'search', ...filterText });
  const closeText = { class: 'icon-button', type: 'button', 'aria-label': 'Close raw traffic' };
  const close = el('button', closeText, icon('close'));
  const legend = '→ to the app, ← from the app. Newest first, secrets masked.';
  const head = el('div', {}, el('h2', {}, 'Raw traffic'), el('p', {}, legend));
  const node = el(
    'aside',
    { class: 'traffic', 'aria-label': 'Raw traffic', hidden: true },
    el('header', { class: 'traffic-head' }, head, close),
    el('div', { class: 'traffic-filter' }, filter),
    el('div', { class: 'traffic-scroll' }, none, list),
  );
  const attributes = { class: 'top-button', type: 'button', 'aria-expanded': 'false' };
  const toggle = el('button', attributes, icon('traffic'), el('span', {}, 'Raw traffic'));
  return { node, toggle, list, none, filter, close };
}

function wireDrawer(parts: ReturnType<typeof drawerParts>, open: (isOpen: boolean) => void): void {
  const { node, toggle, list, filter, close } = parts;
  toggle.addEventListener('click', () => open(node.hidden !== false));
  close.addEventListener('click', () => open(false));
  filter.addEventListener('input', () => applyFilter(list, filter.value));
  for (const place of [node, toggle]) {
    place.addEventListener('keydown', (event: Event) => {
      if (!node.hidden && event instanceof KeyboardEvent && event.key === 'Escape') open(false);
    });
  }
}

function applyFilter(list: HTMLElement, text: string): void {
  const wanted = text.trim().toLowerCase();
  for (const row of list.querySelectorAll<HTMLElement>('li')) {
    row.hidden = !(row.dataset.text ?? '').includes(wanted);
  }
}
