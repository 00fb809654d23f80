import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { TrafficEntry } from '../protocol.js';
import { clockTime } from '../text/slack-date.js';
import { jsonNodes } from './json-nodes.js';

/** Draws one request or frame as a line that opens to its bodies. */
export function trafficEntryNode(entry: TrafficEntry): HTMLElement {
  const isFromApp = entry.direction === 'app-to-slack';
  const text = isFromApp ? 'App to workspace' : 'Workspace to app';
  const isFine = /^(?:ok|ack|acked|2\d\d)\b/i.test(entry.outcome);
  const way = {
    class: isFromApp ? 'way way-in' : 'way way-out',
    role: 'img',
    title: text,
    'aria-label': text,
  };
  const details = el(
    'details',
    {},
    el(
      'summary',
      {},
      el('span', way, icon(isFromApp ? 'in' : 'out')),
      el('span', { class: 'traffic-name', title: entry.name }, entry.name),
      el('span', { class: isFine ? 'outcome' : 'outcome outcome-problem' }, entry.outcome),
      el('span', { class: 'duration' }, durationText(entry.durationMs)),
      el('time', {}, clockTime(entry.atMs, { nowMs: entry.atMs })),
    ),
  );
  // Bodies are drawn when somebody looks, because there may be hundreds of them.
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(bodyNode('Request', entry.request), bodyNode('Response', entry.response));
  });
  const searched = `${entry.name} ${entry.outcome} ${entry.direction}`.toLowerCase();
  return el('li', { 'data-words': searched }, details);
}

function bodyNode(title: string, body: unknown): HTMLElement {
  const text = JSON.stringify(body, undefined, 2) ?? 'nothing';
  return el('div', { class: 'body' }, el('h3', {}, title), el('pre', {}, ...jsonNodes(text)));
}

function durationText(durationMs: number | undefined): string {
  if (durationMs === undefined) return '';
  if (durationMs >= 1000) return `${(durationMs / 1000).toFixed(1)} s`;
  return durationMs < 1 ? '<1 ms' : `${Math.round(durationMs)} ms`;
}
