import type { Child } from '../draw/dom.js';
import { el, keepFocus } from '../draw/dom.js';
import { icon } from '../draw/icons.js';

/** A row that is drawn anew only when its signature changes. */
interface KeyedRow {
  readonly key: string;
  readonly signature: string;
  /** True for what the person at the screen wrote: it is scrolled to as soon as it appears. */
  readonly isOwn: boolean;
  draw(): HTMLElement;
}

/** The scrolling part of a conversation. */
export interface MessageList {
  readonly node: HTMLElement;
  /** Shows the rows of `place`; a new place starts at its newest row, the same one keeps where it was. */
  show(place: string, rows: readonly KeyedRow[]): void;
  /** Shows words instead of rows. */
  showNothing(place: string, ...text: readonly Child[]): void;
}

const bottomTolerancePx = 48;

/**
 * Creates an empty list.
 *
 * Rows live as long as their key, so an update neither flickers nor scrolls; at the bottom the list stays at
 * the bottom, elsewhere a button offers the way down.
 */
export function createMessageList(): MessageList {
  const rowsHost = el('div', { class: 'rows', role: 'log', 'aria-live': 'polite', 'aria-label': 'Messages' });
  const scroller = el('div', { class: 'scroller', tabindex: -1 }, rowsHost);
  const toBottom = (): void => scroller.scrollTo({ top: scroller.scrollHeight });
  const jump = el(
    'button',
    { class: 'jump', type: 'button', hidden: true, onclick: toBottom },
    icon('down'),
    'New messages',
  );
  const drawn = new Map<string, { signature: string; node: HTMLElement }>();
  let shownPlace = '';
  let wasAtBottom = true;

  const isAtBottom = (): boolean =>
    scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < bottomTolerancePx;
  scroller.addEventListener('scroll', () => {
    wasAtBottom = isAtBottom();
    if (wasAtBottom) jump.hidden = true;
  });
  // A composer that grows or a drawer that opens must not hide the newest row.
  new ResizeObserver(() => wasAtBottom && toBottom()).observe(scroller);

  const enter = (place: string): boolean => {
    const isNew = place !== shownPlace;
    if (isNew) {
      drawn.clear();
      rowsHost.replaceChildren();
      jump.hidden = true;
      shownPlace = place;
    }
    return isNew;
  };
  return {
    node: el('div', { class: 'message-list' }, scroller, jump),
    show(place, rows) {
      const isNew = enter(place);
      const stick = isNew || isAtBottom();
      const before = drawn.size;
      const last = rows.at(-1);
      const isLastNew = last !== undefined && !drawn.has(last.key);
      keepFocus(rowsHost, () => reconcile({ host: rowsHost, drawn, rows, isQuiet: isNew || before === 0 }));
      if (stick || (isLastNew && last.isOwn)) toBottom();
      else if (isLastNew) jump.hidden = false;
    },
    showNothing(place, ...text) {
      enter(place);
      drawn.clear();
      rowsHost.replaceChildren(el('div', { class: 'empty' }, ...text));
    },
  };
}

interface Reconciliation {
  readonly host: HTMLElement;
  readonly drawn: Map<string, { signature: string; node: HTMLElement }>;
  readonly rows: readonly KeyedRow[];
  /** True when rows that appear should not draw attention. */
  readonly isQuiet: boolean;
}

function reconcile({ host, drawn, rows, isQuiet }: Reconciliation): void {
  const keys = new Set(rows.map((row) => row.key));
  for (const [key, { node }] of drawn) {
    if (keys.has(key)) continue;
    node.remove();
    drawn.delete(key);
  }
  if (drawn.size === 0) host.replaceChildren();
  let next = host.firstElementChild;
  for (const row of rows) {
    const old = drawn.get(row.key);
    if (old?.signature === row.signature) {
      if (old.node === next) next = next.nextElementSibling;
      else host.insertBefore(old.node, next);
      continue;
    }
    const node = row.draw();
    if (old === undefined && !isQuiet) node.classList.add('is-new');
    if (old === undefined) host.insertBefore(node, next);
    else {
      if (old.node === next) next = next.nextElementSibling;
      old.node.replaceWith(node);
    }
    drawn.set(row.key, { signature: row.signature, node });
  }
}
