import { Component, createRef, type VNode } from 'preact';
import { clockTime } from './dates.js';
import { type Child, classes, html, icon, iconButton } from './parts.js';
import type { TrafficEntry } from './protocol.js';
import type { Session } from './session.js';

/** The button that opens and closes the drawer; Escape on it closes, too. */
export function trafficToggle(session: Session): VNode {
  const { isTrafficOpen: isOpen } = session;
  return html`<button class="top-button" type="button" aria-expanded=${isOpen}
    onclick=${() => session.openTraffic(!isOpen)} onkeydown=${closeOnEscape(session)}>
    ${icon('traffic')}<span>Raw traffic</span>
  </button>`;
}

/** The drawer with everything that app and workspace said to each other. */
export class TrafficDrawer extends Component<{ session: Session }> {
  #filter = '';
  readonly #node = createRef<HTMLElement>();

  override render(): VNode {
    const { session } = this.props;
    const { traffic, isTrafficOpen } = session;
    const rows = traffic.map((entry) => {
      const isWanted = searchedText(entry).includes(this.#filter);
      return html`<li key=${entry.n} hidden=${!isWanted}><${Entry} entry=${entry} /></li>`;
    });
    const filter = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
      this.#filter = currentTarget.value.trim().toLowerCase();
      this.forceUpdate();
    };
    const none = html`<p class="optional traffic-none">Nothing yet. Press a button or write something.</p>`;
    return html`<aside class="traffic" aria-label="Raw traffic" hidden=${!isTrafficOpen} ref=${this.#node}
      onkeydown=${closeOnEscape(session)}>
      <header class="traffic-head">
        <div><h2>Raw traffic</h2><p class="hint">→ to the app, ← from the app. Newest first, secrets masked.</p></div>
        ${iconButton('close', 'Close raw traffic', () => close(session))}
      </header>
      <div class="traffic-filter">
        <input class="control" type="search" placeholder="Filter by name or outcome" aria-label="Filter"
          oninput=${filter} />
      </div>
      <div class="traffic-scroll">
        ${rows.length === 0 && none}
        <ol class="traffic-list" aria-label="Requests and frames">${rows}</ol>
      </div>
    </aside>`;
  }
}

function close(session: Session): void {
  session.openTraffic(false);
  document.querySelector<HTMLElement>('.top-button')?.focus();
}

function closeOnEscape(session: Session): (event: KeyboardEvent) => void {
  return (event) => {
    if (session.isTrafficOpen && event.key === 'Escape') close(session);
  };
}

function searchedText({ name, outcome, direction }: TrafficEntry): string {
  return `${name} ${outcome} ${direction}`.toLowerCase();
}

/** One request or frame as a line that opens to its bodies. */
class Entry extends Component<{ entry: TrafficEntry }> {
  #wasOpened = false;

  override shouldComponentUpdate(): boolean {
    return false;
  }

  override render(): VNode {
    const { entry } = this.props;
    const isFromApp = entry.direction === 'app-to-slack';
    const text = isFromApp ? 'App to workspace' : 'Workspace to app';
    const isFine = /^(?:ok|ack|acked|2\d\d)\b/i.test(entry.outcome);
    // Bodies are drawn when somebody looks, because there may be hundreds of them.
    const open = (): void => {
      if (this.#wasOpened) return;
      this.#wasOpened = true;
      this.forceUpdate();
    };
    return html`<details ontoggle=${open}>
      <summary>
        <span class="way way-${isFromApp ? 'in' : 'out'}" role="img" title=${text} aria-label=${text}>
          ${icon(isFromApp ? 'in' : 'out')}
        </span>
        <span class="traffic-name" title=${entry.name}>${entry.name}</span>
        <span class=${classes('outcome', !isFine && 'outcome-problem')}>${entry.outcome}</span>
        <span class="duration">${durationText(entry.durationMs)}</span>
        <time class="duration">${clockTime(entry.atMs, { nowMs: entry.atMs })}</time>
      </summary>
      ${this.#wasOpened && [body('Request', entry.request), body('Response', entry.response)]}
    </details>`;
  }
}

function body(title: string, content: unknown): VNode {
  const text = JSON.stringify(content, undefined, 2) ?? 'nothing';
  return html`<div class="body"><h3 class="hint">${title}</h3><pre class="pre">${coloredJson(text)}</pre></div>`;
}

/** Draws formatted JSON with names, texts and other words in colors of their own. */
function coloredJson(text: string): Child {
  const nodes: Child[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\b\d+(?:\.\d+)?\b|\b(?:true|false|null)\b/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const [token, colon] = match;
    const sort = colon !== undefined ? 'name' : token.startsWith('"') ? 'text' : 'word';
    nodes.push(text.slice(at, match.index), html`<span class="json-${sort}">${token}</span>`);
    at = match.index + token.length;
  }
  return [...nodes, text.slice(at)];
}

function durationText(durationMs: number | undefined): string {
  if (durationMs === undefined) return '';
  if (durationMs >= 1000) return `${(durationMs / 1000).toFixed(1)} s`;
  return durationMs < 1 ? '<1 ms' : `${Math.round(durationMs)} ms`;
}
