import { el, keepFocus } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import { avatarNode } from '../messages/avatar.js';
import type { ShownConversation, WorkspaceState } from '../protocol.js';
import { routeLink } from '../session/route.js';

/** Draws the list of conversations into `host`. */
export function drawSidebar(
  host: HTMLElement,
  workspace: WorkspaceState,
  openChannel: string | undefined,
): void {
  const { conversations } = workspace;
  const section = (title: string, kind: ShownConversation['kind']): HTMLElement => {
    const shown = conversations.filter((conversation) => conversation.kind === kind);
    const rows = shown.map((conversation) => conversationNode(conversation, workspace, openChannel));
    const nothing = el(
      'p',
      { class: 'sidebar-none' },
      kind === 'im' ? 'Nobody has written yet' : 'No channels',
    );
    return el(
      'section',
      { class: 'sidebar-section' },
      el('h2', { class: 'sidebar-title' }, title),
      rows.length === 0 ? nothing : el('ul', {}, ...rows),
    );
  };
  keepFocus(host, () =>
    host.replaceChildren(section('Channels', 'channel'), section('Direct messages', 'im')),
  );
}

function conversationNode(
  conversation: ShownConversation,
  workspace: WorkspaceState,
  openChannel: string | undefined,
): HTMLElement {
  const { id, name, unread, isArchived, isMember, kind } = conversation;
  const isOpen = id === openChannel;
  const other = workspace.members.find((member) => member.id === conversation.withMember);
  const mark = kind === 'im' ? avatarNode(other, 'small') : icon(isArchived ? 'archive' : 'hash');
  const classes = ['conversation', isOpen && 'is-open', unread > 0 && 'is-unread', !isMember && 'is-outside'];
  const link = el(
    'a',
    {
      class: classes.filter(Boolean).join(' '),
      href: routeLink({ actingAs: workspace.actingAs, channel: id }),
      'aria-current': isOpen ? 'page' : undefined,
      'data-focus': id,
    },
    mark,
    el('span', { class: 'conversation-name' }, name),
    other?.isBot === true && el('span', { class: 'badge badge-dark' }, 'APP'),
    unread > 0 && el('span', { class: 'unread', 'aria-label': `${unread} unread` }, String(unread)),
  );
  return el('li', {}, link);
}
