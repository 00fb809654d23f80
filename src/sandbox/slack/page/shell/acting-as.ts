import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import { avatarNode } from '../messages/avatar.js';
import type { Member, ShownConversation, WorkspaceState } from '../protocol.js';
import { routeLink } from '../session/route.js';
import { openPopover } from './popover.js';

/** Draws the button that says who one is, and the list of everybody one can be. */
export function actingAsNode(workspace: WorkspaceState, open: ShownConversation | undefined): HTMLElement {
  const me = workspace.members.find((member) => member.id === workspace.actingAs);
  const button = el(
    'button',
    {
      class: 'acting-as',
      type: 'button',
      'aria-haspopup': 'dialog',
      'aria-expanded': 'false',
      'data-focus': 'acting-as',
      'data-channel': open?.id,
    },
    avatarNode(me, 'small'),
    el(
      'span',
      { class: 'acting-words' },
      el('small', {}, 'Acting as'),
      el('span', {}, me?.realName ?? 'Nobody'),
    ),
    icon('chevron'),
  );
  button.addEventListener('click', () =>
    openPopover(button, (close) => listNode({ workspace, open, close })),
  );
  return button;
}

interface PeopleParts {
  readonly workspace: WorkspaceState;
  readonly open: ShownConversation | undefined;
  close(): void;
}

function listNode(parts: PeopleParts): HTMLElement {
  const people = parts.workspace.members.filter((member) => !member.isBot);
  return el(
    'div',
    { class: 'people' },
    el(
      'p',
      { class: 'people-hint' },
      'See the workspace as any of these people. Open one in a second tab to be two at once.',
    ),
    el('ul', {}, ...people.map((member) => el('li', {}, personNode(member, parts)))),
  );
}

function personNode(member: Member, { workspace, open, close }: PeopleParts): HTMLElement {
  // The same channel stays open, so that two people can be compared; a direct conversation is nobody else's.
  const route = { actingAs: member.id, ...(open?.kind === 'channel' ? { channel: open.id } : {}) };
  const isMe = member.id === workspace.actingAs;
  return el(
    'a',
    {
      // Nobody can sign in with an account that is switched off, so that person is shown but cannot be chosen.
      class: member.isDeactivated ? 'person-item is-off' : 'person-item',
      href: member.isDeactivated ? undefined : routeLink(route),
      'aria-disabled': member.isDeactivated || undefined,
      'aria-current': isMe ? 'true' : undefined,
      'data-member': member.id,
      onclick: (event: MouseEvent) => !member.isDeactivated && !event.ctrlKey && !event.metaKey && close(),
    },
    avatarNode(member),
    el(
      'span',
      { class: 'person-words' },
      el('span', { class: 'person-name' }, member.realName, ...tags(member)),
      el('small', {}, member.title === '' ? member.email : member.title),
    ),
    isMe && icon('check'),
  );
}

function tags(member: Member): readonly HTMLElement[] {
  const tag = (text: string): HTMLElement => el('span', { class: 'badge' }, text);
  return [
    ...(member.isGuest ? [tag('GUEST')] : []),
    ...(member.isStranger ? [tag('STRANGER')] : []),
    ...(member.isDeactivated ? [tag('DEACTIVATED')] : []),
  ];
}
