import type { Api } from '../api.js';
import { el } from '../dom.js';
import { icon } from '../icons.js';
import type { TrafficEntry } from '../protocol.js';
import { clockTime } from '../text/slack-date.js';
import { jsonNodes } from './json-nodes.js';

/** The drawer with everything that app and workspace said to each other. */
export interface TrafficDrawer {
  readonly node: HTMLElement;
  readonly toggle: HTMLButtonElement;
  /** Reads what is new, if anybody is looking. */
  refresh(): Promise<void>;
}

const keptRows = 400;

/** Creates the closed drawer and the button that opens it. */
export function createTrafficDrawer(api: Api): TrafficDrawer {
  let last = 0;
  let isOpen = false;
  const list = el('ol', { class: 'traffic-list', 'aria-label': 'Requests and frames' });
  const none = el('p', { class: 'traffic-none' }, 'Nothing yet. Press a button or write something.');
  const filter = el('input', {
    class: 'control',
    type: 'search',
    placeholder: 'Filter by name or outcome',
    'aria-label': 'Filter',
  });
  const close = el(
    'button',
    { class: 'icon-button', type: 'button', 'aria-label': 'Close raw traffic' },
    icon('close'),
  );
  const node = el(
    'aside',
    { class: 'traffic', 'aria-label': 'Raw traffic', hidden: true },
    el(
      'header',
      { class: 'traffic-head' },
      el(
        'div',
        {},
        el('h2', {}, 'Raw traffic'),
        el('p', {}, '→ to the app, ← from the app. Newest first, secrets masked.'),
      ),
      close,
    ),
    el('div', { class: 'traffic-filter' }, filter),
    el('div', { class: 'traffic-scroll' }, none, list),
  );
  const toggle = el(
    'button',
    { class: 'top-button', type: 'button', 'aria-expanded': 'false', 'data-focus': 'traffic' },
    icon('traffic'),
    el('span', {}, 'Raw traffic'),
  );
  const refresh = async (): Promise<void> => {
    if (!isOpen) return;
    const entries = (await api.traffic(last)).filter((entry) => entry.n > last);
    last = Math.max(last, ...entries.map((entry) => entry.n));
    list.prepend(...entries.reverse().map(entryNode));
    while (list.children.length > keptRows) list.lastElementChild?.remove();
    none.hidden = list.children.length > 0;
    applyFilter(list, filter.value);
  };
  const open = (isNowOpen: boolean): void => {
    isOpen = isNowOpen;
    node.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) void refresh();
    else toggle.focus();
  };
  toggle.addEventListener('click', () => open(!isOpen));
  close.addEventListener('click', () => open(false));
  for (const place of [node, toggle]) {
    place.addEventListener('keydown', (event: Event) => {
      if (isOpen && event instanceof KeyboardEvent && event.key === 'Escape') open(false);
    });
  }
  filter.addEventListener('input', () => applyFilter(list, filter.value));
  return { node, toggle, refresh };
}

function applyFilter(list: HTMLElement, words: string): void {
  const wanted = words.trim().toLowerCase();
  for (const row of list.querySelectorAll<HTMLElement>('li')) {
    row.hidden = !(row.dataset.words ?? '').includes(wanted);
  }
}

function entryNode(entry: TrafficEntry): HTMLElement {
  const isOut = entry.direction === 'app-to-slack';
  const isFine = /^(?:ok|ack|acked|2\d\d)\b/i.test(entry.outcome);
  const way = isOut ? 'App to workspace' : 'Workspace to app';
  const details = el(
    'details',
    {},
    el(
      'summary',
      {},
      el('span', { class: `way ${isOut ? 'way-in' : 'way-out'}`, title: way }, icon(isOut ? 'in' : 'out')),
      el('span', { class: 'traffic-name' }, entry.name),
      el('span', { class: isFine ? 'outcome' : 'outcome outcome-problem' }, entry.outcome),
      el(
        'span',
        { class: 'duration' },
        entry.durationMs === undefined ? '' : `${Math.round(entry.durationMs)} ms`,
      ),
      el('time', {}, clockTime(entry.atMs, { nowMs: entry.atMs })),
    ),
  );
  // Bodies are drawn when somebody looks, because there may be hundreds of them.
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(bodyNode('Request', entry.request), bodyNode('Response', entry.response));
  });
  const words = `${entry.name} ${entry.outcome} ${entry.direction}`.toLowerCase();
  return el('li', { 'data-words': words }, details);
}

function bodyNode(title: string, body: unknown): HTMLElement {
  const text = JSON.stringify(body, undefined, 2) ?? 'nothing';
  return el('div', { class: 'body' }, el('h3', {}, title), el('pre', {}, ...jsonNodes(text)));
}
