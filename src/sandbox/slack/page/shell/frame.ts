import { el, keepFocus } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { ShownConversation, WorkspaceState } from '../protocol.js';
import type { TrafficDrawer } from '../traffic/traffic-drawer.js';
import { actingAsNode } from './acting-as.js';
import { connectionNode, headerNodes } from './header.js';
import { drawSidebar } from './sidebar.js';
import { welcomeNode } from './welcome.js';

interface FrameParts {
  readonly list: HTMLElement;
  readonly composer: HTMLElement;
  readonly traffic: TrafficDrawer;
}

/** What the frame shows besides the conversation itself. */
interface FrameView {
  readonly workspace: WorkspaceState | undefined;
  readonly open: ShownConversation | undefined;
  readonly isOnline: boolean;
}

/** Builds the page around the conversation, and answers how to draw what changes in it. */
export function createFrame({ list, composer, traffic }: FrameParts): { draw(view: FrameView): void } {
  const name = el('strong', { class: 'workspace-name' }, '…');
  const connection = el('div', { class: 'connection-host' });
  const person = el('div', {});
  const sidebar = el('nav', { class: 'sidebar', 'aria-label': 'Conversations' });
  const header = el('header', { class: 'conversation-head' });
  const top = el(
    'header',
    { class: 'top' },
    el('div', { class: 'workspace' }, mark(), name),
    connection,
    el('div', { class: 'top-right' }, traffic.toggle, person),
  );
  const main = el('main', { class: 'main' }, header, welcomeNode(), list, composer);
  document.body.append(top, el('div', { class: 'columns' }, sidebar, main, traffic.node));
  return {
    draw({ workspace, open, isOnline }) {
      replaceIfNew(connection, [connectionNode(workspace, isOnline)]);
      if (workspace === undefined) return;
      name.textContent = workspace.teamName;
      replaceIfNew(header, headerNodes(workspace, open));
      keepFocus(person, () => replaceIfNew(person, [actingAsNode(workspace, open)]));
      drawSidebar(sidebar, workspace, open?.id);
      document.title = titleOf(workspace, open);
    },
  };
}

/** Leaves what looks the same alone, so that focus, hover and announcements are not disturbed. */
function replaceIfNew(host: HTMLElement, nodes: readonly Node[]): void {
  const html = (node: Node): string => (node instanceof Element ? node.outerHTML : (node.textContent ?? ''));
  if (nodes.map(html).join('') !== host.innerHTML) host.replaceChildren(...nodes);
}

function titleOf(workspace: WorkspaceState, open: ShownConversation | undefined): string {
  const unread = workspace.conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
  const place = open === undefined ? '' : `${open.kind === 'channel' ? '#' : ''}${open.name} · `;
  return `${unread > 0 ? `(${unread}) ` : ''}${place}${workspace.teamName}`;
}

function mark(): HTMLElement {
  return el('span', { class: 'workspace-mark', 'aria-hidden': 'true' }, icon('check'));
}
