import { Component, createRef, type VNode } from 'preact';
import { recordsOf } from './block-kit.js';
import { blockNodes } from './blocks.js';
import { MessageList } from './messages.js';
import { Modal } from './modal.js';
import { plainText } from './mrkdwn.js';
import { avatar, badge, type Child, classes, html, icon, iconButton, openPopover } from './parts.js';
import type { Member, ShownConversation, WorkspaceState } from './protocol.js';
import { routeLink } from './protocol.js';
import type { Session } from './session.js';
import { TrafficDrawer, trafficToggle } from './traffic.js';

/** Draws the whole page. */
export function page(session: Session): VNode {
  const { workspace } = session;
  const mark = html`<span class="workspace-mark" aria-hidden="true">${icon('check')}</span>`;
  return html`
    <header class="top">
      <div class="workspace">${mark}<strong class="workspace-name">${workspace?.teamName ?? '…'}</strong></div>
      <div class="connection-host">${connection(session)}</div>
      <div class="top-right">
        ${trafficToggle(session)}<div>${workspace && actingAs(workspace, session)}</div>
      </div>
    </header>
    <div class="columns">
      <nav class="sidebar" aria-label="Conversations">${workspace && sidebar(workspace, session)}</nav>
      <main class="main">
        <header class="conversation-head">${workspace && header(workspace, session)}</header>
        <${Welcome} />${session.isHome ? home(session) : conversation(session)}
      </main>
      <${TrafficDrawer} session=${session} />
    </div>
    <${Modal} session=${session} />
  `;
}

/** Says what stands in the title of the browser's window. */
export function titleOf(workspace: WorkspaceState, open: ShownConversation | undefined): string {
  const unread = workspace.conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
  const place = open === undefined ? '' : `${nameOf(open)} · `;
  return `${unread > 0 ? `(${unread}) ` : ''}${place}${workspace.teamName}`;
}

function nameOf({ kind, name }: ShownConversation): string {
  return kind === 'channel' ? `#${name}` : name;
}

/** Says whether an app is listening to this workspace. */
function connection({ workspace, isOnline }: Session): VNode {
  const isConnected = isOnline && workspace?.appIsConnected === true;
  const name = workspace?.appName ?? 'App';
  const missing = isOnline ? `${name} is not connected` : 'Simulator not reachable';
  const text = isConnected ? `${name} connected` : missing;
  return html`<span class="connection ${isConnected ? 'is-on' : 'is-off'}" role="status">${text}</span>`;
}

function conversation(session: Session): Child {
  return html`<${MessageList} session=${session} /><${Composer} session=${session} />`;
}

/** Draws what the app published for the person's Home tab. */
function home(session: Session): VNode {
  const { home: view, appName = 'The app' } = session.workspace ?? {};
  const nothing = html`<p class="sidebar-none">${appName} has published nothing here yet.</p>`;
  const blocks = view && blockNodes(recordsOf(view.view.blocks), session.scopeOf(view));
  return html`<section class="home-tab" aria-label="Home">${blocks ?? nothing}</section>`;
}

/** Draws the name and topic of the open conversation. */
function header(workspace: WorkspaceState, { channel: open, isHome }: Session): Child {
  if (isHome) return html`<h1>${workspace.appName}</h1>${badge('APP')}<p class="topic">Home</p>`;
  if (open === undefined) return html`<h1>No conversation</h1>`;
  const other = workspace.members.find((member) => member.id === open.withMember);
  const topic = plainText(open.topic || (other?.title ?? ''));
  return html`
    <h1>${open.kind === 'channel' && icon(open.isArchived ? 'archive' : 'hash')}${open.name}</h1>
    ${other?.isBot === true && badge('APP')}${open.isArchived && badge('ARCHIVED')}
    <p class="topic" title=${topic}>${topic}</p>
  `;
}

/** Draws the list of conversations. */
function sidebar(workspace: WorkspaceState, { channel: open, isHome }: Session): Child {
  const { actingAs: as, appName } = workspace;
  const app = html`<section class="sidebar-section">
    <h2 class="sidebar-title">Apps</h2>
    <ul><li><a class=${classes('conversation', isHome && 'is-open')} href=${routeLink({ actingAs: as, isHome: true })}
      aria-current=${isHome ? 'page' : undefined}>
      ${icon('check')}<span class="conversation-name">${appName} Home</span>
    </a></li></ul>
  </section>`;
  const section = (title: string, kind: ShownConversation['kind'], nothing: string): VNode => {
    const shown = workspace.conversations.filter((conversation) => conversation.kind === kind);
    const rows = shown.map(
      (one) => html`<li key=${one.id}>${conversationLink(one, workspace, open?.id)}</li>`,
    );
    return html`<section class="sidebar-section">
      <h2 class="sidebar-title">${title}</h2>
      ${rows.length === 0 ? html`<p class="sidebar-none">${nothing}</p>` : html`<ul>${rows}</ul>`}
    </section>`;
  };
  return [
    section('Channels', 'channel', 'No channels'),
    section('Direct messages', 'im', 'Nobody has written yet'),
    app,
  ];
}

function conversationLink(shown: ShownConversation, workspace: WorkspaceState, openId = ''): VNode {
  const { id, name, unread, isArchived, isMember, kind } = shown;
  const isOpen = id === openId;
  const other = workspace.members.find((member) => member.id === shown.withMember);
  const mark = kind === 'im' ? avatar(other, 'small') : icon(isArchived ? 'archive' : 'hash');
  const names = classes(
    'conversation',
    isOpen && 'is-open',
    unread > 0 && 'is-unread',
    !isMember && 'is-outside',
  );
  const count = unread > 0 && html`<span class="unread" aria-label="${unread} unread">${unread}</span>`;
  return html`<a class=${names} href=${routeLink({ actingAs: workspace.actingAs, channel: id })}
    aria-current=${isOpen ? 'page' : undefined}>
    ${mark}<span class="conversation-name">${name}</span>
    ${other?.isBot === true && badge('APP', 'badge-dark')}${count}
  </a>`;
}

/** Draws the button that says who one is; it opens the list of everybody one can be. */
function actingAs(workspace: WorkspaceState, { channel: open, isHome }: Session): VNode {
  const me = workspace.members.find((member) => member.id === workspace.actingAs);
  const press = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void =>
    openPopover(currentTarget, (close) => people(workspace, { open, isHome }, close));
  return html`<button class="acting-as" type="button" aria-haspopup="dialog" aria-expanded="false"
    onclick=${press}>
    ${avatar(me, 'small')}
    <span class="acting-words"><small>Acting as</small><span>${me?.realName ?? 'Nobody'}</span></span>
    ${icon('chevron')}
  </button>`;
}

function people(
  workspace: WorkspaceState,
  { open, isHome }: { readonly open: ShownConversation | undefined; readonly isHome: boolean },
  close: () => void,
): VNode {
  const hint = 'See the workspace as any of these people. Open one in a second tab to be two at once.';
  const items = workspace.members
    .filter((member) => !member.isBot)
    .map((member) => {
      // The same channel stays open, so that two people can be compared; a direct conversation is nobody else's.
      const channel = open?.kind === 'channel' ? { channel: open.id } : {};
      const link = routeLink({ actingAs: member.id, ...channel, isHome });
      return html`<li>${person(member, { link, isMe: member.id === workspace.actingAs, close })}</li>`;
    });
  return html`<div class="people"><p class="hint people-hint">${hint}</p><ul>${items}</ul></div>`;
}

interface Choice {
  readonly link: string;
  readonly isMe: boolean;
  close(): void;
}

function person(member: Member, { link, isMe, close }: Choice): VNode {
  // Nobody can sign in with an account that is switched off, so that person is shown but cannot be chosen.
  const isOff = member.isDeactivated;
  const press = (event: MouseEvent): void => {
    if (!isOff && !event.ctrlKey && !event.metaKey) close();
  };
  return html`<a class=${classes('person-item', isOff && 'is-off')} href=${isOff ? undefined : link}
    aria-disabled=${isOff || undefined} aria-current=${isMe ? 'true' : undefined} data-member=${member.id}
    onclick=${press}>
    ${avatar(member)}
    <span class="person-words">
      <span class="person-name">
        ${member.realName}${member.isGuest && badge('GUEST')}${member.isStranger && badge('STRANGER')}
        ${isOff && badge('DEACTIVATED')}
      </span>
      <small class="caption person-title">${member.title === '' ? member.email : member.title}</small>
    </span>
    ${isMe && icon('check')}
  </a>`;
}

const dismissedKey = 'countersign-welcome-dismissed';

/** The strip that tells a newcomer what this page is; gone once it was closed. */
class Welcome extends Component {
  override render(): Child {
    if (localStorage.getItem(dismissedKey) !== null) return null;
    const close = (): void => {
      localStorage.setItem(dismissedKey, 'yes');
      this.forceUpdate();
    };
    return html`<div class="welcome" role="note">
      <p><strong>A simulated workspace. </strong>Be anyone with <em>Acting as</em>, click what you like, point${' '}
        at a card to click it twice. Nothing leaves your machine.</p>
      ${iconButton('close', 'Close this hint', close)}
    </div>`;
  }
}

const highestPx = 200;

/**
 * Where a person writes: Enter sends, Shift and Enter break the line.
 *
 * A text leaves the field only when the workspace took it; every conversation and person has a draft of its own.
 */
class Composer extends Component<{ session: Session }> {
  readonly #drafts = new Map<string, string>();
  readonly #field = createRef<HTMLTextAreaElement>();

  override componentDidMount(): void {
    this.#grow();
  }

  override componentDidUpdate(): void {
    this.#grow();
  }

  override render(): VNode {
    const { session } = this.props;
    const { channel, place } = session;
    const closedBecause = session.workspace && closedReason(session.workspace, channel);
    const text = this.#drafts.get(place) ?? '';
    const placeholder = `Message ${channel === undefined ? '' : nameOf(channel)}`;
    const change = ({ currentTarget }: { readonly currentTarget: HTMLTextAreaElement }): void => {
      this.#drafts.set(session.place, currentTarget.value);
      this.forceUpdate();
    };
    const submit = (event: Event): void => {
      event.preventDefault();
      void this.#submit();
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
    };
    return html`<div class="composer-area">
      <form class="composer" hidden=${closedBecause !== undefined} onsubmit=${submit}>
        <div class="composer-box">
          <textarea class="composer-field" rows="1" placeholder=${placeholder} aria-label=${placeholder}
            ref=${this.#field} value=${text} oninput=${change} onkeydown=${key} />
          <button class="composer-send" type="submit" aria-label="Send" disabled=${text.trim() === ''}>
            ${icon('send')}
          </button>
        </div>
        <p class="composer-hint">
          <kbd>Enter</kbd> sends, <kbd>Shift Enter</kbd> starts a new line, <kbd>/</kbd> begins a command
        </p>
      </form>
      <p class="composer-closed" hidden=${closedBecause === undefined}>${closedBecause}</p>
    </div>`;
  }

  async #submit(): Promise<void> {
    const { session } = this.props;
    const { place } = session;
    const text = (this.#drafts.get(place) ?? '').trim();
    if (text === '' || !(await session.post('say', { channel: session.channel?.id ?? '', text }))) return;
    // What was written while the workspace took the text is another one, and stays.
    if (this.#drafts.get(place)?.trim() === text) this.#drafts.delete(place);
    this.forceUpdate();
  }

  #grow(): void {
    const field = this.#field.current;
    if (field === null) return;
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, highestPx)}px`;
  }
}

/** Why nothing can be written in a conversation, when that is so. */
function closedReason(workspace: WorkspaceState, open: ShownConversation | undefined): string | undefined {
  if (open === undefined) return 'There is no conversation to write in.';
  if (open.isArchived) return `${nameOf(open)} is archived.`;
  if (open.isMember) return undefined;
  const me = workspace.members.find((member) => member.id === workspace.actingAs);
  return `${me?.realName ?? 'This person'} is not a member of ${nameOf(open)}.`;
}
